package worklist_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// The wall counts each clock once, where it stands; a near miss says what came
// of it.
func TestTheWallOfClocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		var priya account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			priya, err = w.Person(ctx, tx, "Priya", "Raman", w.Reviewers[0].Seat().OrganizationID, account.Supervisor)
			return err
		})
		at := func(after time.Duration) {
			d.Now = func() time.Time { return dbtest.Clock.Add(after) }
		}
		wall := func() (all []worklist.Wall) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = worklist.Clocks(ctx, tx, priya)
				return err
			})
			return all
		}
		const whole = 7 * 24 * time.Hour // the plan's time
		late := w.Order()
		at(3 * time.Hour)
		decided := w.Order()
		at(20 * time.Hour)
		w.Order()
		if got := wall(); len(got) != 0 {
			t.Errorf("at the beginning: %+v", got)
		}
		at(whole + time.Minute)
		w.Do(deadline.Sweep)
		got := wall()
		if len(got) != 1 || got[0].Overdue != 1 || got[0].Hours4 != 1 || got[0].Hours24 != 1 || got[0].Paused != 0 || got[0].Plan != "Harbor Health Plan" {
			t.Errorf("at the end: %+v", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := order.Move(ctx, tx, account.Program(), decided, order.Approved, "Approved.")
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			near, err := worklist.NearMisses(ctx, tx, priya, dbtest.Clock)
			if len(near) != 2 { // of the third no more than nine tenths are gone
				t.Fatalf("%d near misses: %+v", len(near), near)
			}
			for _, m := range near {
				switch m.Number {
				case late.Number:
					if !m.Missed || m.Ended != nil {
						t.Errorf("late: %+v", m)
					}
				case decided.Number:
					if m.Missed || m.Ended == nil || !m.Ended.Before(m.Due) {
						t.Errorf("just in time: %+v", m)
					}
				}
			}
			if _, err := worklist.Clocks(ctx, tx, w.Reviewers[0]); !fault.Is(err, fault.Denied) {
				t.Errorf("a reviewer sees the wall: %v", err)
			}
			if _, err := worklist.NearMisses(ctx, tx, w.Maria, dbtest.Clock); !fault.Is(err, fault.Denied) {
				t.Errorf("an office sees the log: %v", err)
			}
			return err
		})
		if got := wall(); got[0].Hours4 != 0 {
			t.Errorf("what is decided is still on the wall: %+v", got)
		}
	})
}
