package review_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// What came after somebody last looked is new to them, for as long as they
// keep looking; what they did themselves never is, and nobody else's looks
// count.
func TestWhatIsNewSinceTheLastVisit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, doctor := staff(w, "Noor", account.Nurse), w.Reviewers[0]
		o := w.Order()
		look := func(by account.Actor) (v review.Visit) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				if v, err = review.VisitOf(ctx, tx, by, o.ID); err != nil {
					return err
				}
				return review.See(ctx, tx, by, o.ID)
			})
			return v
		}
		if v := look(nurse); v.Since != nil || v.New(w.DB.Now().Add(time.Hour), "") {
			t.Errorf("at the first visit something is new since %v", v.Since)
		}
		left := w.DB.Now()
		later(w, time.Minute)
		if v := look(nurse); v.Since != nil {
			t.Errorf("a minute later it is another visit, since %v", v.Since)
		}
		left = left.Add(time.Minute)
		look(doctor)
		later(w, time.Hour)
		came := w.DB.Now().Add(-time.Minute)
		for range 3 { // it stays new while she looks on
			v := look(nurse)
			if v.Since == nil || !v.Since.Equal(left) || !v.New(came, string(doctor.ID)) || v.New(came, string(nurse.ID)) || v.New(left, "") {
				t.Errorf("she left at %s, and it is new since %v", left, v.Since)
			}
			later(w, 2*time.Minute)
		}
		other := w.Order()
		o = order.Order{ID: other.ID}
		if v := look(nurse); v.Since != nil {
			t.Error("another case was visited")
		}
	})
}
