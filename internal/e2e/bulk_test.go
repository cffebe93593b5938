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

// Keys are offered once and do nothing until they are wanted, nor while a
// field has focus; then they move, mark, take the next case and show what
// they do.
func TestKeysOfAReviewer(t *testing.T) {
	h := still(t, 1)
	number := gaps(h)
	tab := browser.New(t)
	d := h.desk(t, tab, h.world.Reviewers[0])
	d.visit("/review")
	d.says("Use keyboard shortcuts?")
	d.tab.Press("n")
	d.says("Queue", "Use keyboard shortcuts?")
	d.look("keys-offer")
	d.tab.Click("Use shortcuts")
	d.silent("Use keyboard shortcuts?")
	d.tab.Press("j", "x")
	var chosen bool
	if d.tab.Eval(`document.querySelector("input[name=order]").checked`, &chosen); !chosen {
		t.Error("the row isn't selected")
	}
	d.tab.Press("?")
	d.says("Use the page as evidence", "Change or turn off")
	d.tab.Axe()
	d.tab.Press("Escape", "n")
	d.says("You are working on this case")
	d.tab.Click("body")
	d.tab.Press("j", "j", "k", "3")
	d.says("1 not shown")
	var focused string
	d.tab.Eval(`location.hash`, &focused)
	if focused != "#criterion-1" {
		t.Errorf("what was marked is %s", focused)
	}
	d.tab.Type("#words", "j3un")
	if got := d.tab.Value("#words"); got != "j3un" || !strings.Contains(d.tab.URL(), number) {
		t.Errorf("keys act in a field: %q, %s", got, d.tab.URL())
	}
	d.visit("/review/cases/" + number)
	d.tab.Press("a")
	d.says("Your statement")
	d.visit("/review/keys")
	d.tab.Type("#up", "j")
	d.tab.Click("Save")
	d.says("this key does something else already")
	d.look("keys-wrong")
	d.tab.Type("#up", "k")
	d.tab.Type("#queue", "q")
	d.tab.Click("Save")
	d.visit("/review/cases/" + number)
	d.tab.Press("u")
	d.says("Criteria")
	d.tab.Press("q")
	d.says("To review")
	d.visit("/review/keys")
	d.tab.Click("Off")
	d.tab.Click("Save")
	d.visit("/review/cases/" + number)
	d.tab.Press("a")
	d.says("Criteria")
}
