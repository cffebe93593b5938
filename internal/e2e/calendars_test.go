package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A day more without business moves the due times that count business days, as
// was said before it was saved; taken out, they are as before.
func TestAHolidayMovesWhatItSays(t *testing.T) {
	h := still(t, 1)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		h.world.Line.RulePacks = "caqh-core" // 2 business days
		return plan.SaveLine(ctx, tx, account.Program(), h.world.Line)
	})
	o := h.world.Order()
	due := func() (at time.Time) {
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			now, err := order.ByID(ctx, tx, account.Program(), o.ID)
			at = *now.DueAt
			return err
		})
		return at
	}
	before := due()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/calendars")
	omar.look("calendars")
	omar.tab.Click("Harbor Health Plan")
	omar.says("Thanksgiving")
	omar.look("holidays")
	omar.tab.Click("See what it does")
	omar.says("Enter a date", "Enter a name", "Say why")
	omar.look("holidays-wrong")
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
	omar.tab.Type("#name", "Day before Thanksgiving")
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("See what it does")
	omar.says("Adding Tue, Nov 24, 2026 moves 1 decision date. 0 booked calls of this plan are on that day.")
	omar.look("holidays-effect")
	omar.tab.Click("Save the change")
	omar.says("Day before Thanksgiving")
	h.drain(t)
	if after := due(); !after.After(before) {
		t.Errorf("due %v before and %v after", before, after)
	}
	omar.tab.Click("Take a day out of the list")
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
	omar.tab.Type("#why", "A mistake.")
	omar.tab.Click("See what it does")
	omar.says("Taking out Tue, Nov 24, 2026 moves 1 decision date.")
	omar.tab.Click("Save the change")
	omar.silent("Day before Thanksgiving")
	h.drain(t)
	if after := due(); !after.Equal(before) {
		t.Errorf("due %v before and %v in the end", before, after)
	}
}

// A holiday is put on a day with six booked calls: the preview counts clocks and
// calls, keeping them leaves them, and rebooking gives each another day.
func TestAHolidayWithCallsInside(t *testing.T) {
	h := still(t, 3)
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		w.Line.RulePacks = "caqh-core" // 2 business days
		return plan.SaveLine(ctx, tx, account.Program(), w.Line)
	})
	w.Order()
	closed := civil.Date{Year: 2026, Month: time.November, Day: 24}
	var calls []peer.Call
	for i := range 6 {
		c, err := w.Book(w.Maria, w.Denied(), peer.Slot{Start: dbtest.Clock.Add(28*time.Hour + time.Duration(i/3)*30*time.Minute), Minutes: 30}) // Tuesday from 1 PM
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	h.drain(t)
	days := func() (n int, moved []time.Time) {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, c := range calls {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err != nil {
					return err
				}
				if civil.DateIn(now.StartsAt, w.Zone()) == closed {
					n++
				} else {
					moved = append(moved, now.StartsAt)
				}
			}
			return nil
		})
		return n, moved
	}
	path := "/admin/calendars/" + string(w.Plan.ID)
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	add := func() {
		omar.visit(path)
		omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
		omar.tab.Type("#name", "Founders day")
		omar.tab.Type("#why", "The plan asked for it.")
		omar.tab.Click("See what it does")
		omar.says("Adding Tue, Nov 24, 2026 moves 1 decision date. 6 booked calls of this plan are on that day.", "Keep the calls", "Rebook")
	}
	add()
	omar.look("holiday-calls")
	omar.tab.Click("Save the change")
	omar.says("Choose what becomes of the booked calls")
	omar.look("holiday-calls-wrong")
	omar.tab.Click("Keep the calls")
	omar.tab.Click("Save the change")
	omar.says("Founders day", "6 booked calls are on this day.")
	omar.look("holiday-kept")
	h.drain(t)
	if n, _ := days(); n != 6 {
		t.Fatalf("%d of 6 calls were kept", n)
	}
	omar.visit(path)
	omar.tab.Click("Take a day out of the list")
	omar.tab.Eval(`document.querySelector("#day").value = "2026-11-24"`, nil)
	omar.tab.Type("#why", "Once more.")
	omar.tab.Click("See what it does")
	omar.says("Taking out Tue, Nov 24, 2026", "6 booked calls")
	omar.tab.Click("Save the change")
	omar.silent("Founders day")

	add()
	omar.tab.Click("label[for=calls-2]")
	omar.tab.Click("Save the change")
	omar.says("Founders day")
	h.drain(t)
	n, moved := days()
	if n != 0 || len(moved) != 6 {
		t.Fatalf("%d calls are still on the day", n)
	}
	for _, at := range moved {
		if local := at.In(w.Zone()); civil.DateIn(at, w.Zone()) != closed.AddDays(1) || local.Hour() < 12 || local.Hour() > 14 {
			t.Errorf("a call moved to %v", local)
		}
	}
	h.at(10 * time.Minute)
	h.drain(t) // what is told once it can't be put back any more
	told := 0
	for _, m := range h.mail.All() {
		if m.To.Email == w.Maria.Email && strings.Contains(m.Subject, "Wed, Nov 25") {
			told++
		}
	}
	if told != 6 {
		t.Errorf("the office got %d mails of new times", told)
	}
	omar.visit(path)
	omar.silent("booked calls are on this day")
}
