package peer

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Outcomes of a call that took place, by the value of the form's radio. An
// overturned decision is changed by review.Decide, not here.
var Outcomes = []struct{ Value, Words string }{
	{"upheld", "Decision stays"},
	{"overturned", "Decision changes: decide the case again next"},
	{"discussion", "Discussion only"},
	{"more_information", "More information promised"},
	{"not_reached", "Not reached"},
}

// early is how long before its time a call can have taken place.
const early = 5 * time.Minute

// Record notes what came of a call: that it took place with an outcome, or
// that nobody was reached. Who may: the reviewer who has it, from five minutes
// before its time on; and the program, for calls of the past.
func Record(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, outcome, note string) (Call, error) {
	if by.ID != c.ReviewerID && !by.IsProgram() {
		return c, fault.New(fault.Denied, "Only the reviewer who has the call can say what came of it.")
	}
	f := fault.Fields{}
	f.Check(slices.ContainsFunc(Outcomes, func(x struct{ Value, Words string }) bool { return x.Value == outcome }), "outcome", "Select an outcome")
	f.Check(len([]rune(note)) <= 1000, "note", "The note must be 1,000 characters or less")
	if err := f.Err(); err != nil {
		return c, err
	}
	if tx.Now().Before(c.StartsAt.Add(-early)) && !by.IsProgram() {
		return c, fault.New(fault.Conflict, "This call has not begun yet.")
	}
	to, text := Completed, "The call took place."
	if outcome == "not_reached" {
		to, text = NoShow, "The office wasn't reached."
	}
	if !c.Status.mayBecome(InCall) {
		return c, fault.New(fault.Conflict, "This call is %s already.", c.Status.Words())
	}
	c.Outcome, c.OutcomeNote = outcome, note
	return end(ctx, tx, by, c, o, to, text)
}

// end puts a call into a status in which it is over, and lets its time go.
func end(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, to Status, text string) (Call, error) {
	from := c.Status
	c.Status = to
	if err := update(ctx, tx, &c); err != nil {
		return c, err
	}
	if err := letGo(ctx, tx, string(c.ID)); err != nil {
		return c, err
	}
	if err := addEvent(ctx, tx, by, c, string(to), from, text); err != nil {
		return c, err
	}
	if err := order.Note(ctx, tx, by, o, "call", "Peer-to-peer: "+text, false); err != nil {
		return c, err
	}
	e := by.Audit("call."+string(to), "call", string(c.ID))
	e.MemberID = o.MemberID
	return c, auditRecord(ctx, tx, e)
}

// Overdue asks, an hour after a call should have ended, whether anybody said
// what came of it. See app/reactions.go.
type Overdue struct{ Notice }

// Kind names the event.
func (Overdue) Kind() string { return "peer.overdue" }

const grace = time.Hour

// watch asks for that look.
func watch(ctx context.Context, tx *db.Tx, c Call) error {
	key := "overdue:" + string(c.ID) + ":" + c.StartsAt.UTC().Format(time.RFC3339) + ":" + string(c.Status)
	return job.Add(ctx, tx, Overdue{c.notice()}, job.At(c.EndsAt.Add(grace)), job.Key(key))
}

// Close ends a call whose time went by with nothing said: a confirmed one was
// missed by us, never by the office; one that nobody confirmed expired. The
// order can have another.
func Close(ctx context.Context, tx *db.Tx, e Overdue) error {
	c, err := byID(ctx, tx, e.CallID)
	if err != nil || !c.StartsAt.Equal(e.Starts) || tx.Now().Before(c.EndsAt.Add(grace)) {
		return err
	}
	by := account.Program()
	o, err := order.ByID(ctx, tx, by, c.OrderID)
	if err != nil {
		return err
	}
	switch c.Status {
	case Scheduled, Confirmed:
		_, err = end(ctx, tx, by, c, o, Missed, "The time of the call went by and we recorded no attempt. The office can book again.")
	case Requested:
		_, err = end(ctx, tx, by, c, o, Expired, "The time that was asked for went by before it was confirmed. The office can ask again.")
	}
	return err
}
