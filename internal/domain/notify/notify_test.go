package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/notify"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/infra/mail"
	"parley/internal/scene"
)

// A flaky sender is a mail server that fails for a while.
type flaky struct {
	mu   sync.Mutex
	down error
	box  mail.Box
}

func (f *flaky) Send(ctx context.Context, m mail.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return f.down
	}
	return f.box.Send(ctx, m)
}

// An office is the desk with what it hears of.
type office struct {
	*scene.World
	desk   *notify.Desk
	jobs   *job.Runner
	sender *flaky
	now    time.Time
}

func open(t *testing.T, d *db.DB, reviewers int) *office {
	o := &office{World: scene.New(t, d, reviewers), sender: &flaky{}, now: dbtest.Clock}
	d.Now = func() time.Time { return o.now }
	o.desk = &notify.Desk{Name: "Parley", URL: "https://parley.example", From: mail.Address{Name: "Parley", Email: "no-reply@parley.example"}, DB: d, Sender: o.sender}
	o.jobs = job.NewRunner(d, slog.New(slog.DiscardHandler))
	job.React(o.jobs, o.desk.Decided)
	job.React(o.jobs, o.desk.CallRequested)
	job.React(o.jobs, o.desk.CallBooked)
	job.React(o.jobs, o.desk.CallMoved)
	job.React(o.jobs, o.desk.CallReassigned)
	job.React(o.jobs, peer.AbsorbNext)
	job.React(o.jobs, o.desk.CallCanceled)
	job.React(o.jobs, o.desk.CallReminder, peer.RemindNext)
	job.React(o.jobs, o.desk.CallLate)
	job.React(o.jobs, o.desk.CallPhoneChanged)
	job.React(o.jobs, o.desk.CallOutcome)
	job.React(o.jobs, o.desk.CallNotReached)
	job.React(o.jobs, o.desk.CallMissed)
	job.React(o.jobs, peer.Close)
	job.React(o.jobs, o.desk.AccountChanged)
	job.Handle(o.jobs, o.desk.Deliver)
	return o
}

// sent drains the queue at a time and returns "address: subject" of what came new.
func (o *office) sent(t *testing.T, at time.Time) (lines []string) {
	t.Helper()
	o.now = at
	before := len(o.sender.box.All())
	if _, err := o.jobs.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, m := range o.sender.box.All()[before:] {
		lines = append(lines, m.To.Email+": "+m.Subject)
	}
	return lines
}

func has(t *testing.T, lines []string, n int, words string) {
	t.Helper()
	found := 0
	for _, l := range lines {
		if strings.Contains(l, words) {
			found++
		}
	}
	if found != n {
		t.Errorf("%d of %q, want %d in %q", found, words, n, lines)
	}
}

func (o *office) booked(t *testing.T, slot int) (peer.Call, order.Order) {
	t.Helper()
	denied := o.Denied()
	c, err := o.Book(o.Maria, denied, o.Slots(o.Maria, denied, nil)[slot])
	if err != nil {
		t.Fatal(err)
	}
	return c, denied
}

func TestEveryoneIsToldOfACall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		c, denied := o.booked(t, 60)
		lines := o.sent(t, dbtest.Clock)
		has(t, lines, 3, "Peer-to-peer call (order ending "+order.Ending(denied.Number)+")") // arranger, speaker, reviewer
		has(t, lines, 1, "p2p@um.example: Peer-to-peer booked")
		has(t, lines, 0, "You have an update on an order") // it can be taken back
		has(t, o.sent(t, dbtest.Clock.Add(review.UndoFor)), 1, "You have an update on an order")
		if again := o.sent(t, dbtest.Clock); len(again) != 0 {
			t.Errorf("sent again: %q", again)
		}
		has(t, o.sent(t, c.StartsAt.Add(-24*time.Hour)), 3, "Reminder: Peer-to-peer call")
		has(t, o.sent(t, c.StartsAt.Add(-time.Hour)), 2, "Reminder: Peer-to-peer call") // not the reviewer
		has(t, o.sent(t, c.StartsAt.Add(-15*time.Minute)), 3, "Reminder: Peer-to-peer call")
	})
}

// A program says when people are reminded of its calls, also of those booked
// before it said so.
func TestAProgramSaysWhenItReminds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		reminding := func(said string) {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				p := o.Program
				p.Reminders = said
				_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
				return err
			})
		}
		reminding("24h,15m")
		c, _ := o.booked(t, 60)
		o.sent(t, dbtest.Clock)
		has(t, o.sent(t, c.StartsAt.Add(-24*time.Hour)), 3, "Reminder: Peer-to-peer call")
		has(t, o.sent(t, c.StartsAt.Add(-time.Hour)), 0, "Reminder: Peer-to-peer call")
		reminding(plan.NoReminders)
		has(t, o.sent(t, c.StartsAt.Add(-15*time.Minute)), 0, "Reminder: Peer-to-peer call")
	})
}

// A reminder is decided when it is due: none for a call that was canceled,
// and one, at the new time, for a call that moved.
func TestRemindersFollowTheCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		c, denied := o.booked(t, 60)
		var moved peer.Call
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, o.Maria, denied)
			if err == nil {
				moved, err = peer.Reschedule(ctx, tx, o.Maria, c, denied, st, o.Slots(o.Maria, denied, &c)[120], o.Zone())
			}
			return err
		})
		has(t, o.sent(t, dbtest.Clock), 3, "Peer-to-peer call (order ending") // the move can still be undone
		has(t, o.sent(t, dbtest.Clock.Add(peer.UndoFor)), 3, "Peer-to-peer call (order ending")
		has(t, o.sent(t, c.StartsAt.Add(-15*time.Minute)), 0, "Reminder")
		has(t, o.sent(t, moved.StartsAt.Add(-24*time.Hour)), 3, "Reminder")
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, o.Maria, moved, denied, "other", "")
			return err
		})
		has(t, o.sent(t, o.now.Add(peer.UndoFor)), 3, "Canceled: Peer-to-peer call")
		has(t, o.sent(t, moved.StartsAt), 0, "Reminder")
	})
}

// What was put back within the minute is nobody's news, and later changes are
// told as if it had not been.
func TestWhatWasUndoneIsNotTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		c, denied := o.booked(t, 60)
		o.sent(t, dbtest.Clock.Add(review.UndoFor))
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			gone, err := peer.Cancel(ctx, tx, o.Maria, c, denied, "other", "")
			if err == nil {
				c, err = peer.PutBack(ctx, tx, o.Maria, gone, denied)
			}
			return err
		})
		if lines := o.sent(t, dbtest.Clock.Add(3*peer.UndoFor)); len(lines) != 0 {
			t.Errorf("told of what was undone: %q", lines)
		}
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, o.Maria, c, denied, "other", "")
			return err
		})
		has(t, o.sent(t, dbtest.Clock.Add(4*peer.UndoFor)), 3, "Canceled: Peer-to-peer call")
	})
}

// A reviewer who loses a call to another is told, and their entry struck.
func TestTheReviewerWhoLosesACallIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 2)
		c, denied := o.booked(t, 60)
		o.sent(t, dbtest.Clock)
		o.Do(func(ctx context.Context, tx *db.Tx) error { // on leave: only the other can take it
			_, err := tx.Exec(ctx, `update reviewer set active = $1 where person_id = $2`, false, string(c.ReviewerID))
			return err
		})
		o.Do(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, o.Maria, denied)
			if err == nil {
				_, err = peer.Reschedule(ctx, tx, o.Maria, c, denied, st, o.Slots(o.Maria, denied, &c)[90], o.Zone())
			}
			return err
		})
		o.sent(t, dbtest.Clock.Add(peer.UndoFor))
		methods := map[string]string{}
		for _, m := range o.sender.box.All() {
			if m.Calendar != nil && strings.Contains(m.To.Email, "reviewer") {
				methods[m.To.Email] += m.Calendar.Method + " "
			}
		}
		want := map[string]bool{"REQUEST CANCEL ": true, "REQUEST ": true}
		for who, got := range methods {
			if !want[got] {
				t.Errorf("%s got %q", who, got)
			}
			delete(want, got)
		}
		if len(want) != 0 {
			t.Errorf("nobody got %v: %v", want, methods)
		}
	})
}

// A mail server that is away for two days loses nothing; a mail it refuses
// for good is kept for people to see; neither holds the booking up.
func TestAMailServerThatIsAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d, 1)
		o.sender.down = errors.New("connection refused")
		o.booked(t, 100)
		for i := range 48 {
			if lines := o.sent(t, dbtest.Clock.Add(time.Duration(i)*time.Hour)); len(lines) != 0 {
				t.Fatalf("sent while away: %q", lines)
			}
		}
		troubled := func() (n int) {
			o.Do(func(ctx context.Context, tx *db.Tx) error {
				all, err := notify.Troubled(ctx, tx, o.Scheduler)
				n = len(all)
				return err
			})
			return n
		}
		if n := troubled(); n != 5 {
			t.Errorf("%d mails stand on the board as waiting, want 5", n)
		}
		o.sender.down = nil
		lines := o.sent(t, dbtest.Clock.Add(50*time.Hour))
		has(t, lines, 3, "Peer-to-peer call (order ending")
		if n := troubled(); n != 0 {
			t.Errorf("%d mails still wait", n)
		}
	})
}

func TestOnlyWhoMayKnowSeesUndeliveredMail(t *testing.T) {
	d := dbtest.SQLite(t)
	o := open(t, d, 1)
	err := o.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := notify.Troubled(ctx, tx, o.Maria)
		return err
	})
	if err == nil {
		t.Error("an office sees the mail of others")
	}
}
