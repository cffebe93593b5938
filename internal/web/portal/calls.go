package portal

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/web"
	"parley/internal/words"
)

// callsPage lists an office's calls.
type callsPage struct {
	tab   string
	calls []peer.Listed
	loc   *time.Location
	now   time.Time
}

func listCalls(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &callsPage{tab: callsTab(r), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.calls, err = peer.List(ctx, r.Tx, r.By, p.tab)
	return web.Answer{Title: "Peer-to-peer calls", Body: callsView(p)}, err
}

func callsTab(r *web.Request) string {
	if tab := r.Query("show"); tab == "requested" || tab == "past" {
		return tab
	}
	return "upcoming"
}

type callDay struct {
	heading words.Text
	calls   []peer.Listed
}

// days groups the calls by the reader's day.
func (p *callsPage) days() []callDay {
	var all []callDay
	for _, c := range p.calls {
		heading := words.Text("No time yet")
		if !c.StartsAt.IsZero() {
			heading = civil.LongDate(civil.DateIn(c.StartsAt, p.loc))
		}
		if n := len(all); n > 0 && all[n-1].heading == heading {
			all[n-1].calls = append(all[n-1].calls, c)
			continue
		}
		all = append(all, callDay{heading, []peer.Listed{c}})
	}
	return all
}
