package survey

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var admin = account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

func each(t *testing.T, f func(w *scene.World, o order.Order)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		w := scene.New(t, d, 1)
		f(w, w.Order())
	})
}

// ask asks who, and says what they can answer then.
func ask(w *scene.World, o order.Order, who account.PersonID, subject string) (s Survey) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if err := Ask(ctx, tx, Due{Decision, subject, o.ID, who}); err != nil {
			return err
		}
		s, err = Waiting(ctx, tx, account.Actor{ID: who})
		return err
	})
	return s
}

func after(w *scene.World, d time.Duration) {
	w.DB.Now = func() time.Time { return dbtest.Clock.Add(d) }
}

// Somebody is asked once about a thing, and once in 30 days; staff and whoever
// doesn't want it never.
func TestWhoIsAsked(t *testing.T) {
	each(t, func(w *scene.World, o order.Order) {
		s := ask(w, o, w.Maria.ID, "det_1")
		if s.ID == "" {
			t.Fatal("nobody is asked")
		}
		for _, who := range []account.PersonID{w.Scheduler.ID, "program", "per_nobody"} {
			if s := ask(w, o, who, "det_2"); s.ID != "" {
				t.Errorf("%s is asked", who)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Skip(ctx, tx, w.Maria, s.ID, false) })
		after(w, 29*24*time.Hour)
		if s := ask(w, o, w.Maria.ID, "det_3"); s.ID != "" {
			t.Error("asked again within 30 days")
		}
		after(w, 31*24*time.Hour)
		if s := ask(w, o, w.Maria.ID, "det_1"); s.ID != "" {
			t.Error("asked twice about the same")
		}
		if s = ask(w, o, w.Maria.ID, "det_4"); s.ID == "" {
			t.Fatal("not asked after a month")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Skip(ctx, tx, w.Maria, s.ID, true) })
		after(w, 90*24*time.Hour)
		if s := ask(w, o, w.Maria.ID, "det_5"); s.ID != "" {
			t.Error("asked who doesn't want it")
		}
	})
}

func TestAnswering(t *testing.T) {
	each(t, func(w *scene.World, o order.Order) {
		s := ask(w, o, w.Maria.ID, "det_1")
		answer := func(who account.Actor, values map[string]string, words string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return Answer(ctx, tx, who, s.ID, values, words) })
		}
		if err := answer(w.Maria, nil, " "); fault.Of(err).Fields["recommend"] == "" {
			t.Errorf("nothing said: %v", err)
		}
		if err := answer(w.Maria, map[string]string{"settled": "perhaps"}, ""); fault.Of(err).Fields["settled"] == "" {
			t.Errorf("what isn't offered: %v", err)
		}
		if err := answer(w.Stranger, map[string]string{"settled": "yes"}, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else answers: %v", err)
		}
		if err := answer(w.Maria, map[string]string{"settled": "yes"}, "Mrs. Canarywell waited."); err != nil {
			t.Fatal(err)
		}
		if err := answer(w.Maria, map[string]string{"settled": "no"}, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("answered twice: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := Comments(ctx, tx, admin); !fault.Is(err, fault.Denied) {
				t.Errorf("an administrator reads words that can hold a member's data: %v", err)
			}
			boss, err := w.Person(ctx, tx, "Ida", "Supervisor", w.Scheduler.Seat().OrganizationID, account.Supervisor)
			if err != nil {
				return err
			}
			all, err := Comments(ctx, tx, boss)
			if err != nil || len(all) != 1 {
				t.Errorf("%d comments: %v", len(all), err)
			}
			boss.Scopes = []account.Scope{{PlanID: "pln_other"}}
			if all, err := Comments(ctx, tx, boss); err != nil || len(all) != 0 {
				t.Errorf("another plan's supervisor reads %d: %v", len(all), err)
			}
			boss.Scopes = []account.Scope{{PlanID: "pln_other"}, {PlanID: string(o.PlanID), ProgramID: string(o.ProgramID)}}
			if all, err := Comments(ctx, tx, boss); err != nil || len(all) != 1 {
				t.Errorf("the plan's supervisor reads %d: %v", len(all), err)
			}
			n, err := db.Count(ctx, tx, `select count(*) from audit where action = 'survey.comments_read'`)
			if n != 3 {
				t.Errorf("%d readings audited", n)
			}
			return err
		})
	})
}

// Nothing is told of few who answered, nor a number that is small.
func TestSmallNumbersAreNotTold(t *testing.T) {
	each(t, func(w *scene.World, o order.Order) {
		say := func(n int, value string) {
			var who account.Actor
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				who, err = w.Person(ctx, tx, fmt.Sprintf("P%d", n), "Office", w.Office.ID, account.OfficeStaff)
				return err
			})
			s := ask(w, o, who.ID, fmt.Sprintf("det_%d", n))
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return Answer(ctx, tx, who, s.ID, map[string]string{"settled": value}, "")
			})
		}
		groups := func() (all []Group) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				if _, err := Results(ctx, tx, w.Maria); !fault.Is(err, fault.Denied) {
					t.Errorf("an office reads results: %v", err)
				}
				all, err = Results(ctx, tx, admin)
				return err
			})
			return all
		}
		for n := range 4 {
			say(n, "yes")
		}
		if g := groups(); len(g) != 1 || !g[0].Few || len(g[0].Results) != 0 || g[0].Asked != 4 {
			t.Errorf("of four: %+v", g)
		}
		for n := range 8 {
			say(10+n, map[bool]string{true: "partly", false: "yes"}[n < 6])
		}
		say(30, "no")
		g := groups()
		if len(g) != 1 || g[0].Few {
			t.Fatalf("of many: %+v", g)
		}
		for _, r := range g[0].Results {
			if r.Question.Key != "settled" {
				continue
			}
			told := 0
			for _, c := range r.Counts {
				if !c.Few {
					told++
				}
			}
			if told != 1 {
				t.Errorf("%d of three numbers are told, want one: %+v", told, r.Counts)
			}
		}
		if rows := Rows(g); len(rows) < 10 || rows[0][0] != "month" {
			t.Errorf("%d rows", len(rows))
		}
	})
}

func TestNothingIsAskedUnlessItIsTurnedOn(t *testing.T) {
	each(t, func(w *scene.World, o order.Order) {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			s, err := Settings(ctx, tx)
			if err != nil || s.Calls || s.Decisions {
				t.Errorf("it is on, or %v", err)
			}
			if err := Set(ctx, tx, w.Maria, Setting{Calls: true}); !fault.Is(err, fault.Denied) {
				t.Errorf("an office sets it: %v", err)
			}
			if err := Set(ctx, tx, admin, Setting{Calls: true}); err != nil {
				return err
			}
			if s, err = Settings(ctx, tx); !s.Calls || s.Decisions {
				t.Errorf("%+v", s)
			}
			return err
		})
	})
}
