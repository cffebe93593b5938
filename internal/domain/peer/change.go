package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

func auditRecord(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return audit.Record(ctx, tx, e)
}

// Reschedule moves c to slot: the new time is taken and the old one let go in
// one step, or nothing changes. Until PutBack is over the old time stays kept
// and nobody is told. It stays with its reviewer if they are free then and
// nobody who is free matches better. If c changed since it was read the error
// is a Conflict. Who may: as Cancel.
func Reschedule(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, st Standing, slot Slot, zone *time.Location) (Call, error) {
	if err := may(ctx, tx, by, o, st, &c); err != nil {
		return c, err
	}
	if err := notice.Must(ctx, tx, by, notice.Calls); err != nil {
		return c, err
	}
	if slot.Start.Equal(c.StartsAt) {
		return c, fault.New(fault.Invalid, "That is your current time. Choose another one, or keep it.")
	}
	if err := changeable(by, c, tx.Now()); err != nil {
		return c, err
	}
	d, err := draft(ctx, tx, by, o.ID, c.ID)
	if err != nil {
		return c, err
	}
	d.Slot = slot
	was, from := c, c.Status
	if err := seal(ctx, tx, c); err != nil {
		return c, err
	}
	c.Zone, c.Sequence = zone.String(), c.Sequence+1
	c.Language = spoken(d, was)
	if err := settle(ctx, tx, o, st, &was, d, &c); err != nil {
		return c, err
	}
	if err := newDay(ctx, tx, c.ID); err != nil {
		return c, err
	}
	if err := dropDraft(ctx, tx, d); err != nil {
		return c, err
	}
	if c.ReviewerID != was.ReviewerID {
		c.UIDReviewer = newUID() // a new reviewer's calendar must not inherit the other's history
		if err := update(ctx, tx, &c); err != nil {
			return c, err
		}
	}
	if was.StartsAt.IsZero() { // its first time: nothing moved
		return c, announce(ctx, tx, by, o, c, "booked", from, bookedEvent(c))
	}
	until, err := keep(ctx, tx, by, was, c)
	if err != nil {
		return c, err
	}
	return c, announce(ctx, tx, by, o, c, "moved", from, movedEvent(c, was), job.At(until))
}

// spoken is the language asked for on the way to a call: that of the draft,
// else the one that the call being moved had.
func spoken(d Draft, was Call) string {
	switch d.Language {
	case "":
		return was.Language
	case review.English:
		return ""
	}
	return d.Language
}

func movedEvent(c, was Call) job.Args {
	n := c.notice()
	if was.ReviewerID != c.ReviewerID {
		n.Was, n.UIDWas = was.ReviewerID, was.UIDReviewer
	}
	if c.Status == Requested {
		return WasAsked{n}
	}
	return Moved{n}
}

// leaveFor takes was off its reviewer's week and day, before one of the
// candidates gets it in s. The weeks of all of them are taken first, in one
// order: two calls that change places wait for each other in no circle.
func leaveFor(ctx context.Context, tx *db.Tx, was Call, s Slot, candidates []candidate) error {
	if was.ReviewerID == "" || was.StartsAt.IsZero() {
		return nil
	}
	r, err := review.Get(ctx, tx, was.ReviewerID)
	if err != nil {
		return err
	}
	loc, err := civil.Zone(r.TimeZone)
	if err != nil {
		return err
	}
	args := []any{string(was.ReviewerID), weekOf(civil.DateIn(was.StartsAt, loc))}
	for _, c := range candidates[:min(len(candidates), mostCandidates)] {
		args = append(args, string(c.id), weekOf(civil.DateIn(s.Start, c.zone)))
	}
	_, err = db.All(ctx, tx, db.Value[int], `select booked from reviewer_week where (reviewer_id, week) in (values `+db.Tuples(len(args)/2, 2)+`)
		order by reviewer_id, week {{for update}}`, args...)
	if err != nil {
		return err
	}
	return uncount(ctx, tx, was.ReviewerID, loc, was.StartsAt)
}

// leaveDay takes a call off its reviewer's day.
func leaveDay(ctx context.Context, tx *db.Tx, c Call) error {
	if c.ReviewerID == "" || c.StartsAt.IsZero() {
		return nil
	}
	r, err := review.Get(ctx, tx, c.ReviewerID)
	if err != nil {
		return err
	}
	loc, err := civil.Zone(r.TimeZone)
	if err != nil {
		return err
	}
	return uncount(ctx, tx, c.ReviewerID, loc, c.StartsAt)
}

// mayTouch refuses who may neither book calls nor has this one.
func mayTouch(by account.Actor, c Call) error {
	if by.ID == c.ReviewerID && by.Can(account.HoldCalls) {
		return nil
	}
	return by.Must(account.BookCalls)
}

// mayChange refuses, besides those, who doesn't see all the orders of the
// call: it is others' appointment too. They can take their own order out.
func mayChange(ctx context.Context, tx *db.Tx, by account.Actor, c Call) error {
	if err := mayTouch(by, c); err != nil || by.ID == c.ReviewerID || by.IsProgram() {
		return err
	}
	sees, err := SeesAll(ctx, tx, by, c)
	if err == nil && !sees {
		err = fault.New(fault.Denied, "This call is about other orders too, which you can't see. You can take your own order out of it, or ask who arranged the call.")
	}
	return err
}

// SeesAll reports whether by sees every order that c is about. by has read c,
// and so sees one of them.
func SeesAll(ctx context.Context, tx *db.Tx, by account.Actor, c Call) (bool, error) {
	rows, err := subjectRows(ctx, tx, c)
	if err != nil || len(rows) < 2 {
		return err == nil, err
	}
	seen, err := order.Among(ctx, tx, by, idsOf(rows))
	return len(seen) == len(rows), err
}

// MayMove reports whether by still comes in time to move c.
func MayMove(by account.Actor, c Call, now time.Time) bool { return changeable(by, c, now) == nil }

// changeable refuses an office that comes too late. Staff can change a call
// until it begins.
func changeable(by account.Actor, c Call, now time.Time) error {
	switch {
	case c.StartsAt.IsZero():
		return nil
	case !by.IsStaff() && !now.Before(c.StartsAt.Add(-time.Hour)):
		return fault.New(fault.Conflict, "It's less than an hour before the call. Call the number on this page to change it.")
	case !now.Before(c.StartsAt):
		return fault.New(fault.Conflict, "The time of this call has come, so it can't be moved. Record how it ended.")
	}
	return nil
}

// Cancel ends c for a reason and lets its time go, once PutBack is over. Cancelling a call that is
// canceled already changes nothing. Who may: who has it, and who books calls and
// sees all its orders.
func Cancel(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, reason, note string) (Call, error) {
	if err := mayChange(ctx, tx, by, c); err != nil {
		return c, err
	}
	if c.Status == Cancelled {
		return c, nil
	}
	if !c.StartsAt.IsZero() && !tx.Now().Before(c.StartsAt) && !by.IsStaff() {
		return c, fault.New(fault.Conflict, "The time of this call has come, so it can't be canceled here. Call the number on this page.")
	}
	f := fault.Fields{}
	f.Check(knownReason(reason), "reason", "Select why you are canceling")
	f.Check(len([]rune(note)) <= 500, "note", "The note must be 500 characters or less")
	if err := f.Err(); err != nil {
		return c, err
	}
	if !c.Status.mayBecome(Cancelled) {
		return c, fault.New(fault.Conflict, "This call is %s and can't be canceled.", c.Status.Words())
	}
	if err := seal(ctx, tx, c); err != nil {
		return c, err
	}
	was, from := c, c.Status
	c.Status, c.CancelReason, c.CancelNote, c.Sequence = Cancelled, reason, note, c.Sequence+1
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	until, err := keep(ctx, tx, by, was, c)
	if err != nil {
		return c, err
	}
	return c, announce(ctx, tx, by, o, c, "canceled", from, WasCanceled{c.notice()}, job.At(until))
}

func knownReason(value string) bool {
	for _, r := range Reasons {
		if r.Value == value {
			return true
		}
	}
	return false
}

// Confirm makes a requested call a booked one. Who may: schedulers, and the
// reviewer who will take it.
func Confirm(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) (Call, error) {
	if !by.Can(account.ConfirmCalls) && !(by.Can(account.HoldCalls) && by.ID == c.ReviewerID) {
		return c, by.Must(account.ConfirmCalls)
	}
	if c.Status == Scheduled {
		return c, nil
	}
	if c.Status != Requested || c.StartsAt.IsZero() {
		return c, fault.New(fault.Conflict, "This call is %s and can't be confirmed.", c.Status.Words())
	}
	c.Status, c.Sequence = Scheduled, c.Sequence+1
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	return c, announce(ctx, tx, by, o, c, "confirmed", Requested, Booked{c.notice()})
}
