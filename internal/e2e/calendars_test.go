package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
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
