package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// A test case is kept, a draft fails by it and doesn't go live, and does once it
// is taken out; the holidays' own page is held to it too.
func TestATestCaseHoldsADraftBack(t *testing.T) {
	h := still(t, 1)
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	plan := string(h.world.Plan.ID)

	omar.visit("/admin/config/calendar/" + plan)
	omar.says("Test cases", "None yet.")
	omar.tab.Click("See and add test cases")
	omar.says("Test cases of Holidays of Harbor Health Plan", "None yet.")
	omar.look("cases-none")
	omar.tab.Type("#why", "Agreed with the plan.")
	omar.tab.Click("Add the test case")
	omar.says("There is a problem", "Enter something for “Day”")
	omar.look("cases-wrong")
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-27"`, nil)
	omar.tab.Eval(`document.querySelector("#counts").value = "calls"`, nil)
	omar.tab.Click("Add the test case")
	omar.says("Day: Fri, Nov 27, 2026; For: Calls", "Expected: Open.", "Live now: Open", "Passes", "Agreed with the plan.")
	omar.look("cases")

	omar.visit("/admin/config/calendar/" + plan + "/edit")
	omar.tab.Eval(`document.querySelector("#days").value += "\n2026-11-27 Bridge day | Puente"`, nil)
	omar.tab.Click("Save the draft")
	omar.says("1 of 1 test case fails", "Fails")
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("Go live")
	omar.says("A test case fails. Day: Fri, Nov 27, 2026; For: Calls. Expected: Open. What comes of it: Closed")
	omar.look("case-fails")
	omar.tab.Click("See and add test cases")
	omar.says("Live now: Open", "By the draft: Closed")
	omar.look("cases-draft")

	omar.visit("/admin/calendars/" + plan)
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-27"`, nil)
	omar.tab.Type("#name", "Bridge day")
	omar.tab.Type("#name_es", "Puente")
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("See what it does")
	omar.tab.Click("Save the change")
	omar.says("A test case fails. Day: Fri, Nov 27, 2026")
	omar.look("calendar-case-fails")

	omar.visit("/admin/config/calendar/" + plan + "/cases")
	omar.tab.Click("form[action$='/remove'] button")
	omar.says("None yet.")
	omar.visit("/admin/config/calendar/" + plan + "/preview")
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("Go live")
	omar.says("Version 2", "The plan asked for it.")
}
