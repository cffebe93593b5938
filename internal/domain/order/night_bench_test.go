package order_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// BenchmarkNight notes which clocks passed a mark in a night in which nothing
// ran, out of PARLEY_CLOCKS (100,000 where nothing is said) that have a week
// each. The budget is 60 seconds for 1,000,000, so 60 µs a clock.
func BenchmarkNight(b *testing.B) {
	clocks := 100_000
	if n, err := strconv.Atoi(os.Getenv("PARLEY_CLOCKS")); err == nil {
		clocks = n
	}
	b.Run("sqlite", func(b *testing.B) {
		night(b, dbtest.SQLite(b), clocks)
	})
	b.Run("postgres", func(b *testing.B) {
		night(b, dbtest.Postgres(b), clocks)
	})
}

func night(b *testing.B, d *db.DB, clocks int) {
	w := scene.New(b, d, 1)
	w.Line.RulePacks = "erisa"
	w.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), w.Line) })
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return manyLike(ctx, tx, string(o.ID), clocks)
	})
	at := d.Now().Add(3 * 24 * time.Hour) // before the first clock is half used up
	for b.Loop() {
		at = at.Add(24 * time.Hour)
		d.Now = func() time.Time { return at }
		w.Do(deadline.Sweep)
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Count(ctx, tx, `select count(*) from clock_event`)
		if n < clocks/10 {
			b.Fatalf("only %d of %d clocks passed a mark", n, clocks)
		}
		return err
	})
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*clocks), "µs/clock")
}

// manyLike copies an order and its clock n times, each clock begun at another
// moment of a week.
func manyLike(ctx context.Context, tx *db.Tx, id string, n int) error {
	if err := dbtest.Copy(ctx, tx, "orders", "id", id, n, map[string]string{"id": "'copy' || n.i", "number": "'n' || n.i"}); err != nil {
		return err
	}
	const week = "604800"
	start := "(t.start_s + n.i % " + week + ")"
	return dbtest.Copy(ctx, tx, "clock", "order_id", id, n, map[string]string{"order_id": "'copy' || n.i", "start_s": start, "due_s": "(" + start + " + " + week + ")", "next_s": "(" + start + " + " + week + " / 2)", "next_mark": "50"})
}
