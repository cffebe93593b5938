package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// The demo's call that took place has attempts and an outcome, at times that
// lie in the call and not ahead of anybody, whatever the day.
func TestTheDemosCallTookPlaceWhenItSays(t *testing.T) {
	for _, day := range []time.Time{dbtest.Clock, time.Date(2026, 7, 6, 12, 0, 0, 0, time.UTC), time.Date(2027, 1, 3, 23, 0, 0, 0, time.UTC)} {
		t.Run(day.Format(time.DateOnly), func(t *testing.T) {
			h := open(t, "", true)
			h.Clock.Advance(time.Until(day))
			ctx := context.Background()
			if err := h.Seed(ctx); err != nil {
				t.Fatal(err)
			}
			err := h.DB.View(ctx, func(tx *db.Tx) error {
				maria, err := account.ByEmail(ctx, tx, "maria.chen@cedar.example")
				if err != nil {
					return err
				}
				by, err := account.Act(ctx, tx, maria.ID)
				if err != nil {
					return err
				}
				past, err := peer.List(ctx, tx, by, "past")
				if err != nil || len(past) != 1 {
					t.Errorf("%d calls are past, want 1", len(past))
					return err
				}
				c := past[0].Call
				dials, err := peer.Dials(ctx, tx, c)
				if err != nil {
					return err
				}
				said, err := peer.Subjects(ctx, tx, by, c)
				if err != nil {
					return err
				}
				if len(dials) != 2 || len(said) != 1 || said[0].Outcome != peer.Upheld || said[0].At == nil {
					t.Fatalf("attempts %+v, outcomes %+v", dials, said)
				}
				for _, at := range []time.Time{dials[0].At, dials[1].At, *said[0].At} {
					if at.Before(c.StartsAt) || at.After(c.EndsAt) || at.After(tx.Now()) {
						t.Errorf("%v is not in the call at %v", at, c.StartsAt)
					}
				}
				// One office is heard before a denial, and can book.
				var open []peer.Standing
				for _, status := range []order.Status{order.New, order.NurseReview, order.DoctorReview} {
					all, err := order.InStatus(ctx, tx, by, status)
					if err != nil {
						return err
					}
					for _, o := range all {
						st, err := peer.Stand(ctx, tx, by, o)
						if err != nil {
							return err
						}
						if st.Result == peer.BeforeDecision {
							open = append(open, st)
						}
					}
				}
				if len(open) != 1 || !open[0].Bookable() || open[0].Until.Before(tx.Now().Add(12*time.Hour)) {
					t.Errorf("heard before a denial: %+v", open)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
