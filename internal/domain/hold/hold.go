// Package hold is about orders of which nothing may be removed, because a
// court, an agency or a lawyer asked for it.
package hold

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Hold keeps all that belongs to one order.
type Hold struct {
	ID, Number string // Number is the order's
	Reason     string
	PlacedAt   time.Time
	Placer     string
}

// Held is the condition that an order, by the column that names it, is held. It
// stands in the statements that remove something.
func Held(column string) string {
	return `exists (select 1 from legal_hold h where h.ended_at is null and h.order_id = ` + column + `)`
}

// Place holds an order, by its number. The error is Invalid at "number" or
// "reason". Who may: administrators, who learn nothing else of the order.
func Place(ctx context.Context, tx *db.Tx, by account.Actor, number, reason string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	f := fault.Fields{}
	checkReason(f, reason)
	o, err := order.Find(ctx, tx, account.Program(), `number = `, order.Digits(number))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	f.Check(err == nil, "number", "We can't find an order with that number")
	if err := f.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into legal_hold (id, order_id, reason, placed_at, placed_by, placer) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
		db.NewID("hld"), string(o.ID), reason, tx.Now(), string(by.ID), by.Name)
	if err != nil {
		return err
	}
	f.Check(n > 0, "number", "This order is held already")
	if err := f.Err(); err != nil {
		return err
	}
	e := by.Audit("hold.placed", "order", string(o.ID))
	e.Detail = reason
	return audit.Record(ctx, tx, e)
}

func checkReason(f fault.Fields, reason string) {
	f.Check(reason != "", "reason", "Say why, without naming a patient")
	f.Check(utf8.RuneCountInString(reason) <= 300, "reason", "The reason must be 300 characters or less")
}

// Release ends a hold. The error is Invalid at "reason". Who may:
// administrators.
func Release(ctx context.Context, tx *db.Tx, by account.Actor, id, reason string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	f := fault.Fields{}
	checkReason(f, reason)
	if err := f.Err(); err != nil {
		return err
	}
	about, err := db.One(ctx, tx, db.Value[string], `select order_id from legal_hold where id = $1`, id)
	if err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update legal_hold set ended_at = $1, end_reason = $2 where id = $3 and ended_at is null`, tx.Now(), reason, id)); err != nil {
		return err
	}
	e := by.Audit("hold.released", "order", about)
	e.Detail = reason
	return audit.Record(ctx, tx, e)
}

// All are the holds there are, the latest first, at most 500. Who may:
// administrators.
func All(ctx context.Context, tx *db.Tx, by account.Actor) ([]Hold, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, func(r db.Row) (h Hold, err error) {
		return h, r.Scan(&h.ID, &h.Number, &h.Reason, &h.PlacedAt, &h.Placer)
	},
		`select h.id, o.number, h.reason, h.placed_at, h.placer from legal_hold h join orders o on o.id = h.order_id where h.ended_at is null order by h.placed_at desc, h.id limit 500`)
}
