package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// Who does what is read as a matrix and changed from a day on; an office asks
// the plan from then on.
func TestDelegationIsChangedFromADayOn(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/plans")
	omar.look("plans")
	omar.tab.Click("Harbor Health Plan")
	omar.says("Who does what", "Peer-to-peer calls", "Live")
	omar.look("plan")
	omar.tab.Eval(`document.querySelector("#to").value = "2026-01-01"`, nil)
	omar.tab.Click("Add the line")
	omar.says("Choose what is delegated", "Choose a type of plan", "Choose who does it", "It ends before it starts")
	omar.look("plan-wrong")
	omar.tab.Click("label[for=function-2]")
	omar.tab.Eval(`document.querySelector("#line").value = "commercial"`, nil)
	omar.tab.Click("label[for=by-2]")
	omar.tab.Eval(`document.querySelector("#to").value = ""; document.querySelector("#from").value = "2026-11-23"`, nil)
	omar.tab.Click("Add the line")
	omar.says("Replaced by a later one", "Mon, Nov 23, 2026")
	omar.look("plan-changed")
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number + "/p2p")
	maria.says("Harbor Health Plan", "(800) 555-0142")
	maria.silent("Choose a time")
}
