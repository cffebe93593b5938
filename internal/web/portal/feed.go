package portal

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/web"
	"parley/internal/words"
)

// feedPage shows a person the secret address of their calls.
type feedPage struct {
	address string // "" for none
	made    time.Time
	places  []peer.PlaceFeed
	back    string // where the page was opened from
	key     string
	loc     *time.Location
	now     time.Time
}

func askFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &feedPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), back: "/p2p"}
	if r.By.Can(account.HoldCalls) {
		p.back = "/review/calendar"
	}
	token, made, err := peer.FeedOf(ctx, r.Tx, r.Settings.Box, r.By)
	if token != "" {
		p.address, p.made = r.Settings.URL.JoinPath("calendar", token+".ics").String(), made
	}
	if err == nil {
		p.places, err = peer.PlaceFeeds(ctx, r.Tx, r.Settings.Box, r.By)
	}
	for i, f := range p.places {
		if f.Token != "" {
			p.places[i].Token = r.Settings.URL.JoinPath("calendar", f.Token+".ics").String()
		}
	}
	return web.Answer{Title: "Calls in your own calendar", Body: feedView(p)}, err
}

func newPlaceFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/calendar-feed"}, peer.NewPlaceFeed(ctx, r.Tx, r.Settings.Box, r.By, r.PathValue("place"))
}

func stopPlaceFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/calendar-feed"}, peer.StopPlaceFeed(ctx, r.Tx, r.By, r.PathValue("place"))
}

func newFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/calendar-feed"}, peer.NewFeed(ctx, r.Tx, r.Settings.Box, r.By)
}

func stopFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/calendar-feed"}, peer.StopFeed(ctx, r.Tx, r.By)
}

// readFeed answers a calendar program, which can't sign in: the address is
// what it knows.
func (p *Pages) readFeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	calls, in, err := peer.ReadFeed(ctx, r.Tx, strings.TrimSuffix(r.PathValue("token"), ".ics"))
	return web.Answer{File: &web.File{Name: "calls.ics", Type: "text/calendar; charset=utf-8", Body: p.Desk.Feed(calls, words.VoiceOf(ctx).In(in))}}, err
}

func (p *feedPage) since(t time.Time) words.Text { return civil.When(t, p.loc, p.now) }
