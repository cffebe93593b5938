package portal

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// numberPage is where an administrator confirms a phone or fax number.
type numberPage struct {
	*organizationPage
	n     provider.Number
	faxes bool // a test fax can be sent from here
	help  ui.HelpLine
}

func openNumber(ctx context.Context, r *web.Request) (*numberPage, error) {
	o, err := openOrganization(ctx, r, "/locations")
	if err != nil {
		return nil, err
	}
	p := &numberPage{organizationPage: o, faxes: r.Settings.Faxes, help: r.Settings.Support}
	p.n, err = provider.FindNumber(ctx, r.Tx, r.By, o.org.ID, r.PathValue("location"), r.PathValue("kind"))
	return p, err
}

func showNumber(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openNumber(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *numberPage) show() web.Answer {
	return p.answer("Confirm a number", web.Answer{Body: numberView(p)})
}

func (p *numberPage) own(rest string) string {
	return p.path("/locations/" + p.n.LocationID + "/numbers/" + p.n.Kind + rest)
}

func askNumber(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openNumber(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.n.Kind == provider.Fax && !p.faxes {
		return web.Answer{}, fault.New(fault.Conflict, "This installation sends no faxes.")
	}
	if err = provider.Ask(ctx, r.Tx, r.By, p.n); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.own("?done=asked-" + p.n.Kind)}, err
}

func proveNumber(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openNumber(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = provider.Prove(ctx, r.Tx, r.By, p.n, r.Value("code")); amiss(err) {
		p.wrong(err, "code")
		a := p.show()
		a.Keep = true // the try counts
		return a, err
	}
	return web.Answer{SeeOther: p.path("/locations?done=proven")}, err
}

func stillNumber(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openNumber(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = provider.Still(ctx, r.Tx, r.By, p.n); amiss(err) {
		p.wrong(err)
		return p.show(), err
	}
	return web.Answer{SeeOther: p.path("/locations?done=still")}, err
}

// numberWords are a kind of number as people read it.
func numberWords(kind string) words.Text {
	if kind == provider.Fax {
		return "fax number"
	}
	return "phone number"
}

// state is how sure a number is.
func (p *organizationPage) state(n provider.Number) words.Text {
	switch said := n.Said(); {
	case n.Confirmed(p.now):
		return words.Say("Confirmed %s", civil.MediumDate(civil.DateIn(*said, p.loc)))
	case said != nil:
		return words.Say("Confirmed more than a year ago, %s", civil.MediumDate(civil.DateIn(*said, p.loc)))
	case n.Waits(p.now):
		return "Waits for the code"
	}
	return "Not confirmed"
}

func (p *organizationPage) stateTag(n provider.Number) ui.TagKind {
	if n.Confirmed(p.now) {
		return ui.TagSuccess
	}
	return ui.TagWarning
}
