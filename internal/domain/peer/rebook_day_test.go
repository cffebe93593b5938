package peer_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A call on a day that closes moves to the next one, once; where no later time
// is free it stays and says so. One that was moved meanwhile is left alone.
func TestACallLeavesADayThatCloses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, peer.Slot{Start: dbtest.Clock.Add(28 * time.Hour), Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		closed := civil.DateIn(c.StartsAt, w.Zone())
		e := peer.Rebook{CallID: c.ID, PlanID: w.Plan.ID, Day: closed}
		admin := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}
		rebook := func() (now peer.Call) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.RebookCall(ctx, tx, e) })
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) { now, err = peer.ByID(ctx, tx, c.ID); return err })
			return now
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.RebookDay(ctx, tx, w.Maria, w.Plan.ID, closed, civil.Hours{})
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := plan.Close(ctx, tx, account.Program(), w.Plan.ID, plan.Holiday{Falls: civil.OnDate(closed), Name: "Founders day", Applies: plan.ForBoth}); err != nil {
				return err
			}
			n, err := peer.RebookDay(ctx, tx, admin, w.Plan.ID, closed, civil.Hours{})
			if n != 1 {
				t.Errorf("%d calls", n)
			}
			return err
		})
		// First nobody has hours after that day.
		hours := func(active bool) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update reviewer set active = $1`, active)
				return err
			})
		}
		hours(false)
		if now := rebook(); !now.StartsAt.Equal(c.StartsAt) || now.Version != c.Version {
			t.Errorf("moved to %v where nothing is free", now.StartsAt)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := peer.Events(ctx, tx, c)
			if len(all) == 0 || all[0].Text != "The plan is closed on this day. No later time is free, so the call stays." {
				t.Errorf("what happened: %+v", all)
			}
			return err
		})
		hours(true)
		moved := rebook()
		if !moved.StartsAt.Equal(c.StartsAt.Add(24 * time.Hour)) {
			t.Fatalf("moved to %v", moved.StartsAt)
		}
		if again := rebook(); again.Version != moved.Version {
			t.Error("moved twice")
		}
	})
}
