package worklist_test

import (
	"context"
	"slices"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A share counts what its organizations have, as a wave for all of them counts
// what all have.
func TestWhatAShareTouches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Denied()
		w.Order()
		admin := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}
		wave := plan.Rollout{Feature: plan.MessagesFeature, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Stage: plan.On}
		look := func(r plan.Rollout) (t worklist.Touched, names []string, of int) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				if t, err = worklist.TouchedBy(ctx, tx, admin, r); err != nil {
					return err
				}
				names, of, err = worklist.Reached(ctx, tx, admin, r)
				return err
			})
			return t, names, of
		}
		all, names, of := look(wave)
		if all.Offices != 1 || all.Orders != 2 || all.Denied != 1 || of != 2 || !slices.Equal(names, []string{"Birch Cardiology", "Cedar Orthopedics"}) {
			t.Errorf("all: %+v %q %d", all, names, of)
		}
		least := 1 // the smallest share that reaches Cedar
		for wave.Percent = least; !wave.Reaches(w.Office.ID); wave.Percent++ {
			least = wave.Percent + 1
		}
		wave.Percent = least
		if some, names, _ := look(wave); some != all || !slices.Contains(names, "Cedar Orthopedics") {
			t.Errorf("%d percent: %+v %q", least, some, names)
		}
		if wave.Percent = least - 1; least > 1 {
			if none, names, _ := look(wave); none != (worklist.Touched{}) || slices.Contains(names, "Cedar Orthopedics") {
				t.Errorf("%d percent: %+v %q", least-1, none, names)
			}
		}
		wave.Percent, wave.State = 0, "TX"
		if _, names, of := look(wave); of != 1 || !slices.Equal(names, []string{"Cedar Orthopedics"}) {
			t.Errorf("in Texas: %q %d", names, of)
		}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := worklist.Reached(ctx, tx, w.Maria, wave)
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
	})
}
