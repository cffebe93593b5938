package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// An operator tries whether a plan's own system answers.
func TestAPlansSystemIsTried(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			path := "/admin/plans/" + string(h.world.Plan.ID)
			omar.visit(path)
			omar.silent("Its own system")
			s := h.planSystem(t)
			omar.visit(path)
			omar.tab.Click("Test the connection")
			omar.says("It doesn't work", "It answered 503", "Offices go on with what the plan's list of members says.")
			omar.look("plan-probe-down-" + name)
			s.says(`{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"resource":[{"type":"CoverageEligibilityRequest"}]}]}`)
			omar.tab.Click("Test the connection")
			omar.says("It works", "takes questions about coverage")
			omar.look("plan-probe-works-" + name)
		})
	}
}
