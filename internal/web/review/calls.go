package review

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
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
	p, err := ownCalls(ctx, r.Tx, r.By, r.Zone)
	if err == nil {
		p.said, err = peer.StatementsOf(ctx, r.Tx, slices.Concat(p.open, p.today))
	}
	return web.Answer{Title: "Calls today", Body: callsView(p)}, err
}

// ownCalls are by's, but for what was stated with them.
func ownCalls(ctx context.Context, tx *db.Tx, by account.Actor, zone func(string) *time.Location) (p callsPage, err error) {
	me, err := review.Get(ctx, tx, by.ID)
	if err != nil {
		return p, err
	}
	p.now, p.loc = tx.Now(), zone(me.TimeZone)
	today := civil.DateIn(p.now, p.loc)
	end := civil.EndOfDay(today, p.loc)
	all, err := peer.ForReviewer(ctx, tx, by, civil.EndOfDay(today.AddDays(30), p.loc))
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
	return p, err
}

func (p callsPage) when(c peer.Listed) string {
	return civil.SpanOn(c.StartsAt, c.EndsAt, p.loc, p.now).String()
}

// callPath is where a call in the list leads: to the workspace, or, while
// nobody has confirmed it, to its page.
func callPath(c peer.Listed) string {
	if c.Status == peer.Requested {
		return "/p2p/" + c.Number
	}
	return "/review/calls/" + c.Number
}
