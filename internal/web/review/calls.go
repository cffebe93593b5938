package review

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/web"
)

// callsPage lists a reviewer's calls: those that lack an outcome, today's,
// and what comes after.
type callsPage struct {
	open, today, later []peer.Listed
	said               map[peer.ID][]peer.Statement
	loc                *time.Location
	now                time.Time
}

func listCalls(ctx context.Context, r *web.Request) (web.Answer, error) {
	me, err := review.Get(ctx, r.Tx, r.By.ID)
	if err != nil {
		return web.Answer{}, err
	}
	p := callsPage{loc: r.Zone(me.TimeZone), now: r.Tx.Now()}
	today := civil.DateIn(p.now, p.loc)
	end := civil.EndOfDay(today, p.loc)
	all, err := peer.ForReviewer(ctx, r.Tx, r.By, civil.EndOfDay(today.AddDays(30), p.loc))
	for _, c := range all {
		switch {
		case c.NeedsOutcome(p.now):
			p.open = append(p.open, c)
		case c.StartsAt.Before(end):
			p.today = append(p.today, c)
		default:
			p.later = append(p.later, c)
		}
	}
	if err == nil {
		p.said, err = peer.StatementsOf(ctx, r.Tx, slices.Concat(p.open, p.today))
	}
	return web.Answer{Title: "Calls today", Body: callsView(p)}, err
}

func (p callsPage) when(c peer.Listed) string {
	return civil.SpanOn(c.StartsAt, c.EndsAt, p.loc, p.now)
}

// callPath is where a call in the list leads: to the workspace, or, while
// nobody has confirmed it, to its page.
func callPath(c peer.Listed) string {
	if c.Status == peer.Requested {
		return "/p2p/" + c.Number
	}
	return "/review/calls/" + c.Number
}
