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
	f := facts{order: o, now: tx.Now()}
	s := Standing{}
	var err error
	if s.Plan, err = plan.Get(ctx, tx, o.PlanID); err != nil {
		return s, err
	}
	if s.Program, err = plan.GetProgram(ctx, tx, o.ProgramID); err != nil {
		return s, err
	}
	if f.line, err = plan.GetLine(ctx, tx, o.PlanID, o.Line); err != nil {
		return s, err
	}
	if f.calendar, err = plan.CalendarOf(ctx, tx, s.Plan); err != nil {
		return s, err
	}
	if err := policy(ctx, tx, &f); err != nil {
		return s, err
	}
	if err := history(ctx, tx, &f); err != nil {
		return s, err
	}
	if o.Status.Pending() {
		if f.intent, err = review.IntentOf(ctx, tx, o.ID); err != nil {
			return s, err
		}
	}
	answer := stand(f)
	answer.Plan, answer.Program = s.Plan, s.Program
	return answer, nil
}

// policy finds who does calls and decisions, and whether booking is open, on
// the plan's own day.
func policy(ctx context.Context, tx *db.Tx, f *facts) (err error) {
	o, today := f.order, civil.DateIn(f.now, f.calendar.Zone)
	if f.doesCall, err = plan.DoneBy(ctx, tx, o.PlanID, o.Line, o.ProgramID, plan.PeerToPeer, today); err != nil {
		return err
	}
	if f.doesUM, err = plan.DoneBy(ctx, tx, o.PlanID, o.Line, o.ProgramID, plan.Utilization, today); err != nil {
		return err
	}
	f.rollout, f.next, err = plan.StageOf(ctx, tx, plan.CallsFeature, o.ProgramID, o.PlanID, o.Line, today)
	return err
}

// history sorts an order's calls into the one to come and those that took
// place. A canceled or missed one uses up nothing.
func history(ctx context.Context, tx *db.Tx, f *facts) error {
	all, err := callsOf(ctx, tx, f.order.ID)
	for _, c := range all {
		switch {
		case c.Status.Live() && f.live == nil:
			f.live = &c
		case c.Status == Completed && f.order.DecidedAt != nil && !c.CreatedAt.Before(*f.order.DecidedAt):
			f.past = append(f.past, c)
		}
	}
	return err
}

// Of returns an order's calls, the newest first. The caller has read the
// order, and so may see them.
func Of(ctx context.Context, tx *db.Tx, o order.Order) ([]Call, error) { return callsOf(ctx, tx, o.ID) }

// Get returns the call with this number and its order, if by may see the
// order or has the call; else a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Call, order.Order, error) {
	c, err := byNumber(ctx, tx, order.Digits(number))
	if err != nil {
		return c, order.Order{}, notFound(err)
	}
	o, err := order.ByID(ctx, tx, by, c.OrderID)
	if err != nil {
		return c, o, notFound(err)
	}
	return c, o, order.Read(ctx, tx, by, o, "call.read")
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
