package message_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/deadline"
	"parley/internal/domain/letter"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// A talk is a world in which an order is asked about.
type talk struct {
	*scene.World
	t       *testing.T
	jobs    *job.Runner
	nurse   account.Actor
	jess    account.Actor // of the same office as Maria
	o       order.Order
	heard   []message.Answered
	expired int
}

func talking(t *testing.T, d *db.DB, packs string) *talk {
	k := &talk{World: scene.New(t, d, 1), t: t, jobs: job.NewRunner(d, slog.New(slog.DiscardHandler))}
	job.React(k.jobs, message.Leave)
	job.React(k.jobs, message.Expire)
	job.React(k.jobs, func(context.Context, *db.Tx, letter.Go) error { return nil })
	job.React(k.jobs, message.Follow)
	job.React(k.jobs, message.Write)
	job.React(k.jobs, func(context.Context, *db.Tx, message.Remind) error { return nil })
	job.React(k.jobs, func(context.Context, *db.Tx, message.Said) error { return nil })
	job.React(k.jobs, func(context.Context, *db.Tx, message.Expired) error { k.expired++; return nil })
	job.React(k.jobs, func(_ context.Context, _ *db.Tx, e message.Answered) error { k.heard = append(k.heard, e); return nil })
	job.React(k.jobs, func(context.Context, *db.Tx, attachment.Check) error { return nil })
	k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		k.Line.RulePacks = packs
		if err := plan.SaveLine(ctx, tx, account.Program(), k.Line); err != nil {
			return err
		}
		if k.nurse, err = k.Person(ctx, tx, "Aisha", "Rivera", k.Reviewers[0].Seat().OrganizationID, account.Nurse); err != nil {
			return err
		}
		k.jess, err = k.Person(ctx, tx, "Jess", "Ortiz", k.Office.ID, account.OfficeStaff)
		return err
	})
	k.o = k.Order()
	return k
}

func (k *talk) later(d time.Duration) {
	k.t.Helper()
	at := k.DB.Now().Add(d)
	k.DB.Now = func() time.Time { return at }
	if _, err := k.jobs.Drain(context.Background()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *talk) order() (o order.Order) {
	k.t.Helper()
	k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.ByID(ctx, tx, account.Program(), k.o.ID)
		return err
	})
	return o
}

// wanted is an Ask for a file, a text and a yes or no.
func (k *talk) wanted(within time.Duration) message.Ask {
	return message.Ask{Type: "more_information", Intro: "Please send:", ReplyBy: k.DB.Now().Add(within), Items: []message.Item{
		{Kind: message.File, Ask: "Send the notes of the last three visits.", Why: "Six weeks of care.", FileKind: "Office note"},
		{Kind: message.Text, Ask: "Which treatments were tried?"}, {Kind: message.YesNo, Ask: "Was there an earlier MRI?"}}}
}

func (k *talk) send(a message.Ask) (t message.Thread, err error) {
	o := k.order()
	err = k.Try(func(ctx context.Context, tx *db.Tx) error {
		t, err = message.Send(ctx, tx, k.nurse, o, a)
		return err
	})
	return t, err
}

// asked is one that has left.
func (k *talk) asked(within time.Duration) message.Thread {
	k.t.Helper()
	t, err := k.send(k.wanted(within))
	if err != nil {
		k.t.Fatal(err)
	}
	k.later(message.UndoFor)
	return k.read(k.Maria, t)
}

func (k *talk) read(by account.Actor, t message.Thread) message.Thread {
	k.t.Helper()
	k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		t, _, err = message.Get(ctx, tx, by, t.Number)
		return err
	})
	return t
}

func (k *talk) answer(by account.Actor, t message.Thread, n int, a message.Answer) error {
	return k.Try(func(ctx context.Context, tx *db.Tx) error {
		now, _, err := message.Get(ctx, tx, by, t.Number)
		if err != nil {
			return err
		}
		_, err = message.SaveAnswer(ctx, tx, by, now, n, t.Items[n-1].Answer.Mark(), a)
		return err
	})
}

func (k *talk) sendAnswers(by account.Actor, t message.Thread) error {
	return k.Try(func(ctx context.Context, tx *db.Tx) error {
		now, o, err := message.Get(ctx, tx, by, t.Number)
		if err != nil {
			return err
		}
		_, err = message.SendAnswers(ctx, tx, by, now, o, true)
		return err
	})
}

func (k *talk) upload(t message.Thread, item string) {
	k.t.Helper()
	files := blob.Dir{Path: k.t.TempDir()}
	ref, err := files.Put(context.Background(), strings.NewReader("%PDF-1.7 "+item))
	if err != nil {
		k.t.Fatal(err)
	}
	k.Do(func(ctx context.Context, tx *db.Tx) error {
		in, err := message.Folder(ctx, tx, t, k.o)
		if err != nil {
			return err
		}
		_, err = attachment.Take(ctx, tx, k.Maria, in, attachment.New{Name: "notes.pdf", Item: item}, ref)
		return err
	})
}

func (k *talk) clock() (c deadline.Kept) {
	k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = deadline.Of(ctx, tx, string(k.o.ID))
		return err
	})
	return c
}

// letters counts what was written about what is missing.
func (k *talk) letters() (n int) {
	k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from letter where kind = 'more_information' and order_id = $1`, string(k.o.ID))
		return err
	})
	return n
}

// A request can be taken back for a few seconds, in which nothing has happened;
// then the order waits, and its clock stops where the rule lets it.
func TestAskingForInformation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		before := k.clock().Due
		if _, err := k.send(message.Ask{Type: "more_information", ReplyBy: k.DB.Now().Add(time.Hour * 24 * 60)}); fault.Of(err).Fields["items"] == "" {
			t.Errorf("nothing asked for: %v", err)
		}
		if _, err := k.send(k.wanted(48 * time.Hour)); fault.Of(err).Fields["reply_by"] == "" {
			t.Errorf("less than the rule gives an office: %v", err)
		}
		thread, err := k.send(k.wanted(50 * 24 * time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if o := k.order(); o.Status != order.New || !k.clock().Due.Equal(before) {
			t.Errorf("while it can be taken back: %s", o.Status)
		}
		if err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := message.Get(ctx, tx, k.Maria, thread.Number)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("the office reads what hasn't left: %v", err)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.TakeBack(ctx, tx, k.nurse, k.o)
			return err
		})
		k.later(time.Minute)
		if o := k.order(); o.Status != order.New {
			t.Errorf("taken back, and yet it is %s", o.Status)
		}
		thread = k.asked(50 * 24 * time.Hour)
		if thread.Subject != "1 file and 2 answers needed: MRI, lower back" || thread.Turn != message.Office || thread.Effect != deadline.Pauses {
			t.Errorf("asked: %+v", thread)
		}
		if o := k.order(); o.Status != order.InfoRequested || o.DueAt == nil || !o.DueAt.Equal(*thread.DueThen) || k.clock().Standing != deadline.Paused {
			t.Errorf("the order: %s, due %v, its clock %s", o.Status, o.DueAt, k.clock().Standing)
		}
		if n := k.letters(); n != 2 { // ERISA: the decision waits for it
			t.Errorf("%d letters about it", n)
		}
		if _, err := k.send(k.wanted(50 * 24 * time.Hour)); !fault.Is(err, fault.Conflict) {
			t.Errorf("asked twice at once: %v", err)
		}
		if err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := message.Get(ctx, tx, k.Stranger, thread.Number)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another office reads it: %v", err)
		}
	})
}

// Two people answer, in pieces; the first answer has the clock run again, once.
func TestAnswering(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		thread := k.asked(50 * 24 * time.Hour)
		late := *k.order().DueAt
		if err := k.sendAnswers(k.Maria, thread); fault.Of(err).Fields["items"] == "" {
			t.Errorf("nothing to send: %v", err)
		}
		if err := k.answer(k.Maria, thread, 2, message.Answer{Text: "Therapy, 8 weeks."}); err != nil {
			t.Fatal(err)
		}
		if err := k.answer(k.jess, thread, 2, message.Answer{Text: "Injections."}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "Maria") {
			t.Errorf("at the same time: %v", err)
		}
		if err := k.answer(k.jess, thread, 3, message.Answer{Yes: "no"}); err != nil {
			t.Fatal(err)
		}
		if err := k.answer(k.Stranger, thread, 3, message.Answer{Yes: "yes"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another office answers: %v", err)
		}
		k.later(24 * time.Hour)
		if err := k.sendAnswers(k.jess, thread); err != nil {
			t.Fatal(err)
		}
		k.later(0)
		now, o := k.read(k.nurse, thread), k.order()
		if now.AnsweredAt == nil || now.Turn != message.Office || len(now.Remaining()) != 1 || o.Status != order.NurseReview || !o.DueAt.Before(late) {
			t.Errorf("answered in part: turn %q, %d remain, %s due %v", now.Turn, len(now.Remaining()), o.Status, o.DueAt)
		}
		due := *o.DueAt
		k.upload(thread, "1")
		if err := k.sendAnswers(k.Maria, thread); err != nil {
			t.Fatal(err)
		}
		k.later(0)
		now, o = k.read(k.nurse, thread), k.order()
		if now.Turn != "" || len(now.Remaining()) != 0 || !o.DueAt.Equal(due) {
			t.Errorf("answered: turn %q, %d remain, due %v not %v", now.Turn, len(now.Remaining()), o.DueAt, due)
		}
		var answered int
		for _, e := range k.clock().Events {
			if e.Kind == deadline.Answered {
				answered++
			}
		}
		if answered != 1 || len(k.heard) != 2 || !k.heard[0].Resumed || k.heard[1].Resumed {
			t.Errorf("the clock heard %d answers; %+v", answered, k.heard)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			late, err := attachment.Late(ctx, tx, string(k.o.ID))
			if len(late) != 1 {
				t.Errorf("%d files on their way into the order", len(late))
			}
			return err
		})
		if err := k.answer(k.Maria, now, 2, message.Answer{Text: "Something else."}); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed after it was sent: %v", err)
		}
	})
}

// What isn't there is said to be so, with a reason; and nothing leaves without
// the check box.
func TestWithout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		thread := k.asked(50 * 24 * time.Hour)
		if err := k.answer(k.Maria, thread, 1, message.Answer{Without: "not_done"}); err != nil {
			t.Fatal(err)
		}
		if err := k.sendAnswers(k.Maria, thread); fault.Of(err).Fields["without_why_1"] == "" {
			t.Errorf("without a reason: %v", err)
		}
		thread = k.read(k.Maria, thread)
		if err := k.answer(k.Maria, thread, 1, message.Answer{Without: "not_done", WithoutWhy: "The visits were by phone."}); err != nil {
			t.Fatal(err)
		}
		err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			now, o, err := message.Get(ctx, tx, k.Maria, thread.Number)
			if err != nil {
				return err
			}
			_, err = message.SendAnswers(ctx, tx, k.Maria, now, o, false)
			return err
		})
		if fault.Of(err).Fields["may"] == "" {
			t.Errorf("without the check box: %v", err)
		}
		if err := k.sendAnswers(k.Maria, thread); err != nil {
			t.Fatal(err)
		}
		if err := k.answer(k.Maria, thread, 2, message.Answer{Text: strings.Repeat("x", 4001)}); fault.Of(err).Fields["answer_2"] == "" {
			t.Errorf("too long: %v", err)
		}
	})
}

// Without an answer the review goes on, or the order closes where plan and rule
// let it; a late answer is still taken.
func TestNobodyAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "caqh-core")
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			k.Line.Unanswered = plan.CloseThen
			return plan.SaveLine(ctx, tx, account.Program(), k.Line)
		})
		k.o = k.Order()
		thread := k.asked(30 * 24 * time.Hour)
		if thread.Unanswered != plan.CloseThen {
			t.Fatalf("what follows: %q", thread.Unanswered)
		}
		k.later(30 * 24 * time.Hour)
		if o := k.order(); o.Status != order.Closed || k.expired != 1 {
			t.Errorf("closed by the rule: %s, %d times", o.Status, k.expired)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			k.Line.RulePacks = "erisa"
			return plan.SaveLine(ctx, tx, account.Program(), k.Line)
		})
		k.o = k.Order()
		thread = k.asked(50 * 24 * time.Hour)
		if thread.Unanswered != plan.DecideThen {
			t.Fatalf("the law doesn't let it be closed: %q", thread.Unanswered)
		}
		k.later(50 * 24 * time.Hour)
		k.later(time.Hour)
		o := k.order()
		if o.Status != order.NurseReview || k.expired != 2 || k.clock().Due.Before(k.DB.Now()) {
			t.Errorf("after the wait: %s, %d times, due %s", o.Status, k.expired, k.clock().Due)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := review.Decide(ctx, tx, k.Reviewers[0], scene.Denial(o))
			return err
		})
		k.later(review.UndoFor)
		if now := k.read(k.Maria, thread); now.Turn != "" || now.Status != message.Open {
			t.Errorf("after the decision: %q, %s", now.Turn, now.Status)
		}
		if err := k.answer(k.Maria, thread, 2, message.Answer{Text: "Here it is."}); err != nil {
			t.Fatal(err)
		}
		if err := k.sendAnswers(k.Maria, thread); err != nil {
			t.Fatal(err)
		}
		k.later(0)
		if len(k.heard) != 1 || !k.heard[0].Late || k.order().Status != order.Denied {
			t.Errorf("late: %+v, %s", k.heard, k.order().Status)
		}
	})
}

// Notes never leave those who review, whichever way somebody looks.
func TestNotesStayInside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		thread := k.asked(50 * 24 * time.Hour)
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.Jot(ctx, tx, k.nurse, thread, k.o, "canary-note")
			return err
		})
		err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.Jot(ctx, tx, k.Maria, thread, k.o, "from outside")
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office leaves a note: %v", err)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			for _, by := range []account.Actor{k.Maria, k.nurse} {
				all, err := message.Entries(ctx, tx, by, thread)
				if err != nil {
					return err
				}
				found := false
				for _, e := range all {
					found = found || strings.Contains(e.Text, "canary-note")
				}
				page, err := message.List(ctx, tx, by, message.Query{View: message.All, Text: "canary-note"})
				if err != nil {
					return err
				}
				if inside := by.ID == k.nurse.ID; found != inside || len(page.Threads) != map[bool]int{true: 1}[inside] {
					t.Errorf("%s reads the note: %v, finds %d", by.Name, found, len(page.Threads))
				}
			}
			return nil
		})
		if now := k.read(k.Maria, thread); now.OfficeN >= now.LastN {
			t.Error("an internal note counts as unread for the office")
		}
	})
}

// The list shows what each may see, counts it, and goes on where it ended.
func TestListing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		for range message.PageSize + 3 {
			k.o = k.Order()
			k.asked(50 * 24 * time.Hour)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			seen := map[string]bool{}
			q := message.Query{View: message.NeedsReply, Today: k.DB.Now().Add(24 * time.Hour)}
			for range 3 {
				p, err := message.List(ctx, tx, k.Maria, q)
				if err != nil {
					return err
				}
				for _, l := range p.Threads {
					if seen[l.Number] || !l.Unread || l.Patient != "Rosa Canarywell" {
						t.Errorf("twice, read or nobody's: %+v", l)
					}
					seen[l.Number] = true
				}
				if q.Before = p.Older; q.Before == "" {
					break
				}
			}
			if len(seen) != message.PageSize+3 {
				t.Errorf("%d listed", len(seen))
			}
			for by, want := range map[*account.Actor]int{&k.Maria: message.PageSize + 3, &k.Stranger: 0, &k.Scheduler: 0} {
				n, err := message.UnreadOf(ctx, tx, *by)
				if err != nil || n != want {
					t.Errorf("%s: %d unread, %v", by.Name, n, err)
				}
			}
			return nil
		})
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := message.List(ctx, tx, k.Maria, message.Query{View: message.NeedsReply})
			if err != nil {
				return err
			}
			if err := message.See(ctx, tx, k.Maria, p.Threads[0].Thread); err != nil {
				return err
			}
			if err := message.Snooze(ctx, tx, k.Maria, p.Threads[1].Thread, tx.Now().Add(time.Hour)); err != nil {
				return err
			}
			counts, err := message.Counts(ctx, tx, k.Maria, tx.Now().Add(24*time.Hour))
			if counts[message.NeedsReply] != message.PageSize+2 || counts[message.Unread] != message.PageSize+2 || counts[message.Snoozed] != 1 || counts[message.DueToday] != 0 {
				t.Errorf("%+v", counts)
			}
			return err
		})
	})
}

// An office asks something itself; those who review answer, and it turns.
func TestQuestionOfAnOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		var q message.Thread
		err := k.Try(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Begin(ctx, tx, k.Maria, order.Order{}, message.Start{Topic: "weather"})
			return err
		})
		if f := fault.Of(err).Fields; f["topic"] == "" || f["text"] == "" {
			t.Errorf("nothing said: %v", err)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			q, err = message.Begin(ctx, tx, k.Maria, k.o, message.Start{Topic: "decision", Text: "Why 12 visits?"})
			return err
		})
		q = k.read(k.nurse, q)
		if q.Turn != message.Review {
			t.Errorf("whose turn: %q", q.Turn)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Reply(ctx, tx, k.nurse, q, k.o, "The guideline says so.")
			return err
		})
		q = k.read(k.Maria, q)
		if q.Turn != message.Office || !q.Unread(message.Office, 1) {
			t.Errorf("after the answer: %+v", q)
		}
		k.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Close(ctx, tx, k.Maria, q, k.o)
			return err
		})
		q = k.read(k.nurse, q)
		err = k.Try(func(ctx context.Context, tx *db.Tx) (err error) {
			_, err = message.Reply(ctx, tx, k.nurse, q, k.o, "More.")
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("after it closed: %v", err)
		}
	})
}
