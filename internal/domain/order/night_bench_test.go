package order_test

import (
	"context"
	"os"
	"strconv"
	"strings"
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
		night(b, dbtest.SQLite(b), clocks, `select name from pragma_table_info('`, `')`)
	})
	b.Run("postgres", func(b *testing.B) {
		night(b, dbtest.Postgres(b), clocks, `select column_name from information_schema.columns where table_schema = current_schema() and table_name = '`, `' order by ordinal_position`)
	})
}

// night measures; what stands around a table's name asks for its columns.
func night(b *testing.B, d *db.DB, clocks int, before, after string) {
	w := scene.New(b, d, 1)
	w.Line.RulePacks = "erisa"
	w.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), w.Line) })
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		return manyLike(ctx, tx, string(o.ID), clocks, func(table string) string { return before + table + after })
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
func manyLike(ctx context.Context, tx *db.Tx, id string, n int, columnsOf func(table string) string) error {
	copied := func(table, key string, other map[string]string) error {
		columns, err := db.All(ctx, tx, db.Value[string], columnsOf(table))
		if err != nil {
			return err
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "t." + c
			if v := other[c]; v != "" {
				values[i] = v
			}
		}
		_, err = tx.Exec(ctx, `with recursive n(i) as (select 1 union all select i + 1 from n where i < `+strconv.Itoa(n)+`)
			insert into `+table+` (`+strings.Join(columns, ", ")+`) select `+strings.Join(values, ", ")+` from n cross join `+table+` t where t.`+key+` = $1`, id)
		return err
	}
	if err := copied("orders", "id", map[string]string{"id": "'copy' || n.i", "number": "'n' || n.i"}); err != nil {
		return err
	}
	const week = "604800"
	start := "(t.start_s + n.i % " + week + ")"
	return copied("clock", "order_id", map[string]string{"order_id": "'copy' || n.i", "start_s": start, "due_s": "(" + start + " + " + week + ")", "next_s": "(" + start + " + " + week + " / 2)", "next_mark": "50"})
}
