package appeal_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

type court struct {
	*scene.World
	t *testing.T
}

// sits is a world whose plan has us do appeals and takes new information for
// two weeks.
func sits(t *testing.T, d *db.DB) *court {
	w := scene.New(t, d, 2)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		l := w.Line
		l.ReconsiderationDays = 14
		if err := plan.SaveLine(ctx, tx, account.Program(), l); err != nil {
			return err
		}
		for _, f := range []plan.Function{plan.Reconsideration, plan.Appeal} {
			if err := plan.Delegate(ctx, tx, account.Program(), plan.Delegation{PlanID: w.Plan.ID, Line: l.Code, Function: f, By: plan.Us, From: civil.Date{Year: 2020, Month: 1, Day: 1}}); err != nil {
				return err
			}
		}
		return nil
	})
	return &court{w, t}
}

func (c *court) read(o order.Order) (now order.Order) {
	c.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = order.ByID(ctx, tx, account.Program(), o.ID)
		return err
	})
	return now
}

func (c *court) file(by account.Actor, o order.Order, f appeal.Filing) (made appeal.Filing, err error) {
	err = c.Try(func(ctx context.Context, tx *db.Tx) error {
		made, err = appeal.File(ctx, tx, by, o, f)
		return err
	})
	return made, err
}

func (c *court) choice(o order.Order, k review.OptionKind) (found appeal.Choice) {
	c.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := appeal.Choices(ctx, tx, o)
		for _, one := range all {
			if one.Kind == k {
				found = one
			}
		}
		return err
	})
	return found
}

func asked(k review.OptionKind) appeal.Filing {
	return appeal.Filing{Kind: k, Behalf: appeal.ForProvider, Reason: "The notes of May show therapy.", UrgentWhy: "She can't walk."}
}

// What is open after a decision, until when, and what it says once it is used.
func TestChoices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := sits(t, d)
		open := c.Order()
		c.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := appeal.Choices(ctx, tx, open)
			if len(all) > 0 {
				t.Errorf("before a decision: %+v", all)
			}
			return err
		})
		o := c.Denied()
		r := c.choice(o, review.Reconsider)
		if r.Why != "" || r.Until == nil || !r.Until.Equal(time.Date(2026, 12, 8, 6, 0, 0, 0, time.UTC)) || r.By != plan.Us {
			t.Errorf("%+v", r)
		}
		if a := c.choice(o, review.AppealOption); a.Why != "" || a.Until == nil || a.Takes.N != 30 {
			t.Errorf("%+v", a)
		}
		d.Now = func() time.Time { return *r.Until }
		if r := c.choice(o, review.Reconsider); r.Why != "The time for it is over." {
			t.Errorf("late: %q", r.Why)
		}
		if _, err := c.file(c.Maria, o, asked(review.Reconsider)); !fault.Is(err, fault.Conflict) {
			t.Errorf("late: %v", err)
		}
	})
}

// A reconsideration: asked once, by who may, and decided anew.
func TestAReconsiderationThatOverturns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := sits(t, d)
		o := c.Denied()
		if _, err := c.file(c.Maria, o, appeal.Filing{Kind: review.Reconsider, Behalf: appeal.ForMember}); len(fault.Of(err).Fields) != 2 {
			t.Errorf("nothing said: %v", err)
		}
		if _, err := c.file(c.Scheduler, o, asked(review.Reconsider)); !fault.Is(err, fault.Denied) {
			t.Errorf("a scheduler files: %v", err)
		}
		f, err := c.file(c.Maria, o, asked(review.Reconsider))
		if err != nil || f.Status != appeal.Open || f.DueAt == nil {
			t.Fatalf("%v: %+v", err, f)
		}
		if _, err := c.file(c.Maria, o, asked(review.Reconsider)); !fault.Is(err, fault.Conflict) {
			t.Errorf("asked twice: %v", err)
		}
		c.stranger(f)
		o = c.read(o)
		var made review.Determination
		c.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			made, err = review.Decide(ctx, tx, c.Reviewers[0], anew(o, review.AfterReconsideration))
			return err
		})
		c.Do(func(ctx context.Context, tx *db.Tx) error {
			return appeal.Follow(ctx, tx, review.Decided{OrderID: string(o.ID), DeterminationID: made.ID})
		})
		if now := c.latest(o); now.Status != appeal.Overturned || c.read(o).Status != order.Approved {
			t.Errorf("%+v", now)
		}
	})
}

func anew(o order.Order, after string) review.Decision {
	d := review.Decision{Order: o.ID, Version: o.Version, Attested: true, After: after}
	for _, s := range o.Open() {
		d.Lines = append(d.Lines, review.Line{Line: s.Line, Outcome: review.Approve, Units: s.Units})
	}
	return d
}

func (c *court) latest(o order.Order) (f appeal.Filing) {
	c.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := appeal.Of(ctx, tx, o)
		if len(all) > 0 {
			f = all[0]
		}
		return err
	})
	return f
}

// stranger has another organization find nothing.
func (c *court) stranger(f appeal.Filing) {
	c.t.Helper()
	err := c.Try(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := appeal.Get(ctx, tx, c.Stranger, f.Number)
		return err
	})
	if !fault.Is(err, fault.NotFound) {
		c.t.Errorf("a stranger reads it: %v", err)
	}
	c.Do(func(ctx context.Context, tx *db.Tx) error {
		theirs, _, err := appeal.Filings(ctx, tx, c.Stranger)
		if len(theirs) > 0 {
			c.t.Errorf("a stranger lists %d", len(theirs))
		}
		return err
	})
}

// An appeal is decided by somebody else than who denied, ends what a call could
// change, and when it is upheld says why.
func TestAnAppealIsHeardBySomebodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := sits(t, d)
		o := c.Denied()
		first, second := c.Reviewers[0], c.Reviewers[1]
		f, err := c.file(c.Maria, o, asked(review.FastAppeal))
		if err != nil || f.DueAt.Sub(dbtest.Clock) != 72*time.Hour {
			t.Fatalf("%v: %+v", err, f)
		}
		o = c.read(o)
		if o.AppealAt == nil || c.choice(o, review.Reconsider).Why == "" {
			t.Error("a call or new information can still change it")
		}
		err = c.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, first, anew(o, review.AfterAppeal))
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("who denied overturns the appeal: %v", err)
		}
		uphold := func(by account.Actor, a appeal.Answer) error {
			return c.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := appeal.Uphold(ctx, tx, by, f, o, a)
				return err
			})
		}
		answer := appeal.Answer{Rationale: "Nothing new.", Plain: "We saw no new records.", Attested: true}
		if err := uphold(first, answer); !fault.Is(err, fault.Denied) {
			t.Errorf("who denied upholds: %v", err)
		}
		if err := uphold(second, appeal.Answer{}); len(fault.Of(err).Fields) != 3 {
			t.Errorf("nothing said: %v", err)
		}
		if err := uphold(second, answer); err != nil {
			t.Fatal(err)
		}
		if err := uphold(second, answer); !fault.Is(err, fault.Conflict) {
			t.Errorf("upheld twice: %v", err)
		}
		if now := c.latest(o); now.Status != appeal.Upheld || now.ClosedBy != second.ID {
			t.Errorf("%+v", now)
		}
	})
}

// Where the plan keeps appeals to itself nothing is filed here.
func TestWhatThePlanHandles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c := &court{w, t}
		o := c.Denied()
		if a := c.choice(o, review.AppealOption); a.By != plan.ThePlan || a.Why == "" {
			t.Errorf("%+v", a)
		}
		if _, err := c.file(c.Maria, o, asked(review.AppealOption)); !fault.Is(err, fault.Conflict) {
			t.Errorf("filed here: %v", err)
		}
	})
}
