package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/retention"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// An administrator sees what would go before it is set, not below the floor;
// an order that is held keeps what belongs to it; the job removes the rest and
// the audit says so.
func TestRetention(t *testing.T) {
	h := still(t, 1)
	held, free := h.world.Denied(), h.world.Denied()
	h.at(review.UndoFor)
	h.drain(t)
	texts := func(object string) (n int) {
		t.Helper()
		h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = db.Count(ctx, tx, `select count(*) from mail where object_id = $1 and body <> ''`, object)
			return err
		})
		return n
	}
	if texts(string(held.ID)) == 0 || texts(string(free.ID)) == 0 {
		t.Fatal("nothing was mailed")
	}
	h.at(100 * 24 * time.Hour)
	admin := h.person(t, "Omar", account.Admin)
	tab := browser.New(t)
	omar := h.desk(t, tab, admin)
	omar.visit("/admin/retention")
	omar.says("Orders", "For good: the program removes none", "42 CFR 422.504(d)", "No order is held.")
	tab.Type("#number", "0000000000")
	tab.Click("Hold it")
	omar.says("We can't find an order with that number", "Say why, without naming a patient")
	omar.look("retention-wrong")
	tab.Type("#number", held.Number)
	tab.Type("#reason", "Subpoena 12")
	tab.Click("Hold it")
	omar.says("Subpoena 12", "by Omar Person")
	omar.silent("Canarywell")
	tab.Click("Change Texts of mails")
	omar.look("retention-kind")
	tab.Type("#days", "30")
	tab.Click("See what would go")
	omar.says("This is kept for at least 90 days")
	tab.Type("#days", "90")
	tab.Click("See what would go")
	omar.says("If kept for 90 days", "would go within a day")
	omar.look("retention-preview")
	tab.Click("Save")
	omar.says("Say why, for those who look at it later")
	tab.Type("#why", "Our rule 7")
	tab.Click("Save")
	omar.says("Kept: 90 days", "Our rule 7")
	omar.look("retention")
	h.at(102 * 24 * time.Hour)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error { return retention.Start(ctx, tx) })
	h.drain(t)
	if texts(string(held.ID)) == 0 {
		t.Error("a text of the held order went")
	}
	if n := texts(string(free.ID)); n != 0 {
		t.Errorf("%d texts of the other order are left", n)
	}
	if a := h.as(t, h.world.Maria, "authenticator").get("/admin/retention"); a.status != 403 {
		t.Errorf("an office reads it: %d", a.status)
	}

	// orders go after 10 years at least, with all of them
	omar = h.desk(t, tab, h.person(t, "Olga", account.Admin))
	h.at(0)
	omar.visit("/admin/retention")
	tab.Click("Change Orders")
	tab.Type("#days", "3650")
	tab.Click("See what would go")
	omar.says("This is kept for at least 3653 days")
	tab.Type("#days", "3653")
	tab.Click("See what would go")
	omar.says("If kept for 3653 days", "Nothing is as old as that now")
	omar.look("retention-orders")
	tab.Type("#why", "Our rule 8")
	tab.Click("Save")
	omar.says("Kept: 10 years", "Our rule 8")
	left := func() (n int) {
		h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = db.Count(ctx, tx, `select count(*) from orders where id in ($1, $2)`, string(held.ID), string(free.ID))
			return err
		})
		return n
	}
	h.at(11 * 365 * 24 * time.Hour)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error { return retention.Start(ctx, tx) })
	h.drain(t)
	if n := left(); n != 1 {
		t.Errorf("%d orders are left, want the held one", n)
	}
}
