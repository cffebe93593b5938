package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Rebook has one call find another time, since its plan does no business on
// the day it is on. Each is a job of its own, so that a call that somebody else
// changes meanwhile holds up no other.
type Rebook struct {
	CallID ID
	PlanID plan.ID
	Day    civil.Date
	Shut   civil.Hours // of the day, in which no call can be; none for all of it
}

// Kind names the job.
func (Rebook) Kind() string { return "peer.rebook" }

// RebookDay has the calls to come about orders of a plan on a day, or in hours of
// it, moved behind them, and says how many: each to the next day on which a time
// is free, as close to its own time of day as there is. Their offices hear of it as of
// any move, and can choose another. Where no later time is free a call stays.
// Who may: administrators.
func RebookDay(ctx context.Context, tx *db.Tx, by account.Actor, id plan.ID, day civil.Date, shut civil.Hours) (n int, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return 0, err
	}
	p, err := plan.Get(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	closed := closing(day, shut, p.Zone())
	calls, err := db.All(ctx, tx, db.Value[string], `
		select distinct c.id from call c join call_order co on co.call_id = c.id join orders o on o.id = co.order_id
		where o.plan_id = $1 and c.starts_at >= $2 and c.ends_at > $3 and c.starts_at < $4 and c.status in ('scheduled', 'confirmed', 'requested') order by c.id`,
		string(id), tx.Now(), closed.Start, closed.End)
	if err != nil || len(calls) == 0 {
		return 0, err
	}
	for _, call := range calls {
		if err := job.Add(ctx, tx, Rebook{ID(call), id, day, shut}); err != nil {
			return 0, err
		}
	}
	e := by.Audit("call.day_rebooked", "plan", string(id))
	e.Detail = day.String()
	return len(calls), auditRecord(ctx, tx, e)
}

// RebookCall moves one call off the day that its plan closes. A call that was
// moved or ended meanwhile is left alone.
func RebookCall(ctx context.Context, tx *db.Tx, e Rebook) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil {
		return err
	}
	p, err := plan.Get(ctx, tx, e.PlanID)
	if err != nil {
		return err
	}
	closed := closing(e.Day, e.Shut, p.Zone())
	if !c.Status.Live() || !c.StartsAt.After(tx.Now()) || !c.StartsAt.Before(closed.End) || !c.EndsAt.After(closed.Start) {
		return nil
	}
	by := account.Program()
	o, err := order.ByID(ctx, tx, by, c.OrderID)
	if err != nil {
		return err
	}
	st, err := Stand(ctx, tx, by, o)
	if err != nil {
		return err
	}
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		return err
	}
	offer, err := offerFor(ctx, tx, o, st, &c, Draft{}, nil)
	if err != nil {
		return err
	}
	slot, ok := nextDay(offer.Slots, c.StartsAt, closed.End, loc)
	if !ok {
		return rebookEvent(ctx, tx, by, c, o)
	}
	err = tx.Try(ctx, func() error {
		_, err := Reschedule(ctx, tx, by, c, o, st, slot, loc)
		return err
	})
	if fault.Is(err, fault.Conflict) { // somebody took the time or changed the call: look anew
		return job.Add(ctx, tx, e, job.At(tx.Now().Add(time.Minute)))
	}
	return err
}

// closing is the part of a day that a plan closes.
func closing(day civil.Date, shut civil.Hours, zone *time.Location) Span {
	if shut == (civil.Hours{}) {
		return Span{civil.Start(day, 0, zone), civil.EndOfDay(day, zone)}
	}
	return Span{civil.Start(day, shut.Open, zone), civil.End(day, shut.Close, zone)}
}

// nextDay is the free time for a call that was to begin at was: of the first
// day from after on that has any, the one closest to the same time of day.
func nextDay(slots []Slot, was, after time.Time, loc *time.Location) (best Slot, ok bool) {
	minute := func(t time.Time) int { t = t.In(loc); return t.Hour()*60 + t.Minute() }
	far := func(s Slot) int { return max(minute(s.Start)-minute(was), minute(was)-minute(s.Start)) }
	for _, s := range slots {
		switch {
		case s.Start.Before(after):
		case !ok:
			best, ok = s, true
		case civil.DateIn(s.Start, loc) != civil.DateIn(best.Start, loc):
			return best, ok
		case far(s) < far(best):
			best = s
		}
	}
	return best, ok
}

// rebookEvent notes on a call that it could not be moved.
func rebookEvent(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	return alertEvent(ctx, tx, by, c, o, "kept", "The plan is closed on this day. No later time is free, so the call stays.")
}
