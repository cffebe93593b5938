package order_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// clocks is a world whose plan has a law with an extension, and a nurse.
func clocks(t *testing.T, d *db.DB, packs string) (w *scene.World, nurse account.Actor) {
	w = scene.New(t, d, 1)
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		w.Line.RulePacks = packs
		if err := plan.SaveLine(ctx, tx, account.Program(), w.Line); err != nil {
			return err
		}
		um, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "um", Name: "Review Unit"})
		if err != nil {
			return err
		}
		nurse, err = w.Person(ctx, tx, "Aisha", "Noor", um.ID, account.Nurse)
		return err
	})
	return w, nurse
}

func kept(w *scene.World, o order.Order) (k deadline.Kept) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		k, err = deadline.Of(ctx, tx, string(o.ID))
		return err
	})
	return k
}

func again(w *scene.World, o order.Order) order.Order {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.ByID(ctx, tx, account.Program(), o.ID)
		return err
	})
	return o
}

// The plan's seven days count where the law gives fifteen; a stricter law
// counts where the member lives under it.
func TestAClockBeginsWithTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := clocks(t, d, "erisa,ohio,texas")
		o := w.Order()
		k := kept(w, o)
		if k.Pack.ID != "texas" || !k.Due.Equal(*o.DueAt) || k.Standing != deadline.Running || len(k.Limits) != 4 {
			t.Errorf("by %s due %v, the order %v; %d limits, %s", k.Pack.ID, k.Due, o.DueAt, len(k.Limits), k.Standing)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			w.Member.State = "IL"
			_, err := member.Save(ctx, tx, account.Program(), w.Member)
			return err
		})
		o = w.Order()
		if k = kept(w, o); k.Rule.ID != "standard" || k.Pack.ID != "agreement" || !k.Due.Equal(dbtest.Clock.Add(7*24*time.Hour)) || len(k.Limits) != 2 {
			t.Errorf("in Illinois by %s due %v, %d limits", k.Pack.ID, k.Due, len(k.Limits))
		}
	})
}

func TestChangingAClock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, nurse := clocks(t, d, "medicare-advantage")
		o := w.Order()
		extend := func(by account.Actor, version int, ground string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				_, err = order.ExtendTime(ctx, tx, by, o, version, ground)
				return err
			})
		}
		reclassify := func(by account.Actor, to order.Urgency, why string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				_, err = order.Reclassify(ctx, tx, by, o, o.Version, to, why)
				return err
			})
		}
		refused := func(name string, kind fault.Kind, says string, err error) {
			t.Helper()
			f := fault.Of(err)
			words := f.Text
			for _, field := range f.Fields {
				words += field
			}
			if err == nil || f.Kind != kind || !strings.Contains(words.String(), says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		member := "The member asked for it"
		refused("an office", fault.Denied, "role", extend(w.Maria, o.Version, member))
		refused("no ground", fault.Invalid, "Select why", extend(nurse, o.Version, ""))
		refused("a ground of one's own", fault.Invalid, "Select why", extend(nurse, o.Version, "Holidays"))
		refused("a stale page", fault.Conflict, "Someone else", extend(nurse, o.Version-1, member))
		refused("no reason", fault.Invalid, "Enter why", reclassify(nurse, order.Urgent, ""))
		refused("as it is", fault.Invalid, "Select standard or urgent", reclassify(nurse, order.Standard, "x"))
		if err := extend(nurse, o.Version, member); err != nil {
			t.Fatal(err)
		}
		before := *o.DueAt
		if o = again(w, o); o.DueAt.Sub(before) != 14*24*time.Hour {
			t.Errorf("extended by %v", o.DueAt.Sub(before))
		}
		refused("twice", fault.Conflict, "already", extend(nurse, o.Version, member))
		if err := reclassify(nurse, order.Urgent, "Numbness since today."); err != nil {
			t.Fatal(err)
		}
		if o = again(w, o); o.Urgency != order.Urgent || !o.DueAt.Equal(dbtest.Clock.Add(72*time.Hour)) {
			t.Errorf("urgent: %s, due %v", o.Urgency, o.DueAt)
		}
		refused("a nurse can't lower it", fault.Denied, "Only a physician", reclassify(nurse, order.Standard, "x"))
		if err := reclassify(w.Reviewers[0], order.Standard, "No test of the law is met."); err != nil {
			t.Fatal(err)
		}
		if o = again(w, o); o.Urgency != order.Standard || !o.DueAt.Equal(before) {
			t.Errorf("standard: %s, due %v, want %v", o.Urgency, o.DueAt, before)
		}
		if k := kept(w, o); len(k.Events) != 3 || k.Events[2].Actor != "Reviewer Number000" || !k.Due.Equal(before) {
			t.Errorf("the clock has %+v", k.Events)
		}
	})
}

// Every mark is noted once, also after a night without a sweep; who runs late
// is announced, and what is decided in time is met.
func TestSweepingClocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := clocks(t, d, "")
		late, met, gone := w.Order(), w.Order(), w.Order()
		sweep := func(after time.Duration) {
			d.Now = func() time.Time { return dbtest.Clock.Add(after) }
			for range 2 {
				w.Do(deadline.Sweep)
			}
		}
		sweep(80 * time.Hour)
		sweep(90 * time.Hour) // of 168
		if k := kept(w, late); len(k.Events) != 1 || k.Events[0].Mark != 50 || k.Events[0].Kind != deadline.Warned {
			t.Fatalf("at half: %+v", k.Events)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := order.Move(ctx, tx, account.Program(), gone, order.Withdrawn, "Withdrawn."); err != nil {
				return err
			}
			_, err := order.Move(ctx, tx, account.Program(), met, order.Approved, "Approved.")
			return err
		})
		sweep(170 * time.Hour)
		k := kept(w, late)
		var marks []int
		for _, e := range k.Events {
			marks = append(marks, e.Mark)
		}
		if len(marks) != 4 || marks[1] != 75 || marks[2] != 90 || marks[3] != 100 || k.Events[3].Kind != deadline.Missed {
			t.Errorf("after the end: %+v", k.Events)
		}
		if k := kept(w, met); k.Standing != deadline.Met || len(k.Events) != 1 {
			t.Errorf("decided in time: %s %+v", k.Standing, k.Events)
		}
		if k := kept(w, gone); k.Standing != deadline.Stopped || k.EndedAt == nil {
			t.Errorf("withdrawn: %s", k.Standing)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, mark := range []int{90, 100} {
				if err := order.ClockPassed(ctx, tx, deadline.Passed{OrderID: string(late.ID), Mark: mark}); err != nil {
					return err
				}
			}
			n, err := db.Count(ctx, tx, `select count(*) from job where kind = 'deadline.passed'`)
			if n != 2 {
				t.Errorf("%d announced", n)
			}
			if err != nil {
				return err
			}
			seen, err := order.Events(ctx, tx, w.Reviewers[0], late.ID)
			if err == nil && seen[0].Text != "The decision is overdue." {
				t.Errorf("the timeline ends with %q", seen[0].Text)
			}
			hidden, _ := order.Events(ctx, tx, w.Maria, late.ID)
			if len(hidden) != 1 {
				t.Errorf("the office sees %d events", len(hidden))
			}
			_, err = order.Move(ctx, tx, account.Program(), late, order.Approved, "Approved.")
			return err
		})
		if k := kept(w, late); k.Standing != deadline.TooLate {
			t.Errorf("decided late: %s", k.Standing)
		}
	})
}

// What an installation publishes holds beside what comes with the program,
// never changes, and outlives the plan's choice for orders it counted for.
func TestOwnRulePacks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text := `[{"id":"fast","version":"1","name":"Fast","basis":"contract","source":"Contract 12","from":"2026-01-01","rules":[{"id":"all","kinds":["standard"],"within":"4 business hours","sentence":"Within 4 business hours.","citation":"Contract 12"}]}]`
		w, _ := clocks(t, d, "")
		publish := func(by account.Actor, text string) (n int, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				n, err = deadline.Publish(ctx, tx, by, []byte(text))
				return err
			})
			return n, err
		}
		if _, err := publish(w.Maria, text); !fault.Is(err, fault.Denied) {
			t.Errorf("an office publishes: %v", err)
		}
		if _, err := publish(account.Program(), `[{"id":"fast"}]`); !fault.Is(err, fault.Invalid) {
			t.Errorf("half a pack: %v", err)
		}
		for want := 1; want >= 0; want-- {
			if n, err := publish(account.Program(), text); err != nil || n != want {
				t.Fatalf("published %d, want %d: %v", n, want, err)
			}
		}
		if _, err := publish(account.Program(), strings.Replace(text, "4 business", "5 business", 2)); !fault.Is(err, fault.Conflict) {
			t.Errorf("other words under a version: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if unknown, err := deadline.Known(ctx, tx, []string{"fast", "erisa", "slow"}); err != nil || unknown != "slow" {
				t.Errorf("unknown is %q: %v", unknown, err)
			}
			w.Line.RulePacks = "fast"
			return plan.SaveLine(ctx, tx, account.Program(), w.Line)
		})
		o := w.Order() // Monday, 9 AM in Chicago
		if k := kept(w, o); k.Pack.ID != "fast" || !k.Due.Equal(dbtest.Clock.Add(4*time.Hour)) {
			t.Errorf("by %s due %v", k.Pack.ID, k.Due)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			w.Line.RulePacks, w.Line.DecisionDays = "erisa", 1
			return plan.SaveLine(ctx, tx, account.Program(), w.Line)
		})
		if k := kept(w, o); k.Pack.ID != "fast" || !strings.Contains(k.Limits[1].Rule.Sentence.String(), "7 calendar days") {
			t.Errorf("after the plan chose otherwise: %s, %s", k.Pack.ID, k.Limits[1].Rule.Sentence)
		}
	})
}
