package access

import (
	"context"
	"fmt"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/notify"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// notices is what the page of a person's notices shows.
type notices struct {
	by        account.Actor
	wish      notify.Wish
	from, to  string // as typed
	errs      []ui.FieldError
	key, zone string
	saved     bool
}

func showNotices(ctx context.Context, r *web.Request) (web.Answer, error) {
	w, err := notify.WishOf(ctx, r.Tx, r.By)
	p := notices{by: r.By, wish: w, key: r.Key(), zone: r.By.Zone, saved: r.Query("saved") != ""}
	if w.QuietFrom != w.QuietTo {
		p.from, p.to = minute(w.QuietFrom), minute(w.QuietTo)
	}
	return p.answer(), err
}

func setNotices(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := notices{by: r.By, key: r.Key(), zone: r.By.Zone, from: r.Value("quiet_from"), to: r.Value("quiet_to")}
	p.wish = notify.Wish{Ways: map[notify.Event]string{}, Digest: r.Value("digest") == "yes"}
	for _, e := range notify.Events {
		if way := r.Value("way_" + string(e.ID)); way == notify.ByMail || way == notify.OnPage || way == notify.InDigest {
			p.wish.Ways[e.ID] = way
		}
	}
	err := p.readQuiet()
	if err == nil {
		err = notify.SetWish(ctx, r.Tx, r.By, p.wish)
	}
	if err == nil {
		return seeOther("/account/notices?saved=1")
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.errs = web.Errors(err, "quiet_from", "quiet_to")
	return p.answer(), err
}

// readQuiet reads the two times; both empty are no quiet hours at all.
func (p *notices) readQuiet() error {
	if p.from == "" && p.to == "" {
		return nil
	}
	f := fault.Fields{}
	from, ok := civil.ParseMinute(p.from)
	f.Check(ok, "quiet_from", "Enter when quiet hours begin, like 8:00 PM, or leave both empty")
	to, okTo := civil.ParseMinute(p.to)
	f.Check(okTo, "quiet_to", "Enter when quiet hours end, like 7:00 AM, or leave both empty")
	f.Check(!ok || !okTo || from != to, "quiet_to", "Enter another time than the one they begin at")
	p.wish.QuietFrom, p.wish.QuietTo = from, to
	return f.Err()
}

func (p notices) answer() web.Answer {
	return web.Answer{Title: "Notices", Body: noticesPage(p), Errors: p.errs, Crumbs: []ui.Link{{Text: "Account", Href: "/account"}, {Text: "Notices"}}}
}

// events are those that concern the reader's side of a message.
func (p notices) events() (groups []ui.Group) {
	for _, e := range notify.Events {
		if e.Side != message.SideOf(p.by) {
			continue
		}
		g := ui.Group{Name: "way_" + string(e.ID), Legend: words.Text(e.Words)}
		for _, o := range []struct {
			way  string
			said words.Text
		}{{notify.ByMail, "By mail"}, {notify.InDigest, "In the daily digest"}, {notify.OnPage, "In messages alone"}} {
			g.Options = append(g.Options, ui.Option{Value: o.way, Label: o.said, Checked: p.wish.Way(e.ID) == o.way})
		}
		groups = append(groups, g)
	}
	return groups
}

// zoneWords say in which zone hours are meant.
func (p notices) zoneWords() words.Text {
	name := p.zone
	if name == "" {
		name = civil.DefaultZone
	}
	for _, z := range civil.Zones {
		if z.Name == name {
			return z.Label
		}
	}
	return words.AsIs(name)
}

// minute is a minute of the day as a field of type time wants it.
func minute(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
