package message

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Remind reminds an office of what it is asked, if that still is so when the
// time comes. See app/reactions.go.
type Remind struct {
	ThreadID string
	ReplyBy  time.Time // as it was: another time has reminders of its own
	Left     time.Duration
}

// Kind names the event.
func (Remind) Kind() string { return "message.remind" }

// Overdue ends the wait for an answer.
type Overdue struct {
	ThreadID string
	ReplyBy  time.Time
}

// Kind names the event.
func (Overdue) Kind() string { return "message.overdue" }

// Expired announces that the wait for an answer ended without one.
type Expired struct{ ThreadID string }

// Kind names the event.
func (Expired) Kind() string { return "message.expired" }

// reminders are due when half of the time is over, and when 24 and 4 hours are
// left; those that lie behind are left out, and so is one within an hour of
// another. At the end the wait is over.
func (t Thread) reminders(from time.Time) []job.Work {
	by := *t.ReplyBy
	all := []job.Work{{Args: Overdue{t.ID, by}, Options: []job.Option{job.At(by)}}}
	var last time.Time
	for _, left := range []time.Duration{by.Sub(from) / 2, 24 * time.Hour, 4 * time.Hour} {
		if at := by.Add(-left); at.After(from) && (last.IsZero() || at.Sub(last) > time.Hour) {
			all, last = append(all, job.Work{Args: Remind{t.ID, by, left}, Options: []job.Option{job.At(at)}}), at
		}
	}
	return all
}

// Waits reports whether t still waits for the office until a time.
func (t Thread) Waits(replyBy time.Time) bool {
	return t.Status == Open && t.Kind == Request && t.Turn == Office && t.ReplyBy != nil && t.ReplyBy.Equal(replyBy)
}

// Expire ends the wait for an answer, once: the order goes on without, or is
// closed where the plan and every rule that holds let it. An answer that comes
// later still is taken.
func Expire(ctx context.Context, tx *db.Tx, e Overdue) error {
	t, err := OfEvent(ctx, tx, e.ThreadID)
	if err != nil || !t.Waits(e.ReplyBy) || t.ExpiredAt != nil {
		return err
	}
	now, by := tx.Now(), account.Program()
	t.ExpiredAt = &now
	o, err := order.OfEvent(ctx, tx, t.OrderID)
	if err != nil {
		return err
	}
	text := "No answer came in time. The review goes on with what we have."
	switch {
	case t.AnsweredAt != nil: // the review went on with the first answer
		text = "The time to send the rest is over."
	case t.Unanswered == plan.CloseThen && o.Status == order.InfoRequested:
		text = "No answer came in time. The order was closed without a decision."
		_, err = order.Move(ctx, tx, by, o, order.Closed, "Closed: what was asked for did not come.")
	default:
		_, _, err = order.InformationOverdue(ctx, tx, o, "In review again: what was asked for did not come in time.")
	}
	if err != nil {
		return err
	}
	if err := t.say(ctx, tx, by, "expired", text, false); err != nil {
		return err
	}
	if err := t.save(ctx, tx); err != nil {
		return err
	}
	return job.Add(ctx, tx, Expired{t.ID})
}

// Follow ends what was asked for about an order that is decided now: an answer
// still can be sent, but nobody waits for it.
func Follow(ctx context.Context, tx *db.Tx, e review.Decided) error {
	if undone, err := review.Undone(ctx, tx, e); err != nil || undone {
		return err
	}
	return nobodyWaits(ctx, tx, order.ID(e.OrderID), "decided", "A decision was made on the order.")
}

// FollowWithdrawn does the same for an order that was taken back.
func FollowWithdrawn(ctx context.Context, tx *db.Tx, e order.WasWithdrawn) error {
	return nobodyWaits(ctx, tx, order.ID(e.OrderID), "withdrawn", "The order was withdrawn.")
}

func nobodyWaits(ctx context.Context, tx *db.Tx, id order.ID, kind, text string) error {
	all, err := db.All(ctx, tx, db.Value[string], `
		select id from message_thread where order_id = $1 and kind = 'request' and status = 'open' and turn = 'office' order by id`, string(id))
	if err != nil {
		return err
	}
	for _, one := range all {
		t, err := OfEvent(ctx, tx, one)
		if err != nil {
			return err
		}
		t.Turn = ""
		if err := t.say(ctx, tx, account.Program(), kind, text, false); err != nil {
			return err
		}
		if err := t.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
