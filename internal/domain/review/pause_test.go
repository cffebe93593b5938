package review_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// While a guideline is paused what meets its criteria waits for a person.
func TestPausingApprovals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		priya := staff(w, "Raman", account.Supervisor)
		pause := func(by account.Actor, guideline, why string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.PauseApprovals(ctx, tx, by, guideline, why) })
		}
		if err := pause(w.Reviewers[0], "lumbar-mri", "x"); !fault.Is(err, fault.Denied) {
			t.Errorf("a reviewer pauses: %v", err)
		}
		if err := pause(priya, "", ""); len(fault.Of(err).Fields) != 2 {
			t.Errorf("nothing said: %v", err)
		}
		if err := pause(priya, "lumbar-mri", "A red flag is misread."); err != nil {
			t.Fatal(err)
		}
		if err := pause(priya, "lumbar-mri", "Again."); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		if o, err := received(w, w.Filled(), meets); err != nil || o.Status != order.New {
			t.Errorf("while paused: %s %v", o.Status, err)
		}
		end := func() error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				all, err := review.Pauses(ctx, tx)
				if err != nil || len(all) != 1 || all[0].Name != priya.Name {
					return fault.New(fault.Conflict, "%s pauses: %v", len(all), err)
				}
				return review.ResumeApprovals(ctx, tx, priya, all[0].ID)
			})
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := end(); err == nil {
			t.Error("a pause that ended ends again")
		}
		if o, err := received(w, w.Filled(), meets); err != nil || o.Status != order.Approved {
			t.Errorf("after it: %s %v", o.Status, err)
		}
	})
}
