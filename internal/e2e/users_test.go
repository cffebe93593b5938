package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// An administrator finds somebody, gives and takes roles, and closes the
// account, after which its session opens nothing.
func TestAccountsAreManaged(t *testing.T) {
	h := still(t, 1)
	tab := browser.New(t)
	maria := h.as(t, h.world.Maria, "authenticator")
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/users")
	omar.says("Maria Chen", "Office staff, Cedar Orthopedics", "Never")
	omar.look("users")
	omar.tab.Type("#q", "cedar maria")
	omar.tab.Click("Find")
	omar.silent("Sam Brooks")
	omar.tab.Click("Maria Chen")
	omar.look("user")
	omar.tab.Click("Give this role")
	omar.says("Select a role", "There is no organization of this name")
	omar.look("user-wrong")
	omar.tab.Eval(`document.querySelector("#role").value = "auditor"`, nil)
	omar.tab.Type("#organization", "Cedar Orthopedics")
	omar.tab.Click("Give this role")
	omar.says("This role doesn't belong to such an organization")
	omar.tab.Eval(`document.querySelector("#role").value = "clinician"`, nil)
	omar.tab.Click("Give this role")
	omar.says("Clinician, Cedar Orthopedics", "person.role_given")
	omar.tab.Click("Take away clinician in Cedar Orthopedics")
	omar.silent("Clinician, Cedar Orthopedics")
	if a := maria.get("/orders"); a.status != 200 {
		t.Fatalf("before: %d", a.status)
	}
	omar.tab.Click("Close the account")
	omar.says("Closed", "Open the account again", "person.disabled")
	omar.look("user-closed")
	if a := maria.get("/orders"); a.status != 303 {
		t.Errorf("after: %d", a.status)
	}
	omar.tab.Click("Open the account again")
	omar.says("Open", "Close the account")
	omar.visit("/admin/users?q=omar")
	omar.tab.Click("Omar Person")
	omar.says("Nobody changes their own roles or account")
	omar.silent("Close the account")
}
