package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// clocksPage tries out rule packs: what would be due when, and why; and what if
// a draft were live.
type clocksPage struct {
	draft                                *deadline.Pack // nil for none
	then                                 *deadline.Clock
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
	if err := p.tryDraft(ctx, r); err != nil {
		return web.Answer{}, err
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
	return web.Answer{Title: "Clocks", Body: clocksView(p), Errors: p.errors, Wide: p.draft != nil}
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
	hold, would := p.holding(p.packs, day), []*deadline.Pack(nil)
	if p.draft != nil {
		would = p.holding(deadline.With(p.packs, p.draft), day)
	}
	f.Check(len(hold)+len(would) > 0, "pack", "Choose at least one rule pack that holds on that day")
	if err := f.Err(); err != nil {
		return err
	}
	p.clock, p.then = reckoned(hold, facts), reckoned(would, facts)
	if p.clock == nil && p.then == nil {
		return fault.Fields{"pack": "None of these says by when such a request is decided"}.Err()
	}
	return nil
}

// holding are the versions of the packs chosen that hold on a day.
func (p *clocksPage) holding(all []*deadline.Pack, day civil.Date) (hold []*deadline.Pack) {
	for _, id := range p.chosen {
		if pack := deadline.Current(all, id, day); pack != nil {
			hold = append(hold, pack)
		}
	}
	return hold
}

// reckoned is what packs make of facts; nil where they say nothing.
func reckoned(packs []*deadline.Pack, facts deadline.Facts) *deadline.Clock {
	k, err := deadline.Reckon(packs, facts, facts.Received)
	if err != nil {
		return nil
	}
	return &k
}

// tryDraft finds the draft that is tried beside what is live, if one is asked
// for.
func (p *clocksPage) tryDraft(ctx context.Context, r *web.Request) error {
	id := r.Query("draft")
	if id == "" {
		return nil
	}
	all, err := config.Versions(ctx, r.Tx, r.By, config.PackSubject(id))
	for _, v := range all {
		if v.Open() {
			p.draft, _ = config.PackOf(v.Doc)
		}
	}
	if err == nil && p.draft == nil {
		err = fault.New(fault.NotFound, "We can’t find that.")
	}
	return err
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
		if pack.Back() {
			continue
		}
		o := ui.Option{Value: pack.ID, Label: pack.Name, Hint: words.AsIs(pack.Source), Checked: slices.Contains(p.chosen, pack.ID)}
		if n := len(g.Options); n > 0 && g.Options[n-1].Value == pack.ID {
			g.Options[n-1] = o
			continue
		}
		g.Options = append(g.Options, o)
	}
	if p.draft != nil && !slices.ContainsFunc(g.Options, func(o ui.Option) bool { return o.Value == p.draft.ID }) {
		g.Options = append(g.Options, ui.Option{Value: p.draft.ID, Label: p.draft.Name, Hint: words.AsIs(p.draft.Source), Checked: slices.Contains(p.chosen, p.draft.ID)})
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

// difference says what the draft does to the due time.
func (p *clocksPage) difference() string {
	switch {
	case p.clock == nil:
		return "Now no rule says by when; the draft does."
	case p.then == nil:
		return "By the draft no rule says by when any more."
	case p.then.Due.Equal(p.clock.Due):
		return "Due at the same time."
	case p.then.Due.Before(p.clock.Due):
		return "By the draft it is due earlier: " + p.due(p.then) + ", now " + p.due(p.clock) + "."
	}
	return "By the draft it is due later: " + p.due(p.then) + ", now " + p.due(p.clock) + "."
}

func (p *clocksPage) due(k *deadline.Clock) string {
	return civil.Deadline(k.Due, p.loc, k.Started).String()
}
