package review_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// drawn is how many decisions wait for by to be read again.
func drawn(w *scene.World, by account.Actor) (all []review.Sample) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = review.ToRead(ctx, tx, by)
		return err
	})
	return all
}

// draw has chance look at the decision that stands for an order.
func draw(w *scene.World, o order.Order) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		d, err := review.Latest(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		return review.Draw(ctx, tx, review.Decided{OrderID: string(o.ID), DeterminationID: d.ID})
	})
}

var allYes = map[string]string{"guideline": "yes", "marks": "yes", "evidence": "na", "reasons": "no", "time": "yes"}

// A share of the decisions is drawn, once each; somebody else reads it, a
// denial only who may deny or supervises; who decided reads the note and not
// the comment, and the supervisor how it went.
func TestDecisionsAreReadAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		nurse, boss, decider, reader := staff(w, "Noor", account.Nurse), staff(w, "Bo", account.Supervisor), w.Reviewers[0], w.Reviewers[1]
		o := w.Denied()
		draw(w, o)
		if all := drawn(w, reader); len(all) != 0 {
			t.Errorf("no share is drawn, and yet %+v", all)
		}
		reviewing(w, plan.Reviewing{QualityPercent: 100})
		draw(w, o)
		draw(w, o)
		for who, want := range map[string]int{"reader": 1, "decider": 0, "nurse": 0, "boss": 1} {
			by := map[string]account.Actor{"reader": reader, "decider": decider, "nurse": nurse, "boss": boss}[who]
			if got := drawn(w, by); len(got) != want {
				t.Errorf("the %s reads %d, not %d", who, len(got), want)
			}
		}
		id := drawn(w, reader)[0].ID
		read := func(by account.Actor, r review.Reading) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Read(ctx, tx, by, id, r) })
		}
		whole := review.Reading{Items: allYes, Agrees: "no", Comment: "Too strict.", Coaching: "Look at page 2."}
		for _, by := range []account.Actor{decider, nurse, w.Maria} {
			if err := read(by, whole); !fault.Is(err, fault.Denied) {
				t.Errorf("%s reads it: %v", by.Name, err)
			}
		}
		if f := fault.Of(read(reader, review.Reading{Agrees: "no"})).Fields; f["guideline"] == "" || f["time"] == "" || f["comment"] == "" || f["agrees"] != "" {
			t.Errorf("an empty form: %v", f)
		}
		if err := read(reader, whole); err != nil {
			t.Fatal(err)
		}
		if err := read(boss, whole); !fault.Is(err, fault.Conflict) {
			t.Errorf("it is read twice: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			own, err := review.Coached(ctx, tx, decider)
			if err != nil || len(own) != 1 || own[0].Coaching != "Look at page 2." || own[0].Comment != "" || own[0].Agrees {
				t.Errorf("who decided reads %+v, %v", own, err)
			}
			if other, err := review.Coached(ctx, tx, reader); err != nil || len(other) != 0 {
				t.Errorf("another reads %+v, %v", other, err)
			}
			if _, err := review.Summary(ctx, tx, nurse, tx.Now().Add(-time.Hour)); !fault.Is(err, fault.Denied) {
				t.Errorf("a nurse reads the summary: %v", err)
			}
			all, err := review.Summary(ctx, tx, boss, tx.Now().Add(-time.Hour))
			if err != nil || len(all) != 1 || all[0].Name != decider.Name || all[0].Read != 1 || all[0].Agreed != 0 || all[0].Open != 0 || all[0].Lacking["reasons"] != 1 || len(all[0].Lacking) != 1 {
				t.Errorf("the summary is %+v, %v", all, err)
			}
			return nil
		})
	})
}

// A share is about as many as it says, by chance.
func TestTheShareIsDrawnByChance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		reviewing(w, plan.Reviewing{QualityPercent: 50})
		for range 40 {
			draw(w, w.Denied())
		}
		if n := len(drawn(w, w.Reviewers[1])); n < 5 || n > 35 { // a fair coin leaves these bounds once in a million
			t.Errorf("of 40 decisions %d were drawn", n)
		}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			p := w.Program
			p.Reviewing.QualityPercent = 101
			_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
			return err
		})
		if fault.Of(err).Fields["quality_percent"] == "" {
			t.Errorf("101 percent: %v", err)
		}
	})
}
