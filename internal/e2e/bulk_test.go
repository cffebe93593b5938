package e2e

import (
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
)

// Several cases are taken, snoozed and given to others at once, with and
// without a script; each that can't be is named with why.
func TestWithSeveralCases(t *testing.T) {
	h := still(t, 1)
	a, b := h.world.Order(), h.world.Order()
	nurse, boss := h.person(t, "Aisha", account.Nurse), h.person(t, "Priya", account.Supervisor)
	tab := browser.New(t)
	box := func(o order.Order) string { return "input[value='" + o.Number + "']" }
	d := h.desk(t, tab, nurse)
	d.visit("/review")
	d.tab.Click("Snooze")
	d.tab.Click("button[value=snooze]")
	d.says("Select until when", "Say why they can wait")
	d.look("queue-bulk-wrong")
	d.tab.Click("Assign to me")
	d.says("Select at least one case")
	d.tab.Click(box(a))
	d.tab.Click("Assign to me")
	d.says("My cases (1)", "You")

	p := h.desk(t, tab.Person(browser.NoScript()), boss)
	p.visit("/review?view=all")
	p.tab.Click(box(a))
	p.tab.Click(box(b))
	p.tab.Click("Snooze")
	p.tab.Choose("#until", "4")
	p.tab.Type("#why", "The office calls back.")
	p.tab.Click("button[value=snooze]")
	p.says("Out of the queue for now: 1.", "Not done: 1", order.Spaced(a.Number)+": Aisha Person is working on this case.")
	p.look("bulk-undone")
	p.tab.Click("Back to the queue")
	p.says("All that waits (1)", "Snoozed (1)")
	p.tab.Click("Snoozed (1)")
	p.says("Snoozed by Priya Person until Mon, Nov 23, 1:00 PM CT: The office calls back.")
	p.look("queue-snoozed")
	p.tab.Click(box(b))
	p.tab.Click("Assign to somebody else")
	p.tab.Choose("#to", string(h.world.Reviewers[0].ID))
	p.tab.Click("button[value=reassign]")
	p.says("Snoozed (0)")
	p.visit("/review?view=all")
	p.says(h.world.Reviewers[0].Name)

	d.visit("/review?view=all&sort=entered")
	d.tab.Click("Filter, sort and save this view")
	d.tab.Click("Save view")
	d.says("Enter a name for the view")
	d.tab.Type("#name", "Everything")
	d.tab.Click("Save view")
	d.says("Everything (2)", "what came last first")
	d.look("queue-views")
	d.tab.Click("Filter, sort and save this view")
	d.tab.Click("Delete view Everything")
	d.silent("Everything (2)")
	h.at(25 * time.Hour)
	if got := h.as(t, boss, "authenticator").get("/review?view=snoozed"); !strings.Contains(got.body, "Snoozed (0)") {
		t.Error("something is still snoozed")
	}
}
