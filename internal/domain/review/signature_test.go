package review_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A decision is taken back within a minute by who made it, and the order and
// its clock are what they were; later, or after something else, it stands.
func TestTakingADecisionBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		lind, other := w.Reviewers[0], w.Reviewers[1]
		undo := func(by account.Actor, o order.Order) (back order.Order, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				back, err = review.Undo(ctx, tx, by, o.ID)
				return err
			})
			return back, err
		}
		before := w.Order()
		if _, err := undo(lind, before); !fault.Is(err, fault.Conflict) {
			t.Errorf("nothing was decided: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, lind, scene.Denial(before))
			return err
		})
		if _, err := undo(other, before); !fault.Is(err, fault.Conflict) {
			t.Errorf("somebody else takes it back: %v", err)
		}
		after, err := undo(lind, before)
		if err != nil || after.Status != before.Status || after.DecidedAt != nil || after.DenialKind != "" || after.Services[0].Status != order.New {
			t.Fatalf("%v: %s %v %q %s", err, after.Status, after.DecidedAt, after.DenialKind, after.Services[0].Status)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			k, err := deadline.Of(ctx, tx, string(before.ID))
			if err != nil || k.Standing != deadline.Running || k.EndedAt != nil || !k.Due.Equal(*before.DueAt) {
				t.Errorf("%v: %+v", err, k.Standing)
			}
			if _, err := review.Latest(ctx, tx, before.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("it still stands: %v", err)
			}
			return nil
		})
		if _, err := undo(lind, before); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		d2 := scene.Denial(after)
		w.Do(func(ctx context.Context, tx *db.Tx) error { _, err := review.Decide(ctx, tx, lind, d2); return err })
		d.Now = func() time.Time { return dbtest.Clock.Add(review.UndoFor) }
		if _, err := undo(lind, before); !fault.Is(err, fault.Conflict) {
			t.Errorf("after a minute: %v", err)
		}
	})
}

// Where the program asks for it a denial waits for a second physician, who is
// not the first; an approval doesn't.
func TestSecondSignature(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		lind, okafor := w.Reviewers[0], w.Reviewers[1]
		nurse := staff(w, "Khan", account.Nurse)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p := w.Program
			p.SecondSignature = true
			_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
			return err
		})
		decide := func(by account.Actor, dec review.Decision) (made review.Determination, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error { made, err = review.Decide(ctx, tx, by, dec); return err })
			return made, err
		}
		sign := func(by account.Actor, o order.Order, attested bool) (made review.Determination, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				made, err = review.Countersign(ctx, tx, by, o.ID, attested)
				return err
			})
			return made, err
		}
		read := func(o order.Order) (now order.Order) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				now, err = order.ByID(ctx, tx, lind, o.ID)
				return err
			})
			return now
		}
		o := w.Order()
		if made, err := decide(lind, scene.Denial(o)); err != nil || made.ID != "" {
			t.Fatalf("%v: %+v", err, made)
		}
		if now := read(o); now.Status != order.DoctorReview {
			t.Errorf("it is %s", now.Status)
		}
		if _, err := decide(okafor, scene.Denial(read(o))); !fault.Is(err, fault.Conflict) {
			t.Errorf("proposed twice: %v", err)
		}
		if _, err := sign(lind, o, true); !fault.Is(err, fault.Denied) {
			t.Errorf("signs twice: %v", err)
		}
		if _, err := sign(nurse, o, true); !fault.Is(err, fault.Denied) {
			t.Errorf("a nurse signs: %v", err)
		}
		if _, err := sign(okafor, o, false); fault.Of(err).Fields["attested"] == "" {
			t.Errorf("without a statement: %v", err)
		}
		made, err := sign(okafor, o, true)
		if err != nil || made.PersonID != lind.ID || made.SecondID != okafor.ID || made.SecondLicense == "" || read(o).Status != order.Denied {
			t.Errorf("%v: %+v", err, made)
		}
		if _, err := sign(okafor, o, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("signed again: %v", err)
		}
		if made, err := decide(lind, approval(w.Order())); err != nil || made.Outcome != order.Approved || made.ID == "" {
			t.Errorf("an approval waits: %v %+v", err, made)
		}
	})
}

// Who doesn't sign says why, and the case goes on.
func TestSendingAProposalBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p := w.Program
			p.SecondSignature = true
			_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
			return err
		})
		o := w.Order()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
			return err
		})
		back := func(why string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.SendBack(ctx, tx, w.Reviewers[1], o.ID, why) })
		}
		if err := back(""); fault.Of(err).Fields["why"] == "" {
			t.Errorf("nothing said: %v", err)
		}
		if err := back("The notes of May show therapy."); err != nil {
			t.Fatal(err)
		}
		if err := back("Again."); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := review.ProposalOf(ctx, tx, o.ID)
			if p != nil {
				t.Errorf("%+v", p)
			}
			return err
		})
	})
}
