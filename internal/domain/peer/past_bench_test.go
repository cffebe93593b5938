package peer_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// BenchmarkPastCalls asks for free times, the whole way from the database, of
// reviewers who have no past and then of ones who had PARLEY_CALLS calls
// (100,000 where nothing is said). The budget is that 1,000,000 change the p99
// by less than a tenth. Cold is the first time after the process began.
func BenchmarkPastCalls(b *testing.B) {
	calls := 100_000
	if n, err := strconv.Atoi(os.Getenv("PARLEY_CALLS")); err == nil {
		calls = n
	}
	b.Run("sqlite", func(b *testing.B) {
		pastCalls(b, dbtest.SQLite(b), calls, func(minutes string) string {
			return "strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '-' || (" + minutes + ") || ' minutes') || '+00:00'"
		})
	})
	b.Run("postgres", func(b *testing.B) {
		pastCalls(b, dbtest.Postgres(b), calls, func(minutes string) string {
			return "timestamptz '2026-01-01 00:00:00+00' - (" + minutes + ") * interval '1 minute'"
		})
	})
}

// pastCalls measures; before is SQL for so many minutes before a day long gone.
func pastCalls(b *testing.B, d *db.DB, calls int, before func(minutes string) string) {
	w := scene.New(b, d, 3)
	o, old := w.Denied(), w.Denied()
	c, err := w.Book(w.Maria, old, w.Slots(w.Maria, old, nil)[3])
	if err != nil {
		b.Fatal(err)
	}
	cancel(b, w, c, old)
	fresh := times(w, o)
	w.Do(func(ctx context.Context, tx *db.Tx) error { return manyCalls(ctx, tx, c, calls, before) })
	if err := d.Weigh(context.Background()); err != nil {
		b.Fatal(err)
	}
	var after []time.Duration
	for b.Loop() {
		after = append(after, times(w, o)...)
	}
	n := 0
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from call where status = 'completed'`)
		return err
	})
	if n != calls {
		b.Fatalf("%d calls are past, not %d", n, calls)
	}
	b.ReportMetric(p99(fresh), "µs-p99-before")
	b.ReportMetric(p99(after), "µs-p99-after")
}

// times is how long the free times take, again and again.
func times(w *scene.World, o order.Order) (took []time.Duration) {
	for range 1000 {
		start := time.Now()
		w.Slots(w.Maria, o, nil)
		took = append(took, time.Since(start))
	}
	return took
}

func p99(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)*99/100].Microseconds())
}

// manyCalls copies a call and what hangs on it, each copy over long ago.
func manyCalls(ctx context.Context, tx *db.Tx, c peer.Call, n int, before func(string) string) error {
	const id = "'copy' || n.i"
	start := "n.i * 31 % 2000000"
	err := dbtest.Copy(ctx, tx, "call", "id", string(c.ID), n, map[string]string{"id": id, "number": "'n' || n.i", "uid_office": "'o' || n.i", "uid_reviewer": "'r' || n.i",
		"status": "'completed'", "starts_at": before(start + " + 30"), "ends_at": before(start)})
	if err != nil {
		return err
	}
	for _, table := range []string{"call_order", "call_event"} {
		if err := dbtest.Copy(ctx, tx, table, "call_id", string(c.ID), n, map[string]string{"call_id": id}); err != nil {
			return err
		}
	}
	return nil
}
