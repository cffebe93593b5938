package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Follow does what a determination means for the calls to come: about an order
// that was approved there is nothing left to discuss, and where a decision
// can't be changed by a call any more, one is for discussion only.
func Follow(ctx context.Context, tx *db.Tx, e review.Decided) error {
	by := account.Program()
	o, err := order.ByID(ctx, tx, by, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	line, err := plan.GetLine(ctx, tx, o.PlanID, o.Line)
	if err != nil {
		return err
	}
	all, err := callsOf(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		switch {
		case !c.Status.mayBecome(Cancelled) || !c.Status.Live():
		case o.Status == order.Approved:
			err = callOff(ctx, tx, by, c, o, approved)
		case line.CallEffect == string(Discussion) && c.Effect == CanChange:
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

func discussOnly(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	c.Effect, c.ValidUntil = Discussion, nil
	if err := update(ctx, tx, &c); err != nil {
		return err
	}
	text := "The decision was made, so the peer-to-peer call is for discussion only."
	if err := addEvent(ctx, tx, by, c, "discussion", c.Status, text); err != nil {
		return err
	}
	return order.Note(ctx, tx, by, o, "call", text, false)
}
