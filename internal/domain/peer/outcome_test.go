package peer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

func read(t testing.TB, w *scene.World, number string) (c peer.Call, o order.Order) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		c, o, err = peer.Get(ctx, tx, account.Program(), number)
		return err
	})
	return c, o
}

func TestTheReviewerSaysWhatCameOfACall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
		if err != nil {
			t.Fatal(err)
		}
		record := func(by account.Actor, outcome string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, o, err := peer.Get(ctx, tx, account.Program(), c.Number)
				if err == nil {
					_, err = peer.Record(ctx, tx, by, c, o, outcome, "")
				}
				return err
			})
		}
		if err := record(w.Reviewers[0], "upheld"); !fault.Is(err, fault.Conflict) {
			t.Errorf("before its time: %v", err)
		}
		d.Now = func() time.Time { return c.StartsAt }
		if err := record(w.Maria, "overturned"); !fault.Is(err, fault.Denied) {
			t.Errorf("the office said what came of it: %v", err)
		}
		if err := record(w.Reviewers[0], ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("no outcome: %v", err)
		}
		if err := record(w.Reviewers[0], "upheld"); err != nil {
			t.Fatal(err)
		}
		if err := record(w.Reviewers[0], "overturned"); !fault.Is(err, fault.Conflict) {
			t.Errorf("said twice: %v", err)
		}
		if claims(t, d) != 0 {
			t.Error("a call that took place keeps its time")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, w.Maria, o)
			if st.Result != peer.Used {
				t.Errorf("after the call: %s, want used", st.Result)
			}
			return err
		})
	})
}

// A call that nobody spoke of is over all the same, and is never the office's
// fault; one that moved is looked at after its new time.
func TestATimeThatWentByIsMissedOrExpired(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		jobs := job.NewRunner(d, slog.New(slog.DiscardHandler))
		job.React(jobs, peer.Close)
		o := w.Denied()
		s := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, s[9])
		if err != nil {
			t.Fatal(err)
		}
		moved := move(t, w, c, o, s[40])
		status := func(at time.Time, want peer.Status) {
			t.Helper()
			d.Now = func() time.Time { return at }
			if _, err := jobs.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
			if c, _ := read(t, w, moved.Number); c.Status != want {
				t.Errorf("at %v: %s, want %s", at, c.Status, want)
			}
		}
		status(c.EndsAt.Add(2*time.Hour), peer.Scheduled)
		status(moved.EndsAt.Add(59*time.Minute), peer.Scheduled)
		status(moved.EndsAt.Add(61*time.Minute), peer.Missed)
		if claims(t, d) != 0 {
			t.Error("a missed call keeps its time")
		}
		if again := w.Slots(w.Maria, o, nil); len(again) == 0 {
			t.Error("after a missed call no other can be booked")
		}
	})
}
