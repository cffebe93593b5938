package order

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// AskInformation has an order wait until a time for what its office is asked
// for, says so in the timeline, and tells its clock, which stops or runs on as
// the rule has it. Who may: reviewers. For package message. The error is a
// Conflict if the order waits already or is decided.
func AskInformation(ctx context.Context, tx *db.Tx, by account.Actor, o Order, until time.Time, text words.Text) (Order, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return o, err
	}
	if !o.Status.MayBecome(InfoRequested) {
		return o, fault.New(fault.Conflict, "The order is %s: nothing can be asked for now.", o.Status.Words())
	}
	return o.waits(ctx, tx, by, InfoRequested, deadline.Event{Kind: deadline.Asked, Until: until}, text)
}

// InformationCame ends the wait of an order for what its office was asked for,
// and tells its clock. The order is where it was before it was asked. Who may:
// whoever answers, which package message has made sure of. An order that
// doesn't wait any more is left alone; then it returns false.
func InformationCame(ctx context.Context, tx *db.Tx, by account.Actor, o Order, text words.Text) (Order, bool, error) {
	return InformationCameAt(ctx, tx, by, o, tx.Now(), text)
}

// InformationCameAt is InformationCame for what came at an earlier time, such
// as by fax: from then on the clock runs.
func InformationCameAt(ctx context.Context, tx *db.Tx, by account.Actor, o Order, at time.Time, text words.Text) (Order, bool, error) {
	return o.goesOn(ctx, tx, by, deadline.Event{Kind: deadline.Answered, At: at}, text)
}

// InformationOverdue ends the wait of an order for what never came. Its clock
// knows since it was asked how long it would wait.
func InformationOverdue(ctx context.Context, tx *db.Tx, o Order, text words.Text) (Order, bool, error) {
	return o.goesOn(ctx, tx, account.Program(), deadline.Event{}, text)
}

func (o Order) goesOn(ctx context.Context, tx *db.Tx, by account.Actor, e deadline.Event, text words.Text) (Order, bool, error) {
	if o.Status != InfoRequested {
		return o, false, nil
	}
	before, err := db.One(ctx, tx, db.Value[string], `
		select from_status from order_event where order_id = $1 and to_status = $2 order by n desc limit 1`, string(o.ID), string(InfoRequested))
	if fault.Is(err, fault.NotFound) || err == nil && !InfoRequested.MayBecome(Status(before)) { // it came in as it is, or nobody had begun
		before, err = string(NurseReview), nil
	}
	if err != nil {
		return o, false, err
	}
	o, err = o.waits(ctx, tx, by, Status(before), e, text)
	return o, err == nil, err
}

// waits moves an order between waiting and not, with its clock.
func (o Order) waits(ctx context.Context, tx *db.Tx, by account.Actor, to Status, happened deadline.Event, text words.Text) (Order, error) {
	if happened.Kind != "" {
		clock, err := deadline.Of(ctx, tx, string(o.ID))
		if err == nil {
			clock, err = clock.Happen(ctx, tx, by, happened)
			o.DueAt = &clock.Due
		}
		if err != nil && !fault.Is(err, fault.NotFound) { // one that came with its due time has no clock of ours
			return o, err
		}
	}
	from := o.Status
	o.Status, o.ChangedAt = to, tx.Now()
	if err := update(ctx, tx, &o, from); err != nil {
		return o, err
	}
	e := event(by, "status", text)
	e.FromStatus, e.ToStatus = from, to
	if err := addEvent(ctx, tx, o, e, tx.Now()); err != nil {
		return o, err
	}
	a := by.Audit("order.moved", "order", string(o.ID))
	a.MemberID, a.Detail = o.MemberID, string(from)+" to "+string(to)
	return o, record(ctx, tx, a)
}
