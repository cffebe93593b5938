package message_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/deadline"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

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
