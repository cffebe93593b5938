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
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
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
