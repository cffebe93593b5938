package peer

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Follow does what a determination means for the calls to come: an order that
// was approved leaves nothing to discuss, so it is taken out of its call, which
// is called off if it was the last; and where a decision can't be changed by a
// call any more, the call is for discussion only as far as that order goes.
func Follow(ctx context.Context, tx *db.Tx, e review.Decided) error {
	undone, err := review.Undone(ctx, tx, e)
	if err != nil || undone {
		return err
	}
	by := account.Program()
	o, err := order.ByID(ctx, tx, by, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil {
		return err
	}
	if o.Status == order.Approved { // a canceled call about it is not put back
		if err := sealOrders(ctx, tx, []Matter{{Order: o}}); err != nil {
			return err
		}
	}
	all, err := callsOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		rows, err := subjectRows(ctx, tx, c)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(s Subject) bool { return s.Order.ID == o.ID })
		switch {
		case !c.Status.mayBecome(Cancelled) || !c.Status.Live():
		case o.Status == order.Approved && len(rows) > 1:
			err = takeOut(ctx, tx, by, c, o, rows, "was approved, so it was taken out of the peer-to-peer call")
		case o.Status == order.Approved:
			err = callOff(ctx, tx, by, c, o, approved)
		case line.CallEffect == string(Discussion) && rows[at].Effect == CanChange:
			err = discussOnly(ctx, tx, by, c, o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// callOff cancels a call that has lost its point. Nobody did that by mistake,
// so there is nothing to undo.
func callOff(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, reason string) error {
	if err := seal(ctx, tx, c); err != nil {
		return err
	}
	if err := leaveDay(ctx, tx, c); err != nil {
		return err
	}
	from := c.Status
	c.Status, c.CancelReason, c.Sequence = Cancelled, reason, c.Sequence+1
	if err := update(ctx, tx, &c); err != nil {
		return err
	}
	if err := letGo(ctx, tx, string(c.ID)); err != nil {
		return err
	}
	return announce(ctx, tx, by, o, c, "canceled", from, WasCanceled{c.notice()})
}

// discussOnly has c change nothing any more for one of its orders.
func discussOnly(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	if o.ID == c.OrderID {
		c.Effect, c.ValidUntil = Discussion, nil
	}
	if err := update(ctx, tx, &c); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update call_order set effect = $1, valid_until = null where call_id = $2 and order_id = $3`, string(Discussion), string(c.ID), string(o.ID))
	if err != nil {
		return err
	}
	text := words.Text("The decision was made, so the peer-to-peer call is for discussion only.")
	if err := addEvent(ctx, tx, by, c, "discussion", c.Status, text); err != nil {
		return err
	}
	return order.Note(ctx, tx, by, o, "call", text, false)
}
