package message_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/message"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// What was asked for and comes by fax counts from when it came, though it is
// put on the order days later: the decision is due as if the office had
// answered then.
func TestAnAnswerByFax(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		thread := k.asked(50 * 24 * time.Hour)
		asked := k.DB.Now()
		k.later(24 * time.Hour)
		came := k.DB.Now()
		k.later(48 * time.Hour)
		rosa := k.nurse
		put := func(at time.Time) error {
			return k.Try(func(ctx context.Context, tx *db.Tx) error {
				o := k.o
				waiting, err := message.Waiting(ctx, tx, rosa, o.ID)
				if err != nil || len(waiting) == 0 {
					return fault.New(fault.Conflict, "%v", err)
				}
				_, err = message.AnswerByFax(ctx, tx, rosa, waiting[0], o, "It came by fax.", at)
				return err
			})
		}
		k.o = k.order()
		if err := k.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := message.AnswerByFax(ctx, tx, k.Maria, thread, k.o, "x", came)
			return err
		}); !fault.Is(err, fault.Denied) {
			t.Error("the office:", err)
		}
		if err := put(came); err != nil {
			t.Fatal(err)
		}
		now := k.read(k.Maria, thread)
		if now.AnsweredAt == nil || !now.AnsweredAt.Equal(came) || len(now.Remaining()) != 0 || now.Items[0].Text == "" {
			t.Errorf("%+v", now)
		}
		events := k.clock().Events
		last := events[len(events)-1]
		if !last.At.Equal(came) || last.At.Before(asked) {
			t.Errorf("the clock went on at %v, not %v", last.At, came)
		}
		if o := k.order(); o.Status.Words() != "In review" {
			t.Errorf("the order is %s", o.Status.Words())
		}
		if err := put(came); !fault.Is(err, fault.Conflict) {
			t.Error("twice:", err)
		}
	})
}
