package portal

import (
	"context"
	"net/url"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// liveTimes is what the page of free times shows: a line for each time that
// its filters let through.
func liveTimes(ctx context.Context, r *web.Request) (web.Live, error) {
	c, err := findCallPage(ctx, r)
	if err != nil {
		return web.Live{}, err
	}
	p, err := c.times(ctx, r)
	if err != nil || p.moving == nil && !p.standing.Bookable() {
		return web.Live{Picture: func(context.Context, *db.Tx) ([]string, error) { return nil, nil }, Hears: func(string) bool { return false }}, err
	}
	watch, shown := p.offer.Watch(), p.narrowing()
	return web.Live{Hears: peer.HearsTimes, Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		slots, err := watch.Slots(ctx, tx)
		return slotLines(shown.of(slots)), err
	}}, nil
}

func slotLines(slots []peer.Slot) []string {
	all := make([]string, len(slots))
	for i, s := range slots {
		all[i] = s.Key()
	}
	return all
}

// live is where the page hears of changes.
func (p *timePage) live() ui.LiveView {
	path := p.narrowed(p.part, p.same, false)
	if u, err := url.Parse(path); err == nil {
		u.Path += "/live"
		path = u.String()
	}
	return ui.LiveView{Path: path, Mark: web.Mark(slotLines(p.shown())), Kind: "times"}
}

// liveCalls is what an office's list of calls shows.
func liveCalls(_ context.Context, r *web.Request) (web.Live, error) {
	if err := r.By.Must(account.ReadOrders); err != nil {
		return web.Live{}, err
	}
	by, tab := r.By, callsTab(r)
	return web.Live{Hears: peer.HearsList(by), Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		all, err := peer.List(ctx, tx, by, tab)
		return callLines(all), err
	}}, nil
}

func callLines(calls []peer.Listed) []string {
	all := make([]string, len(calls))
	for i, c := range calls {
		all[i] = c.Line()
	}
	return all
}

func (p *callsPage) live() ui.LiveView {
	return ui.LiveView{Path: "/p2p/live?show=" + p.tab, Mark: web.Mark(callLines(p.calls)), Kind: "list"}
}
