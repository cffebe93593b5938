package review

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// A Tally is how an order's criteria stood when it was sent, over all its
// services. It is for lists: the criteria themselves say which.
type Tally struct{ Met, NotMet, NotShown int }

// Known reports whether there are any criteria for the order.
func (t Tally) Known() bool { return t.Met+t.NotMet+t.NotShown > 0 }

// tally counts the criteria of an order that waits for a person.
func tally(ctx context.Context, tx *db.Tx, o order.Order) error {
	all, err := request.Answers(ctx, tx, account.Program(), o)
	if err != nil || len(all) == 0 {
		return err
	}
	var t Tally
	for _, q := range all {
		m := q.Meter()
		t.Met, t.NotMet, t.NotShown = t.Met+m.Met, t.NotMet+m.NotMet, t.NotShown+m.NotShown
	}
	_, err = tx.Exec(ctx, `insert into criteria_tally (order_id, met, unmet, unshown) values ($1, $2, $3, $4) on conflict do nothing`, string(o.ID), t.Met, t.NotMet, t.NotShown)
	return err
}

// Tallies are those of some orders, in one statement; an order that no
// criteria are for has none. The caller has read the orders.
func Tallies(ctx context.Context, tx *db.Tx, ids []order.ID) (map[order.ID]Tally, error) {
	found := map[order.ID]Tally{}
	if len(ids) == 0 {
		return found, nil
	}
	type row struct {
		id order.ID
		Tally
	}
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, func(r db.Row) (t row, err error) { return t, r.Scan((*string)(&t.id), &t.Met, &t.NotMet, &t.NotShown) },
		`select order_id, met, unmet, unshown from criteria_tally where order_id in `+list, args...)
	for _, t := range all {
		found[t.id] = t.Tally
	}
	return found, err
}
