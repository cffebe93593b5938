package review

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// liveCalls is what a reviewer's list of calls shows.
func liveCalls(_ context.Context, r *web.Request) (web.Live, error) {
	if err := r.By.Must(account.HoldCalls); err != nil {
		return web.Live{}, err
	}
	by, zone := r.By, r.Zone
	return web.Live{Hears: peer.HearsOwn(by), Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		p, err := ownCalls(ctx, tx, by, zone)
		return p.lines(), err
	}}, nil
}

func (p callsPage) lines() (all []string) {
	for i, calls := range [][]peer.Listed{p.open, p.today, p.later} {
		for _, c := range calls {
			all = append(all, c.Line()+[]string{"open", "today", "later"}[i])
		}
	}
	return all
}

func (p callsPage) live() ui.LiveView {
	return ui.LiveView{Path: "/review/calls/live", Mark: web.Mark(p.lines()), Kind: "list"}
}

// liveBoard is what the schedulers' board shows.
func liveBoard(_ context.Context, r *web.Request) (web.Live, error) {
	if err := r.By.Must(account.ConfirmCalls); err != nil {
		return web.Live{}, err
	}
	by, only := r.By, boardOnly(r)
	return web.Live{Hears: peer.HearsBoard, Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		p := &boardPage{only: only, now: tx.Now()}
		if err := p.loadHands(ctx, tx, by); err != nil {
			return nil, err
		}
		calls, err := peer.Board(ctx, tx, by, only)
		return p.lines(calls), err
	}}, nil
}

func boardOnly(r *web.Request) peer.Only {
	return peer.Only{Program: plan.ProgramID(r.Query("program")), Plan: plan.ID(r.Query("plan"))}
}

// lines are what stands on the board. Each call is in one of them.
func (p *boardPage) lines(calls []peer.Posted) (all []string) {
	for _, c := range calls {
		line := c.Line()
		if c.Away {
			line += ".away"
		}
		if c.NeedsOutcome(p.now) {
			line += ".open"
		}
		all = append(all, line)
	}
	for _, c := range p.missed {
		all = append(all, c.Line())
	}
	for _, w := range p.wishes {
		all = append(all, w.Line())
	}
	for _, n := range p.notes {
		all = append(all, n.ID)
	}
	for _, m := range p.mails {
		all = append(all, "mail."+strconv.FormatInt(m.Queued.UnixNano(), 36)+" "+m.State)
	}
	return all
}

func (p *boardPage) live() ui.LiveView {
	path, query, found := strings.Cut(boardPath(p.only), "?")
	path += "/live"
	if found {
		path += "?" + query
	}
	return ui.LiveView{Path: path, Mark: p.mark, Kind: "board"}
}
