package review_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// reviewing sets how the world's program reviews.
func reviewing(w *scene.World, how plan.Reviewing) {
	w.Program.Reviewing = how
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := plan.SaveProgram(ctx, tx, account.Program(), w.Program)
		return err
	})
}

func mayOpen(w *scene.World, by account.Actor, o order.Order) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.MayOpen(ctx, tx, by, o) })
}

// Where the program asks for a reason, a case opens to who works on it or
// decided it, to supervisors, and for twelve hours to who gave a reason, which
// stays on record without its words in the audit.
func TestACaseThatIsNotYoursTakesAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, other, boss := staff(w, "Noor", account.Nurse), staff(w, "Bell", account.Nurse), staff(w, "Bo", account.Supervisor)
		o := w.Order()
		if err := mayOpen(w, nurse, o); err != nil {
			t.Errorf("no reason is asked for, and yet: %v", err)
		}
		reviewing(w, plan.Reviewing{AskReason: true})
		for _, by := range []account.Actor{w.Maria, boss, w.Scheduler, account.Program()} {
			if err := mayOpen(w, by, o); err != nil {
				t.Errorf("%s needs a reason: %v", by.Name, err)
			}
		}
		for _, by := range []account.Actor{nurse, w.Reviewers[0]} {
			if err := mayOpen(w, by, o); !fault.Is(err, fault.Denied) || !errors.Is(err, review.ErrUnopened) {
				t.Errorf("%s needs no reason: %v", by.Name, err)
			}
		}
		open := func(kind, words string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Open(ctx, tx, nurse, o, kind, words) })
		}
		for field, err := range map[string]error{"kind": open("", ""), "words": open("other", "")} {
			if fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing is wrong with %s: %v", field, err)
			}
		}
		if err := open("other", "Rosa Canarywell called"); err != nil {
			t.Fatal(err)
		}
		if err := mayOpen(w, nurse, o); err != nil {
			t.Errorf("after a reason: %v", err)
		}
		onRecord(t, w, o, nurse)
		later(w, review.Opened+time.Minute)
		if err := mayOpen(w, nurse, o); !errors.Is(err, review.ErrUnopened) {
			t.Errorf("the reason holds on: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.Take(ctx, tx, other, o, false) })
		later(w, review.Idle+time.Hour) // the claim ended, and it is theirs for the day
		if err := mayOpen(w, other, o); err != nil {
			t.Errorf("who worked on it: %v", err)
		}
		if _, err := openings(w, nurse); !fault.Is(err, fault.Denied) {
			t.Errorf("a nurse reads the reasons: %v", err)
		}
		all, err := openings(w, boss)
		if err != nil || len(all) != 1 || all[0].Why() != "Something else: Rosa Canarywell called" || all[0].Number != o.Number || all[0].Name != nurse.Name {
			t.Errorf("the supervisor reads %+v, %v", all, err)
		}
	})
}

func openings(w *scene.World, by account.Actor) (all []review.Opening, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		all, err = review.Openings(ctx, tx, by, tx.Now().Add(-24*time.Hour))
		return err
	})
	return all, err
}

func onRecord(t *testing.T, w *scene.World, o order.Order, by account.Actor) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		entries, err := audit.Of(ctx, tx, "order", string(o.ID))
		for _, e := range entries {
			if e.Action == "case.opened_unassigned" && e.ActorID == string(by.ID) && e.MemberID == o.MemberID && e.Detail == "other" {
				return err
			}
		}
		t.Errorf("it isn't on record: %+v", entries)
		return err
	})
}
