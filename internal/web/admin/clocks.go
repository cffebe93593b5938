package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// clocksPage tries out rule packs: what would be due when, and why.
type clocksPage struct {
	packs                                []*deadline.Pack
	chosen                               []string
	received, kind, channel, state, zone string
	asked, answered                      string
	clock                                *deadline.Clock
	loc                                  *time.Location
	faults                               map[string]words.Text
	errors                               []ui.FieldError
}

func tryClocks(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	all, err := deadline.Packs(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	p := &clocksPage{packs: all, chosen: r.URL.Query()["pack"], received: r.Query("received"), kind: r.Query("kind"), channel: r.Query("channel"),
		state: strings.ToUpper(strings.TrimSpace(r.Query("state"))), zone: r.Query("zone"), asked: r.Query("asked"), answered: r.Query("answered"), faults: map[string]words.Text{}}
	if p.zone == "" {
		p.zone = civil.DefaultZone
	}
	if p.loc, err = civil.Zone(p.zone); err != nil {
		return web.Answer{}, fault.New(fault.Invalid, "Choose a time zone")
	}
	if p.received == "" {
		p.received, p.kind, p.channel = wall(r.Tx.Now(), p.loc), string(deadline.Standard), "electronic"
		return p.answer(), nil
	}
	if err = p.reckon(); err == nil {
		return p.answer(), nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "pack", "received", "asked", "answered")
	return p.answer(), err
}

func (p *clocksPage) answer() web.Answer {
	return web.Answer{Title: "Clocks", Body: clocksView(p), Errors: p.errors}
}

// wall is an instant as a field for a date and a time holds it.
func wall(t time.Time, loc *time.Location) string { return t.In(loc).Format("2006-01-02T15:04") }

// reckon works out what was asked, or says at the fields what can't be read.
func (p *clocksPage) reckon() error {
	f := fault.Fields{}
	facts := deadline.Facts{Kind: deadline.Kind(p.kind), Electronic: p.channel != "other", State: p.state, Hours: civil.Hours{Open: 8 * 60, Close: 18 * 60}}
	facts.Received = p.instant(f, "received", p.received)
	day := civil.DateIn(facts.Received, p.loc)
	facts.Calendar = civil.Calendar{Zone: p.loc, Holidays: civil.FederalHolidays()}
	if p.asked != "" {
		at := p.instant(f, "asked", p.asked)
		facts.Events = append(facts.Events, deadline.Event{Kind: deadline.Asked, At: at, Until: at.Add(45 * 24 * time.Hour)})
		if p.answered != "" {
			facts.Events = append(facts.Events, deadline.Event{Kind: deadline.Answered, At: p.instant(f, "answered", p.answered)})
			f.Check(f["answered"] != "" || facts.Events[1].At.After(at), "answered", "The answer must come after the question")
		}
	}
	var hold []*deadline.Pack
	for _, id := range p.chosen {
		if pack := deadline.Current(p.packs, id, day); pack != nil {
			hold = append(hold, pack)
		}
	}
	f.Check(len(hold) > 0, "pack", "Choose at least one rule pack that holds on that day")
	if err := f.Err(); err != nil {
		return err
	}
	k, err := deadline.Reckon(hold, facts, facts.Received)
	if err != nil {
		return fault.Fields{"pack": "None of these says by when such a request is decided"}.Err()
	}
	p.clock = &k
	return nil
}

func (p *clocksPage) instant(f fault.Fields, name, text string) time.Time {
	t, err := time.Parse("2006-01-02T15:04", text)
	f.Check(err == nil, name, "Enter a date and a time, like 2026-11-24T14:30")
	return civil.Start(civil.DateIn(t, time.UTC), t.Hour()*60+t.Minute(), p.loc)
}

// offered are the packs' ids with the name of the newest version.
func (p *clocksPage) offered() ui.Group {
	g := ui.Group{Name: "pack", Legend: "Rules that hold", Error: p.faults["pack"]}
	for _, pack := range p.packs {
		o := ui.Option{Value: pack.ID, Label: pack.Name, Hint: words.AsIs(pack.Source), Checked: slices.Contains(p.chosen, pack.ID)}
		if n := len(g.Options); n > 0 && g.Options[n-1].Value == pack.ID {
			g.Options[n-1] = o
			continue
		}
		g.Options = append(g.Options, o)
	}
	return g
}

func (p *clocksPage) kinds() (all []ui.Option) {
	for _, k := range deadline.Kinds {
		all = append(all, ui.Option{Value: string(k), Label: words.AsIs(strings.ToUpper(k.Words()[:1]) + k.Words()[1:]), Checked: p.kind == string(k)})
	}
	return all
}

func (p *clocksPage) zones() (all []ui.Option) {
	for _, z := range civil.Zones {
		all = append(all, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == p.zone})
	}
	return all
}
