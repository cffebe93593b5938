package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Stand answers whether a call about o is available to by, and what it can do.
func Stand(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (Standing, error) {
	all, err := StandAll(ctx, tx, []order.Order{o})
	if err != nil {
		return Standing{}, err
	}
	return all[0], nil
}

// StandAll answers that for each of some orders, in their order. What they have in common,
// policy above all, is read once, so that the statements grow with the plans
// and programs there are, not with the orders.
func StandAll(ctx context.Context, tx *db.Tx, orders []order.Order) ([]Standing, error) {
	type kind struct {
		plan    plan.ID
		line    string
		program plan.ProgramID
		office  string // what a roll-out goes by
		place   string
	}
	ids := make([]order.ID, len(orders))
	var pending []order.ID
	for i, o := range orders {
		ids[i] = o.ID
		if o.Status.Pending() {
			pending = append(pending, o.ID)
		}
	}
	calls, err := callsOfEach(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	intents := map[order.ID]*review.Intent{}
	if len(pending) > 0 {
		if intents, err = review.IntentsOf(ctx, tx, pending); err != nil {
			return nil, err
		}
	}
	policies, all := map[kind]rules{}, make([]Standing, len(orders))
	for i, o := range orders {
		k := kind{o.PlanID, o.Line, o.ProgramID, o.OrganizationID, o.LocationID}
		p, known := policies[k]
		if !known {
			if p, err = policy(ctx, tx, o); err != nil {
				return nil, err
			}
			policies[k] = p
		}
		f := facts{rules: p, order: o, now: tx.Now(), intent: intents[o.ID]}
		f.history(calls[o.ID])
		all[i] = stand(f)
		all[i].Plan, all[i].Program, all[i].uncalled = p.plan, p.program, len(calls[o.ID]) == 0
	}
	return all, nil
}

// policy finds who does calls and decisions, and whether booking is open, on
// the plan's own day.
func policy(ctx context.Context, tx *db.Tx, o order.Order) (r rules, err error) {
	if r.plan, err = plan.Get(ctx, tx, o.PlanID); err != nil {
		return r, err
	}
	if r.program, err = plan.GetProgram(ctx, tx, o.ProgramID); err != nil {
		return r, err
	}
	if r.line, err = plan.GetLine(ctx, tx, o.PlanID, o.Line); err != nil {
		return r, err
	}
	if r.calendar, err = plan.CallCalendarOf(ctx, tx, r.plan); err != nil {
		return r, err
	}
	today := civil.DateIn(tx.Now(), r.calendar.Zone)
	if r.doesCall, err = plan.DoneBy(ctx, tx, o.PlanID, o.Line, o.ProgramID, plan.PeerToPeer, today); err != nil {
		return r, err
	}
	if r.doesUM, err = plan.DoneBy(ctx, tx, o.PlanID, o.Line, o.ProgramID, plan.Utilization, today); err != nil {
		return r, err
	}
	of := plan.Office{Line: o.Line, OrganizationID: o.OrganizationID}
	byState, err := plan.ByState(ctx, tx, plan.CallsFeature, o.ProgramID, o.PlanID)
	if err == nil && byState {
		of.State, err = review.OfficeState(ctx, tx, o)
	}
	if err != nil {
		return r, err
	}
	r.rollout, r.next, err = plan.StageOf(ctx, tx, plan.CallsFeature, o.ProgramID, o.PlanID, of, today)
	return r, err
}

// history sorts an order's calls into the one to come and those that took
// place. A canceled or missed one uses up nothing.
func (f *facts) history(all []Call) {
	for _, c := range all {
		switch {
		case c.Status.Live() && f.live == nil:
			f.live = &c
		case c.Status == Completed && f.order.DecidedAt != nil && !c.CreatedAt.Before(*f.order.DecidedAt):
			f.past = append(f.past, c)
		}
	}
}

// Of returns an order's calls, the newest first. The caller has read the
// order, and so may see them.
func Of(ctx context.Context, tx *db.Tx, o order.Order) ([]Call, error) { return callsOf(ctx, tx, o.ID) }

// Get returns the call with this number and one of its orders: the one it was
// booked for, or else the first that by may see. Who may see none of them, and
// doesn't have the call, gets a NotFound fault. The read is audited for each
// order of the call that by may see, since its pages show them.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Call, order.Order, error) {
	c, o, others, err := find(ctx, tx, by, number)
	if err != nil {
		return c, o, err
	}
	for _, other := range others {
		if err := order.Read(ctx, tx, by, other, "call.read"); err != nil {
			return c, o, err
		}
	}
	return c, o, order.Read(ctx, tx, by, o, "call.read")
}

// Find is Get for what shows nothing of a member. It leaves no audit row.
func Find(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Call, order.Order, error) {
	c, o, _, err := find(ctx, tx, by, number)
	return c, o, err
}

// find returns the other orders of the call that by may see as well.
func find(ctx context.Context, tx *db.Tx, by account.Actor, number string) (c Call, o order.Order, others []order.Order, err error) {
	if c, err = byNumber(ctx, tx, order.Digits(number)); err != nil {
		return c, o, nil, notFound(err)
	}
	rows, err := subjectRows(ctx, tx, c)
	if err != nil {
		return c, o, nil, err
	}
	ids := idsOf(rows)
	if len(ids) > 1 {
		if others, err = order.Among(ctx, tx, by, ids); err != nil {
			return c, o, nil, err
		}
		ids = nil
		if len(others) > 0 {
			ids, others = []order.ID{others[0].ID}, others[1:]
		}
	}
	if len(ids) == 0 {
		return c, o, nil, fault.New(fault.NotFound, "We can't find that call.")
	}
	o, err = order.ByID(ctx, tx, by, ids[0])
	return c, o, others, notFound(err)
}

func notFound(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "We can't find that call.")
	}
	return err
}

// ByID returns a call, for what follows an event. Nobody's rights are asked.
func ByID(ctx context.Context, tx *db.Tx, id ID) (Call, error) { return byID(ctx, tx, id) }

// Events is what happened to a call, newest first.
func Events(ctx context.Context, tx *db.Tx, c Call) ([]Event, error) { return eventsOf(ctx, tx, c.ID) }
