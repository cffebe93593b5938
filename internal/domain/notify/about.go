package notify

import (
	"context"
	"fmt"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A call as its notices need it.
type about struct {
	call     peer.Call
	orders   []string // their numbers: all of an order that may stand in a mail
	program  plan.Program
	reviewer review.Reviewer
}

// load reads a call and puts it back to how it was when the notice was taken.
func (d *Desk) load(ctx context.Context, tx *db.Tx, n peer.Notice) (a about, err error) {
	if a.call, err = peer.ByID(ctx, tx, n.CallID); err != nil {
		return a, err
	}
	a.call = n.At(a.call)
	if a.program, err = plan.GetProgram(ctx, tx, a.call.ProgramID); err != nil {
		return a, err
	}
	a.orders, err = peer.Numbers(ctx, tx, a.call)
	if err != nil || a.call.ReviewerID == "" {
		return a, err
	}
	a.reviewer, err = review.Get(ctx, tx, a.call.ReviewerID)
	return a, err
}

func (a about) key(kind, address string) string {
	return fmt.Sprintf("call:%s:%d:%s:%s", a.call.ID, a.call.Version, kind, address)
}

// which says which orders a call is about, as a subject may: "order ending
// 6954", or "2 orders".
func (a about) which() words.Text {
	if len(a.orders) == 1 {
		return which(a.orders[0], 0)
	}
	return which("", len(a.orders)-1)
}

func which(number string, more int) words.Text {
	if more == 0 {
		return words.As("subject", "order ending %s", order.Ending(number))
	}
	return words.Say("%s orders", more+1)
}

func (a about) subject(zone string, now time.Time) words.Text {
	if a.call.StartsAt.IsZero() {
		return words.Say("Peer-to-peer call (%s)", a.which())
	}
	return words.Say("Peer-to-peer call (%s): %s", a.which(), a.when(zone, now))
}

// canceled says that the call won't be, and which it was if it had a time.
func (a about) canceled(zone string, now time.Time) words.Text {
	if a.call.StartsAt.IsZero() {
		return words.Say("The peer-to-peer call is canceled. Reference %s.", a.call.Reference())
	}
	return words.Say("The peer-to-peer call on %s is canceled. Reference %s.", a.when(zone, now), a.call.Reference())
}

// weCall says from which number we call, if that is known.
func (a about) weCall() words.Text {
	if a.program.CallFrom == "" {
		return "We'll call the number you gave."
	}
	return words.Say("We'll call the number you gave from %s.", a.program.CallFrom)
}

// at is an instant as the office reads it.
func (a about) at(t, now time.Time) words.Text { return civil.When(t, zoned(a.call.Zone), now) }

func (a about) when(zone string, now time.Time) words.Text {
	return civil.SpanOn(a.call.StartsAt, a.call.EndsAt, zoned(zone), now)
}

func zoned(zone string) *time.Location {
	loc, err := civil.Zone(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}
