package e2e

import (
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/scene"
)

// A page of another patient becomes an incident, which is assessed, told of and
// closed; what it was stands in the member's accounting.
func TestAnIncidentIsHandled(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			o := h.second(t)
			rosa, admin := h.person(t, "Rosa", account.Intake), h.person(t, "Omar", account.Admin)
			tab := browser.New(t, options...)
			d := h.desk(t, tab, rosa)
			d.faxed("")
			d.tab.Type("#pages", "1")
			d.tab.Click("Another patient’s")
			d.tab.Type("#what", "Another patient's page was in it.")
			d.tab.Click("Report it")
			d.tab.Type("#pages", "1")
			d.tab.Click("Put on an order")
			d.tab.Type("#number", o.Number)
			d.tab.Click("Find")
			d.tab.Click("Put them there")
			d.visit("/help/problem")
			d.tab.Click("Did somebody see a patient's data who should not have? Report an incident.")
			d.tab.Click("Report it")
			d.says("Say what happened")
			d.look("report-" + name)
			d.tab.Type("#what", "A letter lay in the wrong tray.")
			d.tab.Click("Report it")
			d.says("It is reported")
			d.visit("/admin/privacy/incidents")
			d.says("You don't have access")

			omar := h.desk(t, tab.Person(options...), admin)
			omar.visit("/admin/privacy")
			omar.look("privacy-" + name)
			omar.tab.Click("Incidents")
			omar.says("Incident 1", "Incident 2", "On a fax", "Reported by hand", "Not decided")
			omar.silent("Secondbird")
			omar.look("incidents-" + name)
			omar.tab.Click("Incident 1")
			omar.says("Another patient's page was in it.", "Otto Secondbird, born 02/11/1950")
			omar.tab.Click("Close the incident")
			omar.says("Say first what it is: a breach or not")
			omar.tab.Type("#people", "1")
			omar.tab.Type("#done", "The page was put on the right order. The office was called.")
			omar.tab.Type("#recipient", "Nobody outside")
			omar.tab.Click("Not a breach")
			omar.tab.Click("Save the assessment")
			omar.says("Say why", "Say whether it was seen")
			omar.look("incident-wrong-" + name)
			omar.tab.Click("A breach")
			omar.tab.Type("#outcome_why", "Another office saw it.")
			omar.tab.Type("#nature", "Name and diagnosis")
			omar.tab.Click("Save the assessment")
			omar.says("Notices", "To each person: due by", "Jan 22, 2027", "To HHS: due by", "Mar 1, 2027")
			omar.look("incident-breach-" + name)
			for _, kind := range []string{"people", "hhs"} {
				omar.tab.Type("#day_"+kind, "11/23/2026")
				omar.tab.Click("form[action$='/notices/" + kind + "'] button")
				omar.says("Went out")
			}
			omar.tab.Click("Close the incident")
			omar.says("Closed by Omar Person", "Open it again")
			omar.look("incident-closed-" + name)

			omar.visit("/admin/privacy/disclosures")
			omar.tab.Click("Find the member")
			omar.says("Enter the member ID", "Enter the date of birth")
			omar.look("disclosures-wrong-" + name)
			omar.tab.Type("#number", "HBR777000111")
			omar.tab.Type("#born", "2/11/1950")
			omar.tab.Click("Find the member")
			omar.says("Otto Secondbird", "Nobody outside", "Not permitted: incident 1")
			omar.tab.Click("Enter a disclosure")
			omar.tab.Type("#on", "3/2/2026")
			omar.tab.Type("#recipient", "County health department")
			omar.tab.Type("#what", "A test result")
			omar.tab.Click("Enter it")
			omar.says("Say briefly what for")
			omar.tab.Type("#purpose", "Public health reporting")
			omar.tab.Click("Enter it")
			omar.says("County health department", "Public health reporting")
			omar.look("disclosures-" + name)
			if strings.Contains(tab.URL(), "mem_") || strings.Contains(h.logs.String(), "Secondbird") || strings.Contains(h.logs.String(), scene.Card) {
				t.Error("an address or a log names a member")
			}
			if a := h.as(t, admin, "authenticator").get("/admin/privacy/incidents.csv"); a.status != 200 || !strings.Contains(a.body, "1,2026-11-23") || strings.Contains(a.body, "Secondbird") {
				t.Errorf("%d %s", a.status, a.body)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
