package order

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// forecast works out by when o must be decided and says so in it; nil if
// nothing is to decide or another system has said when.
func forecast(ctx context.Context, tx *db.Tx, o *Order) (*deadline.Kept, error) {
	if !o.Status.Pending() || o.DueAt != nil {
		return nil, nil
	}
	m, err := member.Get(ctx, tx, member.ID(o.MemberID))
	if err != nil {
		return nil, err
	}
	clock, err := deadline.Forecast(ctx, tx, deadline.Subject{PlanID: o.PlanID, Line: o.Line, State: m.State, Received: o.ReceivedAt,
		Kind: deadline.Kind(o.Urgency), Electronic: o.Electronic()})
	o.DueAt = &clock.Due
	return &clock, err
}

// Electronic reports whether the order came by a way that the law calls
// electronic: this site or an electronic request.
func (o Order) Electronic() bool { return o.Channel == "portal" || o.Channel == "fhir" }

// A ClockChange is a person's act on the time for a decision.
type ClockChange struct {
	Version int     // of the order when they read it
	Extend  string  // one of the rule's grounds; "" unless the time is extended
	To      Urgency // another urgency; "" unless it changes
	Why     string  // for a change of urgency, in words for the office
}

// ChangeClock extends the time for a decision or decides that a request is or
// isn't urgent, and says so in its timeline. Who may: reviewers; only a
// physician may find that what an office calls urgent is not. The error is
// Invalid at "ground", "to" or "why", a Conflict if the order changed, is
// decided, or its rule gives no more time.
func ChangeClock(ctx context.Context, tx *db.Tx, by account.Actor, o Order, c ClockChange) (Order, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return o, err
	}
	if o.Version != c.Version {
		return o, fault.New(fault.Conflict, "Someone else changed this order meanwhile. Read it again before you go on.")
	}
	if !o.Status.Pending() {
		return o, fault.New(fault.Conflict, "The order is %s: nothing is due any more.", o.Status.Words())
	}
	clock, err := deadline.Of(ctx, tx, string(o.ID))
	if fault.Is(err, fault.NotFound) {
		return o, fault.New(fault.Conflict, "This order came with its due time, and no rule here can change it.")
	}
	if err != nil {
		return o, err
	}
	e, text, err := c.event(by, o, clock)
	if err != nil {
		return o, err
	}
	e.At = tx.Now()
	if clock, err = deadline.Happen(ctx, tx, by, string(o.ID), e); err != nil {
		return o, err
	}
	return changeDue(ctx, tx, by, o, clock, text)
}

// event is what c does to a clock, and its sentence for the timeline.
func (c ClockChange) event(by account.Actor, o Order, clock deadline.Kept) (e deadline.Event, text string, err error) {
	f := fault.Fields{}
	if c.To == "" {
		if !clock.MayExtend() {
			return e, "", fault.New(fault.Conflict, "The rule that counts here doesn't let the time be extended, or it was already.")
		}
		f.Check(slices.Contains(clock.Rule.Extension.Grounds, c.Extend), "ground", "Select why the time is extended")
		return deadline.Event{Kind: deadline.Extended, Why: c.Extend}, "The time for the decision was extended: " + c.Extend + ".", f.Err()
	}
	f.Check((c.To == Urgent || c.To == Standard) && c.To != o.Urgency, "to", "Select standard or urgent, whichever it isn't now")
	f.Check(c.Why != "", "why", "Enter why")
	f.Check(len([]rune(c.Why)) <= 500, "why", "Why must be 500 characters or less")
	if err := f.Err(); err != nil {
		return e, "", err
	}
	if c.To == Standard && !by.Can(account.Deny) {
		return e, "", fault.New(fault.Denied, "Only a physician can find that a request isn't urgent.")
	}
	return deadline.Event{Kind: deadline.Reclassified, To: deadline.Kind(c.To), Why: c.Why}, "Became " + string(c.To) + ": " + c.Why, nil
}

// changeDue writes a clock's due time into its order.
func changeDue(ctx context.Context, tx *db.Tx, by account.Actor, o Order, clock deadline.Kept, text string) (Order, error) {
	o.DueAt, o.ChangedAt, o.Urgency = &clock.Due, tx.Now(), Urgency(clock.Kind)
	if err := update(ctx, tx, &o, o.Status); err != nil {
		return o, err
	}
	if err := addEvent(ctx, tx, o, event(by, "clock", text), tx.Now()); err != nil {
		return o, err
	}
	a := by.Audit("order.clock_changed", "order", string(o.ID))
	a.MemberID = o.MemberID
	return o, record(ctx, tx, a)
}

// ClockPassed notes in an order's timeline that nearly all or all of its time
// is used up, for those who review.
func ClockPassed(ctx context.Context, tx *db.Tx, e deadline.Passed) error {
	o, err := OfEvent(ctx, tx, ID(e.OrderID))
	if err != nil || !o.Status.Pending() {
		return err
	}
	text := "A tenth of the time for the decision is left."
	if e.Mark == 100 {
		text = "The decision is overdue."
	}
	return Note(ctx, tx, account.Program(), o, "clock", text, true)
}
