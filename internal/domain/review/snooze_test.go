package review_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A snoozed case is nobody's next one and in no list until its time, comes
// back by itself, and can't be away when it is due.
func TestASnoozedCaseComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, other := staff(w, "Noor", account.Nurse), staff(w, "Bell", account.Nurse)
		o := w.Order()
		snooze := func(by account.Actor, until time.Time, why string) error {
			now := again(t, w, o.ID)
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.SnoozeCase(ctx, tx, by, now, until, why) })
		}
		now := w.DB.Now()
		for field, err := range map[string]error{"until": snooze(nurse, now.Add(-time.Minute), "x"), "why": snooze(nurse, now.Add(time.Hour), "")} {
			if fault.Of(err).Fields[field] == "" {
				t.Errorf("nothing is wrong with %s: %v", field, err)
			}
		}
		if err := snooze(nurse, o.DueAt.Add(time.Minute), "x"); !strings.Contains(fault.Of(err).Fields["until"].String(), "clock keeps running") {
			t.Errorf("it sleeps past its due time: %v", err)
		}
		if err := snooze(w.Maria, now.Add(time.Hour), "x"); !fault.Is(err, fault.Denied) {
			t.Errorf("the office snoozes: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.Take(ctx, tx, other, o, false) })
		if err := snooze(nurse, now.Add(time.Hour), "x"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a case that someone works on is snoozed: %v", err)
		}
		if err := snooze(other, now.Add(4*time.Hour), "The office calls back."); err != nil {
			t.Fatal(err)
		}
		if got, err := next(w, nurse); !fault.Is(err, fault.NotFound) {
			t.Errorf("a snoozed case is next: %s %v", got.Number, err)
		}
		if n := listed(w, nurse); n != 0 {
			t.Errorf("a snoozed case is in the list")
		}
		if due := again(t, w, o.ID).DueAt; !due.Equal(*o.DueAt) {
			t.Errorf("the clock moved to %s", due)
		}
		later(w, 4*time.Hour+time.Second)
		if n := listed(w, nurse); n != 1 {
			t.Errorf("it is not back in the list")
		}
		if got, err := next(w, nurse); err != nil || got.ID != o.ID {
			t.Errorf("it is not back: %v", err)
		}
	})
}

func listed(w *scene.World, by account.Actor) (n int) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		p, err := worklist.List(ctx, tx, by, worklist.Query{Exactly: review.Levels(by), Awake: tx.Now()})
		n = len(p.Lines)
		return err
	})
	return n
}

// A supervisor gives a case to who may review it, whoever had it.
func TestASupervisorAssigns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, boss, doctor := staff(w, "Noor", account.Nurse), staff(w, "Bo", account.Supervisor), w.Reviewers[0]
		o := w.Order()
		assign := func(by account.Actor, to account.PersonID) error {
			now := again(t, w, o.ID)
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.Assign(ctx, tx, by, now, to) })
		}
		if err := assign(nurse, doctor.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a nurse assigns: %v", err)
		}
		if err := assign(boss, w.Maria.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("the office gets it: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return review.Take(ctx, tx, nurse, o, false) })
		if err := assign(boss, doctor.ID); err != nil {
			t.Fatal(err)
		}
		if got := claimed(w, o); got == nil || got.PersonID != doctor.ID || got.Until.Sub(w.DB.Now()) != review.Assigned {
			t.Errorf("it is %+v", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return review.Declare(ctx, tx, doctor, o.OrganizationID, "Family.")
		})
		if err := assign(boss, doctor.ID); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "conflict of interest") {
			t.Errorf("who has a conflict gets it: %v", err)
		}
		now := again(t, w, o.ID)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := review.Release(ctx, tx, doctor, now); err != nil {
				return err
			}
			if now.Status == order.DoctorReview {
				return nil
			}
			_, err := review.SendUp(ctx, tx, nurse, now, "Please.")
			return err
		})
		if err := assign(boss, nurse.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a nurse gets what waits for a physician: %v", err)
		}
		people := 0
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := review.Colleagues(ctx, tx)
			people = len(all)
			return err
		})
		if people != 2 {
			t.Errorf("%d people decide", people)
		}
	})
}

func claimed(w *scene.World, o order.Order) (c *review.Claim) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = review.ClaimOf(ctx, tx, o.ID)
		return err
	})
	return c
}

// A view keeps what is looked at, is its owner's alone, and counts its cases.
func TestViewsOfTheQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		nurse, other := staff(w, "Noor", account.Nurse), staff(w, "Bell", account.Nurse)
		w.Order()
		save := func(name, query string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return review.SaveView(ctx, tx, nurse, name, query) })
		}
		if err := save(" ", ""); fault.Of(err).Fields["name"] == "" {
			t.Errorf("a view without a name: %v", err)
		}
		for _, query := range []string{"view=all&after=zzz&q=Canarywell&plan=pln_1", "view=all&sort=entered"} {
			if err := save("Mine", query); err != nil {
				t.Fatal(err)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := review.Views(ctx, tx, nurse)
			if err != nil || len(all) != 1 || all[0].Query != "sort=entered&view=all" {
				t.Errorf("%+v, %v", all, err)
			}
			if theirs, err := review.Views(ctx, tx, other); err != nil || len(theirs) != 0 {
				t.Errorf("another sees %+v, %v", theirs, err)
			}
			if err := review.DropView(ctx, tx, other, all[0].ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("another drops it: %v", err)
			}
			totals, err := worklist.Totals(ctx, tx, nurse, []worklist.Query{{Exactly: review.Levels(nurse)}, {Plan: []string{"none"}}, {DueBy: tx.Now()}})
			if err != nil || totals[0] != 1 || totals[1] != 0 || totals[2] != -1 {
				t.Errorf("%v, %v", totals, err)
			}
			return review.DropView(ctx, tx, nurse, all[0].ID)
		})
	})
}
