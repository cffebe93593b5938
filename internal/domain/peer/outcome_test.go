package peer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
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

// booking books a call about a denied order, the nth free time.
func booking(t testing.TB, w *scene.World, nth int) (peer.Call, order.Order) {
	t.Helper()
	o := w.Denied()
	c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[nth])
	if err != nil {
		t.Fatal(err)
	}
	return c, o
}

// field is what an error says at a field, failing the test if it says nothing
// there.
func field(t testing.TB, err error, name string) string {
	t.Helper()
	text := fault.Of(err).Fields[name]
	if !fault.Is(err, fault.Invalid) || text == "" {
		t.Errorf("nothing is said at %s: %v", name, err)
	}
	return text.String()
}

func TestTheReviewerSaysWhatCameOfACall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, o := booking(t, w, 9)
		stays := peer.Said{Outcome: peer.Upheld, Note: "Treatment is still not shown."}
		if _, err := w.Record(c, stays); !fault.Is(err, fault.Conflict) {
			t.Errorf("before its time: %v", err)
		}
		d.Now = func() time.Time { return c.StartsAt }
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Record(ctx, tx, w.Maria, c, map[order.ID]peer.Said{o.ID: stays})
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("the office said what came of it: %v", err)
		}
		_, err = w.Record(c, stays)
		field(t, err, "outcome_"+o.Number) // nobody answered yet
		if now, err := w.Dial(c, peer.Answered); err != nil || now.Status != peer.InCall {
			t.Fatalf("after an answer: %s, %v", now.Status, err)
		}
		_, err = w.Record(c, peer.Said{})
		if got := field(t, err, "outcome_"+o.Number); got != "Select an outcome for each order" {
			t.Errorf("no outcome: %q", got)
		}
		for _, outcome := range []string{peer.Upheld, peer.MoreToCome} {
			_, err = w.Record(c, peer.Said{Outcome: outcome, Note: "  "})
			field(t, err, "note_"+o.Number)
		}
		_, err = w.Record(c, peer.Said{Outcome: peer.Unreachable})
		field(t, err, "outcome_"+o.Number) // they did answer
		now, err := w.Record(c, stays)
		if err != nil || now.Status != peer.Completed {
			t.Fatalf("recorded: %s, %v", now.Status, err)
		}
		if _, err := w.Record(c, peer.Said{Outcome: peer.Overturned}); !fault.Is(err, fault.Conflict) {
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
			if err != nil {
				return err
			}
			said, err := peer.Subjects(ctx, tx, w.Maria, c)
			if len(said) != 1 || said[0].Said != stays || said[0].At == nil || !said[0].At.Equal(c.StartsAt) {
				t.Errorf("kept %+v", said)
			}
			return err
		})
	})
}

// A call about several orders has an outcome for each, or none.
func TestEveryOrderOfACallHasAnOutcome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, first := booking(t, w, 9)
		second := w.Denied()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into call_order (call_id, order_id, active) values ($1, $2, $3)`, string(c.ID), string(second.ID), true)
			return err
		})
		d.Now = func() time.Time { return c.StartsAt }
		record := func(said map[order.ID]peer.Said) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err == nil {
					_, err = peer.Record(ctx, tx, w.Reviewers[0], now, said)
				}
				return err
			})
		}
		if _, err := w.Dial(c, peer.Answered); err != nil {
			t.Fatal(err)
		}
		stays := peer.Said{Outcome: peer.Upheld, Note: "Not shown."}
		err := record(map[order.ID]peer.Said{first.ID: stays})
		if got := field(t, err, "outcome_"+second.Number); got != "Select an outcome for each order" {
			t.Errorf("the second order: %q", got)
		}
		err = record(map[order.ID]peer.Said{first.ID: stays, second.ID: {Outcome: peer.Unreachable}})
		field(t, err, "outcome_"+second.Number)
		if err := record(map[order.ID]peer.Said{first.ID: stays, second.ID: {Outcome: peer.Overturned}}); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			said, err := peer.Subjects(ctx, tx, w.Maria, c)
			if len(said) != 2 || said[0].Order.ID != first.ID || said[0].Outcome != peer.Upheld || said[1].Outcome != peer.Overturned {
				t.Errorf("kept %+v", said)
			}
			return err
		})
	})
}

// A call that is for discussion only can't change the decision, whatever is
// posted.
func TestADiscussionChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			l := w.Line
			l.CallEffect = string(peer.Discussion)
			return plan.SaveLine(ctx, tx, account.Program(), l)
		})
		c, o := booking(t, w, 9)
		d.Now = func() time.Time { return c.StartsAt }
		if _, err := w.Dial(c, peer.Answered); err != nil {
			t.Fatal(err)
		}
		for _, outcome := range []string{peer.Overturned, peer.Modified} {
			_, err := w.Record(c, peer.Said{Outcome: outcome})
			field(t, err, "outcome_"+o.Number)
		}
		if _, err := w.Record(c, peer.Said{Outcome: peer.Discussed}); err != nil {
			t.Error(err)
		}
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
