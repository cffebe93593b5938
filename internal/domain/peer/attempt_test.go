package peer_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

func TestAttemptsAreTheReviewersAndInTheirTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		c, _ := booking(t, w, 9)
		at := func(when time.Time) { d.Now = func() time.Time { return when } }
		at(c.StartsAt.Add(-5*time.Minute - time.Second))
		if _, err := w.Dial(c, "no_answer"); !fault.Is(err, fault.Conflict) {
			t.Errorf("too early: %v", err)
		}
		at(c.EndsAt.Add(time.Hour))
		if _, err := w.Dial(c, "no_answer"); !fault.Is(err, fault.Conflict) {
			t.Errorf("too late: %v", err)
		}
		at(c.StartsAt.Add(-5 * time.Minute))
		for _, by := range []account.Actor{w.Maria, w.Scheduler, account.Program(), w.Reviewers[0], w.Reviewers[1]} {
			if by.ID == c.ReviewerID {
				continue
			}
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := peer.Attempt(ctx, tx, by, c, "no_answer")
				return err
			})
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s logs an attempt: %v", by.Name, err)
			}
		}
		_, err := w.Dial(c, "shouted")
		field(t, err, "result")
		if now, err := w.Dial(c, "voicemail"); err != nil || now.Status != peer.Scheduled {
			t.Errorf("after a voicemail: %s, %v", now.Status, err)
		}
		at(c.EndsAt.Add(time.Hour - time.Second))
		if now, err := w.Dial(c, peer.Answered); err != nil || now.Status != peer.InCall {
			t.Errorf("after an answer: %s, %v", now.Status, err)
		}
		if now, err := w.Dial(c, "no_answer"); err != nil || now.Status != peer.Scheduled {
			t.Errorf("cut off, and no answer since: %s, %v", now.Status, err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			dials, err := peer.Dials(ctx, tx, c)
			if len(dials) != 3 || dials[0].Result != "voicemail" || !dials[0].At.Equal(c.StartsAt.Add(-5*time.Minute)) || dials[2].N != 3 {
				t.Errorf("attempts %+v", dials)
			}
			return err
		})
		if events := eventsOf(t, w, c); events["attempt"] != 3 {
			t.Errorf("events %v", events)
		}
	})
}

// eventsOf counts a call's events by kind.
func eventsOf(t testing.TB, w *scene.World, c peer.Call) map[string]int {
	t.Helper()
	n := map[string]int{}
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := peer.Events(ctx, tx, c)
		for _, e := range all {
			n[e.Kind]++
		}
		return err
	})
	return n
}

// Not reached takes as many attempts as the program asks, so far apart
// (invariant 28).
func TestNotReachedTakesAttempts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, o := booking(t, w, 9)
		at := func(minutes int) {
			d.Now = func() time.Time { return c.StartsAt.Add(time.Duration(minutes) * time.Minute) }
		}
		dial := func(minutes int) {
			t.Helper()
			at(minutes)
			if _, err := w.Dial(c, "no_answer"); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(want string) {
			t.Helper()
			_, err := w.Record(c, peer.Said{Outcome: peer.Unreachable})
			if got := field(t, err, "outcome_"+o.Number); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		at(0)
		refused("Record 2 attempts, 5 minutes apart, before you choose Not reached")
		dial(0)
		dial(4) // too soon to count
		refused("Record 2 attempts, 5 minutes apart, before you choose Not reached")
		dial(5)
		now, err := w.Record(c, peer.Said{Outcome: peer.Unreachable})
		if err != nil || now.Status != peer.NoShow {
			t.Fatalf("%s, %v", now.Status, err)
		}
		if claims(t, d) != 0 || len(w.Slots(w.Maria, o, nil)) == 0 {
			t.Error("after a call in which nobody was reached no other can be booked")
		}
	})
}

// A program can ask for more, and an office that said it is late is waited for.
func TestNotReachedFollowsPolicyAndLateness(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			p := w.Program
			p.AttemptsNeeded, p.AttemptsApart = 3, 2
			_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
			return err
		})
		c, o := booking(t, w, 9)
		d.Now = func() time.Time { return c.StartsAt.Add(-time.Minute) }
		if err := late(w, w.Maria, c, 15); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			d.Now = func() time.Time { return c.StartsAt.Add(time.Duration(i*2) * time.Minute) }
			_, err := w.Record(c, peer.Said{Outcome: peer.Unreachable})
			if got := field(t, err, "outcome_"+o.Number); !strings.Contains(got, "Record 3 attempts, 2 minutes apart") {
				t.Errorf("after %d attempts: %q", i, got)
			}
			if _, err := w.Dial(c, "busy"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.Record(c, peer.Said{Outcome: peer.Unreachable})
		if got := field(t, err, "outcome_"+o.Number); !strings.Contains(got, "The office said it is 15 minutes late. Call once more at") || !strings.Contains(got, "CT") {
			t.Errorf("before the office is there: %q", got)
		}
		d.Now = func() time.Time { return c.StartsAt.Add(15 * time.Minute) }
		if _, err := w.Dial(c, "no_answer"); err != nil {
			t.Fatal(err)
		}
		if now, err := w.Record(c, peer.Said{Outcome: peer.Unreachable}); err != nil || now.Status != peer.NoShow {
			t.Errorf("%s, %v", now.Status, err)
		}
	})
}

// A call that was tried is not missed: it waits for its outcome
// (invariant 28).
func TestATriedCallIsNeverMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		jobs := job.NewRunner(d, slog.New(slog.DiscardHandler))
		job.React(jobs, peer.Close)
		c, _ := booking(t, w, 9)
		d.Now = func() time.Time { return c.StartsAt }
		if _, err := w.Dial(c, "no_answer"); err != nil {
			t.Fatal(err)
		}
		d.Now = func() time.Time { return c.EndsAt.Add(26 * time.Hour) }
		if _, err := jobs.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		now, _ := read(t, w, c.Number)
		if now.Status != peer.Scheduled {
			t.Errorf("a call that was tried is %s", now.Status)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			mine, err := peer.ForReviewer(ctx, tx, w.Reviewers[0], tx.Now())
			if len(mine) != 1 || !mine[0].NeedsOutcome(tx.Now()) {
				t.Errorf("the reviewer's list: %+v", mine)
			}
			if err != nil {
				return err
			}
			board, err := peer.List(ctx, tx, w.Scheduler, "upcoming")
			if len(board) != 1 || !board[0].NeedsOutcome(tx.Now()) || board[0].NeedsOutcome(c.StartsAt) {
				t.Errorf("the board: %+v", board)
			}
			return err
		})
	})
}

// What we missed stands with the schedulers until it is booked again or
// followed up.
func TestMissedCallsWaitForAHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		jobs := job.NewRunner(d, slog.New(slog.DiscardHandler))
		job.React(jobs, peer.Close)
		c, o := booking(t, w, 9)
		other, _ := booking(t, w, 12)
		d.Now = func() time.Time { return other.EndsAt.Add(time.Hour) }
		if _, err := jobs.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		waiting := func(want ...peer.ID) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := peer.MissedByUs(ctx, tx, w.Scheduler, peer.Only{})
				if len(all) != len(want) {
					t.Errorf("%d calls wait, want %d", len(all), len(want))
					return err
				}
				for i, l := range all {
					if l.ID != want[i] {
						t.Errorf("call %d is %s", i, l.Number)
					}
				}
				return err
			})
		}
		waiting(c.ID, other.ID)
		if _, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0]); err != nil {
			t.Fatal(err)
		}
		waiting(other.ID)
		done := func(by account.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, o, err := peer.Get(ctx, tx, account.Program(), other.Number)
				if err == nil {
					err = peer.MissedDone(ctx, tx, by, c, o)
				}
				return err
			})
		}
		if err := done(w.Maria); !fault.Is(err, fault.Denied) {
			t.Errorf("an office closed a missed call: %v", err)
		}
		if err := done(w.Scheduler); err != nil {
			t.Fatal(err)
		}
		waiting()
		if err := done(w.Scheduler); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed twice: %v", err)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.MissedByUs(ctx, tx, w.Maria, peer.Only{})
			return err
		}); !fault.Is(err, fault.Denied) {
			t.Errorf("an office reads the board: %v", err)
		}
	})
}
