package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// announce leaves what every change of a call leaves: its own event, a line
// in the timeline of each of its orders, an audit row for each member, and the
// job that tells people. o is one of the orders.
func announce(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, c Call, kind string, from Status, args job.Args, when ...job.Option) error {
	orders, err := ordersOf(ctx, tx, c, o)
	if err != nil {
		return err
	}
	return announceTo(ctx, tx, by, orders, c, kind, from, args, when...)
}

// announceTo is announce for one who has all the orders, the first first.
func announceTo(ctx context.Context, tx *db.Tx, by account.Actor, orders []order.Order, c Call, kind string, from Status, args job.Args, when ...job.Option) error {
	text := describe(c, kind)
	if err := addEvent(ctx, tx, by, c, kind, from, text); err != nil {
		return err
	}
	if err := noteEach(ctx, tx, by, orders, text); err != nil {
		return err
	}
	if err := auditEach(ctx, tx, by, "call."+kind, c, orders); err != nil {
		return err
	}
	var work []job.Work
	if c.Status == Scheduled {
		var err error
		if work, err = reminding(ctx, tx, c); err != nil {
			return err
		}
	}
	if c.Status.Live() && !c.StartsAt.IsZero() {
		work = append(work, watching(c))
	}
	return job.AddAll(ctx, tx, append(work, job.Work{Args: args, Options: when}))
}

func describe(c Call, kind string) words.Text {
	reason := words.Text(ReasonWords(c.CancelReason))
	if c.StartsAt.IsZero() {
		switch kind {
		case "canceled":
			return words.Say("Peer-to-peer request canceled: %s.", reason)
		case "undone":
			return "The last change was undone: the peer-to-peer request stands again."
		case "requested":
			return "Peer-to-peer call requested. A time is looked for."
		}
		return ""
	}
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		loc = time.UTC
	}
	when := onDay(c, loc)
	switch kind {
	case "canceled":
		return words.Say("Peer-to-peer call canceled: %s.", reason)
	case "undone":
		return words.Say("The last change was undone: the peer-to-peer call is on %s again.", when)
	case "moved":
		return words.Say("Peer-to-peer call moved to %s.", when)
	case "confirmed":
		return words.Say("Peer-to-peer call confirmed for %s.", when)
	}
	if c.Status == Requested {
		return words.Say("Peer-to-peer call requested for %s.", when)
	}
	return words.Say("Peer-to-peer call booked for %s.", when)
}

// onDay is when a call is, with its year: what stands in a history is read
// years after.
func onDay(c Call, loc *time.Location) words.Text {
	return words.Say("%s, %s", civil.MediumDate(civil.DateIn(c.StartsAt, loc)), civil.Span(c.StartsAt, c.EndsAt, loc))
}
