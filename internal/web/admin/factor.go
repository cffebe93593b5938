package admin

import (
	"context"
	"fmt"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// factorPage is who still signs in with codes by mail, and by when they move.
type factorPage struct {
	waves    []account.FactorWave
	left     map[string][]account.Person // of those that run, who has not moved
	on       []account.Organization      // whose people use codes by mail
	chosen   []string
	when     string
	day      string
	faults   map[string]words.Text
	errors   []ui.FieldError
	key, say string
	loc      *time.Location
	now      time.Time
}

var factorDone = map[string]string{
	"started": "It has started. Everybody who has to move gets a mail.",
	"stopped": "It is stopped. Codes by mail stay.",
}

func factors(ctx context.Context, r *web.Request) (p *factorPage, err error) {
	p = &factorPage{key: r.Key(), say: factorDone[r.Query("done")], when: "grace", loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	if p.waves, err = account.FactorWaves(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	p.left = map[string][]account.Person{}
	for _, w := range p.waves {
		if !w.Open() {
			continue
		}
		if p.left[w.ID], err = account.NotMoved(ctx, r.Tx, w.OrganizationID); err != nil {
			return nil, err
		}
	}
	on, err := account.OnMailedCodes(ctx, r.Tx, r.By)
	for _, o := range on {
		if !p.moves(o.ID) {
			p.on = append(p.on, o)
		}
	}
	return p, err
}

func (p *factorPage) moves(organizationID string) bool {
	for _, w := range p.waves {
		if w.Open() && w.OrganizationID == organizationID {
			return true
		}
	}
	return false
}

func (p *factorPage) answer() web.Answer {
	return web.Answer{Title: "Codes by mail", Body: factorView(p), Errors: p.errors, Crumbs: crumbs("Codes by mail")}
}

func showFactors(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := factors(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func startFactorWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := factors(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen, p.when, p.day = r.Form["organizations"], r.Value("when"), r.Value("day")
	var day civil.Date
	if p.when == "day" {
		if day, err = civil.ParseDate(p.day); err != nil {
			return p.wrong(fault.Fields{"day": "Enter the last day"}.Err())
		}
	}
	if err := account.StartFactorWave(ctx, r.Tx, r.By, p.chosen, day, p.loc); err != nil {
		return p.wrong(err)
	}
	return web.Answer{SeeOther: "/admin/codes?done=started"}, nil
}

func (p *factorPage) wrong(err error) (web.Answer, error) {
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "organizations", "day")
	return p.answer(), err
}

func stopFactorWave(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/codes?done=stopped"}, account.StopFactorWave(ctx, r.Tx, r.By, r.PathValue("wave"))
}

func (p *factorPage) organizations() ui.Group {
	g := ui.Group{Name: "organizations", Legend: "Whose people move?", Error: p.faults["organizations"]}
	for _, o := range p.on {
		option := ui.Option{Value: o.ID, Label: words.AsIs(o.Name)}
		for _, id := range p.chosen {
			option.Checked = option.Checked || id == o.ID
		}
		g.Options = append(g.Options, option)
	}
	return g
}

func (p *factorPage) times() ui.Group {
	return ui.Group{Name: "when", Legend: "By when?", Options: []ui.Option{
		{Value: "grace", Label: "Within 30 days", Checked: p.when != "day"},
		{Value: "day", Label: "By a day that is the same for all", Checked: p.when == "day", Reveal: lastDay(p)},
	}}
}

func (p *factorPage) progress(w account.FactorWave) string {
	return fmt.Sprintf("%d of %d people have moved", w.Moved, w.People)
}

func (p *factorPage) state(w account.FactorWave) string {
	switch {
	case w.EndedAt != nil:
		return "Ended " + civil.NearWithin(*w.EndedAt, p.loc, p.now).String() + ". Who has not moved does at the next sign-in"
	case w.StoppedAt != nil:
		return "Stopped " + civil.NearWithin(*w.StoppedAt, p.loc, p.now).String() + ". Codes by mail stay"
	}
	return "Codes by mail end " + civil.NearWithin(w.EndsAt, p.loc, p.now).String()
}
