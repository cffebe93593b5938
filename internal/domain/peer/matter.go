package peer

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Matter is one order that a call is, or would be, about, with what the call
// can do for it. A call has as many as its program allows, and each by itself
// must allow the call.
type Matter struct {
	Order    order.Order
	Standing Standing // of the order by itself
	Effect   Effect   // of the call for the order
	Until    *time.Time
}

// deadline is after when no call that is meant to change the decision can be;
// nil where there is no end.
func (m Matter) deadline() *time.Time {
	if m.Effect != CanChange {
		return nil
	}
	return m.Until
}

// matterFor is an order of a call that is yet to be booked.
func matterFor(o order.Order, st Standing) Matter {
	return Matter{o, st, st.Effect(), st.Until}
}

func mattersFor(ctx context.Context, tx *db.Tx, orders []order.Order) ([]Matter, error) {
	standings, err := StandAll(ctx, tx, orders)
	if err != nil {
		return nil, err
	}
	all := make([]Matter, len(orders))
	for i, o := range orders {
		all[i] = matterFor(o, standings[i])
	}
	return all, nil
}

// matters are the orders that a call is about: of the one that is moved, or of
// d for a new one; the first first. Nobody's rights are asked, since a time
// must fit the orders that the person doesn't see too.
func matters(ctx context.Context, tx *db.Tx, o order.Order, st Standing, moving *Call, d Draft) ([]Matter, error) {
	if moving == nil {
		return append([]Matter{matterFor(o, st)}, d.Others...), nil
	}
	rows, err := subjectRows(ctx, tx, *moving)
	if err != nil {
		return nil, err
	}
	all := []Matter{{o, st, moving.Effect, moving.ValidUntil}}
	if len(rows) > 1 {
		orders, err := order.Among(ctx, tx, account.Program(), idsOf(rows))
		if err != nil {
			return nil, err
		}
		if all, err = mattersFor(ctx, tx, orders); err != nil {
			return nil, err
		}
		for i := range all {
			all[i].Effect, all[i].Until = rows[i].Effect, rows[i].ValidUntil
		}
	}
	return all, nil
}

// ordersOf are the orders of c, the first first. o is one of them; it is not
// read again where it is the only one.
func ordersOf(ctx context.Context, tx *db.Tx, c Call, o order.Order) ([]order.Order, error) {
	rows, err := subjectRows(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if len(rows) == 1 && rows[0].Order.ID == o.ID {
		return []order.Order{o}, nil
	}
	return order.Among(ctx, tx, account.Program(), idsOf(rows))
}

func ordersIn(all []Matter) []order.Order {
	orders := make([]order.Order, len(all))
	for i, m := range all {
		orders[i] = m.Order
	}
	return orders
}

func idsOfMatters(all []Matter) []order.ID {
	ids := make([]order.ID, len(all))
	for i, m := range all {
		ids[i] = m.Order.ID
	}
	return ids
}

// Numbers are the numbers of the orders that c is about, the first first.
func Numbers(ctx context.Context, tx *db.Tx, c Call) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `select orders.number from call_order link join orders on orders.id = link.order_id
		where link.call_id = $1 order by case when link.order_id = $2 then 0 else 1 end, link.order_id`, string(c.ID), string(c.OrderID))
}

// auditEach leaves an audit row for each member whom what was done to c
// concerns.
func auditEach(ctx context.Context, tx *db.Tx, by account.Actor, action string, c Call, orders []order.Order) error {
	var members []string
	for _, o := range orders {
		if slices.Contains(members, o.MemberID) {
			continue
		}
		members = append(members, o.MemberID)
		e := by.Audit(action, "call", string(c.ID))
		e.MemberID = o.MemberID
		if err := auditRecord(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// noteEach says something in the timeline of each order.
func noteEach(ctx context.Context, tx *db.Tx, by account.Actor, orders []order.Order, text words.Text) error {
	for _, o := range orders {
		if err := order.Note(ctx, tx, by, o, "call", text, false); err != nil {
			return err
		}
	}
	return nil
}

// minutesFor is how long a call about some orders takes: what its program
// gives a call about one, and from the second order on the next length that
// the engine knows (15, 30, 60). Of several programs the longest counts. An
// hour stays an hour: no call is longer.
func minutesFor(all []Matter) int {
	n := 0
	for _, m := range all {
		n = max(n, m.Standing.Program.SlotMinutes)
	}
	if i := slices.Index(lengths[:], n); len(all) > 1 && i >= 0 && i+1 < len(lengths) {
		return lengths[i+1]
	}
	return n
}

// mostOrders is how many orders one call about these can have: as few as any
// of their programs says.
func mostOrders(all []Matter) int {
	n := all[0].Standing.Program.MostOrders
	for _, m := range all[1:] {
		n = min(n, m.Standing.Program.MostOrders)
	}
	return n
}

// alike reports whether orders of two programs can be discussed in one call:
// they are of one program, or of two whose services the same specialty orders.
func alike(a, b plan.Program) bool {
	return a.ID == b.ID || strings.TrimSpace(a.Specialty) != "" && strings.EqualFold(strings.TrimSpace(a.Specialty), strings.TrimSpace(b.Specialty))
}

// ByHand reports whether a person confirms a call about these orders: where
// one of the programs asks for that.
func ByHand(all []Matter) bool {
	return slices.ContainsFunc(all, func(m Matter) bool { return m.Standing.Program.Confirm == "staff" })
}
