package order

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
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

// ExtendTime gives more time for a decision, once, on one of the grounds that
// the rule names, and says so in the timeline. version is the order's when it
// was read. Who may: reviewers. The error is Invalid at "ground", a Conflict if
// the order changed, is decided, or its rule gives no more time.
func ExtendTime(ctx context.Context, tx *db.Tx, by account.Actor, o Order, version int, ground string) (Order, error) {
	clock, err := clockOf(ctx, tx, by, o, version)
	if err != nil {
		return o, err
	}
	f := fault.Fields{}
	f.Check(!clock.MayExtend() || slices.Contains(clock.Rule.Extension.Grounds, ground), "ground", "Select why the time is extended")
	if err := f.Err(); err != nil {
		return o, err
	}
	clock, err = clock.Happen(ctx, tx, by, deadline.Event{Kind: deadline.Extended, Why: ground})
	if err != nil {
		return o, err
	}
	o, err = changeDue(ctx, tx, by, o, clock, words.Say("The time for the decision was extended: %s.", ground))
	if err != nil {
		return o, err
	}
	return o, job.Add(ctx, tx, extended(o, clock, ground))
}

// Extended announces that there is more time for a decision. See
// app/reactions.go.
type Extended struct {
	OrderID         string
	Due             time.Time
	Ground, Spanish string // why, in both languages of letters
}

// Kind names the event.
func (Extended) Kind() string { return "order.extended" }

func extended(o Order, clock deadline.Kept, ground string) Extended {
	e := Extended{OrderID: string(o.ID), Due: clock.Due, Ground: ground}
	if x := clock.Rule.Extension; x != nil {
		if i := slices.Index(x.Grounds, ground); i >= 0 && i < len(x.Spanish) {
			e.Spanish = x.Spanish[i]
		}
	}
	return e
}

// Reclassify decides that a request is urgent, or that it isn't, and says so in
// the timeline, with why in words for the office. version is the order's when
// it was read. Who may: reviewers; only a physician may find that what an
// office calls urgent is not. The error is Invalid at "to" or "why", a Conflict
// if the order changed or is decided.
func Reclassify(ctx context.Context, tx *db.Tx, by account.Actor, o Order, version int, to Urgency, why string) (Order, error) {
	clock, err := clockOf(ctx, tx, by, o, version)
	if err != nil {
		return o, err
	}
	f := fault.Fields{}
	f.Check((to == Urgent || to == Standard) && to != o.Urgency, "to", "Select standard or urgent, whichever it isn't now")
	f.Check(why != "", "why", "Enter why")
	f.Check(len([]rune(why)) <= 500, "why", "Why must be 500 characters or less")
	if err := f.Err(); err != nil {
		return o, err
	}
	if to == Standard && !by.Can(account.Deny) {
		return o, fault.New(fault.Denied, "Only a physician can find that a request isn't urgent.")
	}
	clock, err = clock.Happen(ctx, tx, by, deadline.Event{Kind: deadline.Reclassified, To: deadline.Kind(to), Why: why})
	if err != nil {
		return o, err
	}
	return changeDue(ctx, tx, by, o, clock, words.Say("Became %s: %s", words.Text(deadline.Kind(to).Words()), why))
}

// clockOf is the clock of an order that by, a reviewer, may change.
func clockOf(ctx context.Context, tx *db.Tx, by account.Actor, o Order, version int) (deadline.Kept, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return deadline.Kept{}, err
	}
	if o.Version != version {
		return deadline.Kept{}, fault.New(fault.Conflict, "Someone else changed this order meanwhile. Read it again before you go on.")
	}
	if !o.Status.Pending() {
		return deadline.Kept{}, fault.New(fault.Conflict, "The order is %s: nothing is due any more.", o.Status.Words())
	}
	clock, err := deadline.Of(ctx, tx, string(o.ID))
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "This order came with its due time, and no rule here can change it.")
	}
	return clock, err
}

// changeDue writes a clock's due time into its order.
func changeDue(ctx context.Context, tx *db.Tx, by account.Actor, o Order, clock deadline.Kept, text words.Text) (Order, error) {
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
	text := words.Text("A tenth of the time for the decision is left.")
	if e.Mark == 100 {
		text = "The decision is overdue."
	}
	return Note(ctx, tx, account.Program(), o, "clock", text, true)
}
