package retention_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/hold"
	"parley/internal/domain/newsletter"
	"parley/internal/domain/order"
	"parley/internal/domain/retention"
	"parley/internal/domain/training"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var admin = account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

func each(t *testing.T, f func(w *scene.World)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		f(scene.New(t, d, 1))
	})
}

func count(t *testing.T, w *scene.World, query string, args ...any) (n int) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, query, args...)
		return err
	})
	return n
}

// mail puts a mail there that was sent so many days ago.
func mail(w *scene.World, id, object string, days int) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into mail (id, key, address, subject, body, object_id, state, queued_at) values ($1, $2, 'a@b.example', 'A notice', 'Its text', $3, 'sent', $4)`,
			id, id, object, tx.Now().Add(-time.Duration(days)*24*time.Hour))
		return err
	})
}

// run does what the nightly job and those that follow do.
func run(w *scene.World, keys ...string) {
	for _, key := range keys {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return retention.Remove(ctx, tx, retention.Chunk{Key: key})
		})
	}
}

func set(w *scene.World, key string, days int) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error {
		return retention.Set(ctx, tx, admin, key, days, "Our rule 7")
	})
}

// Nothing goes unless somebody said so, and never before its floor; the audit
// can't be set at all.
func TestWhatCanBeSet(t *testing.T) {
	each(t, func(w *scene.World) {
		mail(w, "m1", "", 1000)
		run(w, "mail", "orders", "audit", "nonsense")
		if n := count(t, w, `select count(*) from mail where body = ''`); n != 0 {
			t.Error("a text went although nobody said so")
		}
		for _, c := range []struct {
			key  string
			days int
			kind fault.Kind
		}{{"mail", 89, fault.Invalid}, {"mail", -1, fault.Invalid}, {"mail", 1 << 30, fault.Invalid}, {"orders", 3652, fault.Invalid}, {"audit", 5000, fault.NotFound}, {"x", 100, fault.NotFound}} {
			if err := set(w, c.key, c.days); !fault.Is(err, c.kind) {
				t.Errorf("%s for %d days: %v", c.key, c.days, err)
			}
		}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error { return retention.Set(ctx, tx, admin, "mail", 90, " ") })
		if fault.Of(err).Fields["why"] == "" {
			t.Errorf("without a reason: %v", err)
		}
		for name, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"sets": func(ctx context.Context, tx *db.Tx) error { return retention.Set(ctx, tx, w.Maria, "mail", 90, "x") },
			"previews": func(ctx context.Context, tx *db.Tx) error {
				_, err := retention.Preview(ctx, tx, w.Maria, "mail", 90)
				return err
			},
			"reads":    func(ctx context.Context, tx *db.Tx) error { _, err := retention.Settings(ctx, tx, w.Maria); return err },
			"holds":    func(ctx context.Context, tx *db.Tx) error { return hold.Place(ctx, tx, w.Maria, "1", "x") },
			"releases": func(ctx context.Context, tx *db.Tx) error { return hold.Release(ctx, tx, w.Maria, "1", "x") },
			"lists":    func(ctx context.Context, tx *db.Tx) error { _, err := hold.All(ctx, tx, w.Maria); return err },
		} {
			if err := w.Try(do); !fault.Is(err, fault.Denied) {
				t.Errorf("an office %s: %v", name, err)
			}
		}
	})
}

// What is held stays, whichever way it belongs to the order; the rest goes a
// part at a time, and what went is audited.
func TestMailsAreForgottenButNotThoseHeld(t *testing.T) {
	each(t, func(w *scene.World) {
		o, free := w.Denied(), w.Order()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
		if err != nil {
			t.Fatal(err)
		}
		mail(w, "m-order", string(o.ID), 100)
		mail(w, "m-call", string(c.ID), 100)
		mail(w, "m-free", string(free.ID), 100)
		mail(w, "m-young", "", 89)
		for n := range 501 {
			mail(w, fmt.Sprintf("m-%d", n), "", 120)
		}
		place := func(number string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return hold.Place(ctx, tx, admin, number, "Subpoena 12") })
		}
		if err := place(order.Spaced(o.Number)); err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{o.Number, "0000000000", ""} {
			if err := place(number); fault.Of(err).Fields["number"] == "" {
				t.Errorf("held %q: %v", number, err)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := retention.Preview(ctx, tx, admin, "mail", 90)
			if n != 502 {
				t.Errorf("%d would go, want 502", n)
			}
			return err
		})
		if err := set(w, "mail", 90); err != nil {
			t.Fatal(err)
		}
		run(w, "mail")
		if n := count(t, w, `select count(*) from mail where body = ''`); n != 500 {
			t.Errorf("%d went at once, want 500", n)
		}
		if n := count(t, w, `select count(*) from job where kind = 'retention.chunk'`); n != 1 {
			t.Errorf("%d jobs follow, want 1", n)
		}
		run(w, "mail", "mail")
		if n := count(t, w, `select count(*) from mail where body = ''`); n != 502 {
			t.Errorf("%d went, want 502", n)
		}
		if n := count(t, w, `select count(*) from mail where id in ('m-order', 'm-call', 'm-young') and body <> ''`); n != 3 {
			t.Errorf("%d of what is held or young are left, want 3", n)
		}
		if n := count(t, w, `select count(*) from audit where action = 'retention.removed' and object_id = 'mail'`); n != 2 {
			t.Errorf("%d removals audited, want 2", n)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := hold.All(ctx, tx, admin)
			if len(all) != 1 || all[0].Number != o.Number {
				t.Fatalf("%+v", all)
			}
			if err := hold.Release(ctx, tx, admin, all[0].ID, ""); fault.Of(err).Fields["reason"] == "" {
				t.Errorf("released without a reason: %v", err)
			}
			if err != nil {
				return err
			}
			return hold.Release(ctx, tx, admin, all[0].ID, "It ended")
		})
		run(w, "mail")
		if n := count(t, w, `select count(*) from mail where id in ('m-order', 'm-call') and body = ''`); n != 2 {
			t.Errorf("%d went after the release, want 2", n)
		}
	})
}

func TestOtherKindsGo(t *testing.T) {
	each(t, func(w *scene.World) {
		o := w.Order()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			s, err := training.Save(ctx, tx, admin, training.Session{Title: "First", StartsAt: tx.Now().Add(time.Hour), Minutes: 60, Zone: "America/Chicago", Seats: 1, Joining: training.Joining{Phone: "1"}})
			if err != nil {
				return err
			}
			if _, err := training.Register(ctx, tx, w.Maria, s.ID); err != nil {
				return err
			}
			if err := newsletter.Subscribe(ctx, tx, w.Maria, w.Maria.Email); err != nil {
				return err
			}
			if err := newsletter.Unsubscribe(ctx, tx, w.Maria); err != nil {
				return err
			}
			if err := newsletter.Subscribe(ctx, tx, w.Stranger, w.Stranger.Email); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into survey (id, person_id, about, subject_id, program_id, plan_id, asked_at, month) values ('srv_1', $1, 'decision', 'det_1', $2, $3, $4, '2026-11')`,
				string(w.Maria.ID), string(o.ProgramID), string(o.PlanID), tx.Now()); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `insert into survey_answer (survey_id, question, value) values ('srv_1', 'settled', 'yes')`)
			return err
		})
		keys := []string{"training", "newsletter", "survey", "receipt"}
		for _, key := range keys {
			if err := set(w, key, 400); err != nil {
				t.Fatal(err)
			}
		}
		w.DB.Now = func() time.Time { return dbtest.Clock.Add(399 * 24 * time.Hour) }
		run(w, keys...)
		if n := count(t, w, `select count(*) from training_place`); n != 1 {
			t.Error("it went too early")
		}
		w.DB.Now = func() time.Time { return dbtest.Clock.Add(401 * 24 * time.Hour) }
		w.Do(func(ctx context.Context, tx *db.Tx) error { return retention.Start(ctx, tx) })
		if n := count(t, w, `select count(*) from job where kind = 'retention.chunk'`); n != 4 {
			t.Errorf("%d kinds are looked at, want 4", n)
		}
		run(w, keys...)
		for table, want := range map[string]int{"training": 0, "training_place": 0, "survey": 0, "survey_answer": 0, "newsletter_subscription": 1} {
			if n := count(t, w, `select count(*) from `+table); n != want {
				t.Errorf("%s has %d, want %d", table, n, want)
			}
		}
	})
}
