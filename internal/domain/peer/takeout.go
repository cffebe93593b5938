package peer

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// OrderTakenOut announces that a call is about one order less. See
// app/reactions.go.
type OrderTakenOut struct{ Notice }

// Kind names the event.
func (OrderTakenOut) Kind() string { return "peer.order_taken_out" }

// TakeOut has c be about one order less: the one with this number. Time and
// reviewer stay, since who fits more orders fits fewer, and another call about
// the order can be booked. The last order of a call can't be taken out; then
// the call is canceled instead. Who may: who books calls and may see the
// order, as long as c can still be moved. An order that isn't c's, or that by
// may not see, is NotFound.
func TakeOut(ctx context.Context, tx *db.Tx, by account.Actor, c Call, number string) (Call, error) {
	if err := mayTouch(by, c); err != nil {
		return c, err
	}
	rows, err := subjectRows(ctx, tx, c)
	if err != nil {
		return c, err
	}
	o, err := order.Find(ctx, tx, by, `number = `, order.Digits(number))
	if err != nil {
		return c, err
	}
	switch {
	case !slices.Contains(idsOf(rows), o.ID):
		return c, fault.New(fault.NotFound, "We can't find that order in this call.")
	case len(rows) == 1:
		return c, fault.New(fault.Conflict, "This is the only order of the call. Cancel the call instead.")
	case !c.Status.Live() || c.Status == InCall:
		return c, fault.New(fault.Conflict, "This call is %s, so its orders stay as they are.", c.Status.Words())
	}
	if err := changeable(by, c, tx.Now()); err != nil {
		return c, err
	}
	if err := takeOut(ctx, tx, by, c, o, rows, "was taken out of the peer-to-peer call"); err != nil {
		return c, err
	}
	return byID(ctx, tx, c.ID)
}

// takeOut does that, and says why. If o is the order the call was booked for,
// the next one takes its place. What was changed before can't be undone after.
func takeOut(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, rows []Subject, why words.Text) error {
	if err := seal(ctx, tx, c); err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(rows), func(s Subject) bool { return s.Order.ID == o.ID })
	if c.OrderID == o.ID {
		next, err := order.Among(ctx, tx, account.Program(), idsOf(rest[:1]))
		if err != nil {
			return err
		}
		c.OrderID, c.PlanID, c.ProgramID = next[0].ID, next[0].PlanID, next[0].ProgramID
		c.Effect, c.ValidUntil = rest[0].Effect, rest[0].ValidUntil
	}
	if err := update(ctx, tx, &c); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `delete from call_order where call_id = $1 and order_id = $2`, string(c.ID), string(o.ID))); err != nil {
		return err
	}
	if err := addEvent(ctx, tx, by, c, "order_taken_out", c.Status, words.Say("Order %s %s.", order.Spaced(o.Number), why)); err != nil {
		return err
	}
	if err := noteEach(ctx, tx, by, []order.Order{o}, words.Say("This order %s.", why)); err != nil {
		return err
	}
	if err := auditEach(ctx, tx, by, "call.order_taken_out", c, []order.Order{o}); err != nil {
		return err
	}
	return job.Add(ctx, tx, OrderTakenOut{c.notice()})
}
