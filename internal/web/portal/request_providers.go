package portal

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// providersPage asks who orders, whom to ask, and where it will be done.
type providersPage struct {
	*requestPage
	named      request.Named
	colleagues []provider.Practitioner
	locations  []provider.Location
	sites      []request.SiteChoice
	out        *request.SiteChoice // the chosen site, if it is out of network and nobody has said to keep it
	nearest    *request.SiteChoice // in network; nil if none is known
	form       url.Values          // as it was sent
	search     string              // for a site
	searched   bool
}

func openProviders(ctx context.Context, r *web.Request) (*providersPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &providersPage{requestPage: q}
	if p.colleagues, err = provider.Colleagues(ctx, r.Tx, q.OrganizationID); err != nil {
		return nil, err
	}
	if p.locations, err = provider.Locations(ctx, r.Tx, q.OrganizationID); err != nil {
		return nil, err
	}
	recent, err := request.RecentSites(ctx, r.Tx, q.Request)
	if err != nil {
		return nil, err
	}
	p.sites, err = request.Weighed(ctx, r.Tx, q.Request, recent)
	return p, err
}

func askProviders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProviders(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	if locked, err := p.enter(ctx, r, request.ProvidersPart, "providers", p.Changed[request.ProvidersPart].At); err != nil || locked != nil {
		return answered(locked), err
	}
	if p.kept != nil {
		p.named = readNamed(r)
		return p.show(ctx, r, nil)
	}
	was := p.Providers
	if !p.Begun(request.ProvidersPart) {
		if was, err = request.Usual(ctx, r.Tx, r.By, p.Request); err != nil {
			return web.Answer{}, err
		}
	}
	p.named = namedOf(was)
	if p.named.Practitioner == "" && len(p.colleagues) == 1 {
		p.named.Practitioner = p.colleagues[0].ID
	}
	if p.named.Contact.Phone == "" {
		p.named.Contact.Phone = p.phoneOf(p.named.Location)
	}
	return p.show(ctx, r, nil)
}

func namedOf(p request.Providers) request.Named {
	n := request.Named{Practitioner: p.PractitionerID, Location: p.LocationID, Contact: p.Contact, Site: p.SiteID}
	switch {
	case p.SiteOpen:
		n.Site = "open"
	case p.SiteID == "" && p.Site != "":
		n.Site, n.SiteText = "other", p.Site
	}
	return n
}

func (p *providersPage) phoneOf(location string) string {
	for _, l := range p.locations {
		if l.ID == location || len(p.locations) == 1 {
			return l.Phone
		}
	}
	return ""
}

// show answers with the page. The chosen site is among those to choose from,
// and so are those that a search found.
func (p *providersPage) show(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	if p.search != "" {
		found, findErr := request.FindSites(ctx, r.Tx, p.Request, p.search, mostFound)
		if findErr != nil {
			return web.Answer{}, findErr
		}
		p.searched, p.sites = true, found
	}
	if id := p.named.Site; id != "" && id != "open" && id != "other" && !slices.ContainsFunc(p.sites, func(s request.SiteChoice) bool { return s.ID == id }) {
		chosen, findErr := request.StandingOf(ctx, r.Tx, p.Request, id)
		if findErr != nil {
			return web.Answer{}, findErr
		}
		if chosen.ID != "" {
			p.sites = append([]request.SiteChoice{chosen}, p.sites...)
		}
	}
	return p.ask("Providers", web.Answer{Body: providersView(p)}), err
}

func saveProviders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProviders(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	p.named = readNamed(r)
	if r.Value("change") == "find-site" {
		p.search = r.Value("site_search")
		return p.show(ctx, r, nil)
	}
	if err := p.checkNetwork(ctx, r); err != nil {
		return web.Answer{}, err
	}
	if p.out != nil {
		p.form = r.Form
		return p.ask("Out of network", web.Answer{Body: outOfNetworkView(p)}), nil
	}
	saved, err := request.SaveProviders(ctx, r.Tx, r.By, p.Request, p.since, p.named)
	if err == nil {
		return web.Answer{SeeOther: p.after(r, saved)}, nil
	}
	if !p.refused(err, "location", "practitioner", "npi", "contact_name", "contact_phone", "contact_extension", "contact_email", "site", "site_text") {
		return web.Answer{}, err
	}
	return p.show(ctx, r, err)
}

// checkNetwork stops at a site that is out of network, until the reader says to
// keep it or to use another.
func (p *providersPage) checkNetwork(ctx context.Context, r *web.Request) error {
	switch instead := r.Value("instead"); {
	case instead == "keep" || p.named.Site == "" || p.named.Site == "open" || p.named.Site == "other":
		return nil
	case instead != "":
		p.named.Site = instead
		return nil
	}
	chosen, err := request.StandingOf(ctx, r.Tx, p.Request, p.named.Site)
	if err != nil || chosen.Standing != plan.OutOfNetwork || chosen.ID == p.Providers.SiteID && p.Providers.Network == plan.OutOfNetwork {
		return err // it was kept before
	}
	p.out = &chosen
	p.nearest, err = request.NearestInNetwork(ctx, r.Tx, p.Request)
	return err
}

// siteHint is where a site is, how far, and whether it is in network.
func siteHint(s request.SiteChoice) string {
	all := []string{s.Place()}
	if s.Miles >= 0 {
		all = append(all, provider.MilesWords(s.Miles)+" from your office")
	}
	if s.Standing != plan.NotKnown {
		all = append(all, string(s.Standing))
	}
	return strings.Join(slices.DeleteFunc(all, func(t string) bool { return t == "" }), " · ")
}

func readNamed(r *web.Request) request.Named {
	return request.Named{Practitioner: r.Value("practitioner"), NPI: r.Value("npi"), Location: r.Value("location"), Site: r.Value("site"), SiteText: r.Value("site_text"),
		Contact: order.Contact{Name: r.Value("contact_name"), Phone: r.Value("contact_phone"), Extension: r.Value("contact_extension"), Email: r.Value("contact_email")}}
}

func (p *providersPage) practitioners() ui.Group {
	g := ui.Group{Name: "practitioner", Legend: "Who is ordering?", Error: p.faults["practitioner"]}
	for _, one := range p.colleagues {
		g.Options = append(g.Options, ui.Option{Value: one.ID, Label: one.Name(), Hint: one.Specialty, Checked: one.ID == p.named.Practitioner})
	}
	g.Options = append(g.Options, ui.Option{Value: "other", Label: "Someone else", Hint: "We’ll add them to your list", Checked: p.named.Practitioner == "other", Reveal: npiField(p)})
	return g
}

func (p *providersPage) locationChoice() ui.Group {
	g := ui.Group{Name: "location", Legend: "Which of your locations?", Error: p.faults["location"]}
	for _, l := range p.locations {
		g.Options = append(g.Options, ui.Option{Value: l.ID, Label: l.Name, Hint: l.Line + ", " + l.City, Checked: l.ID == p.named.Location})
	}
	return g
}

func (p *providersPage) siteChoice() ui.Group {
	g := ui.Group{Name: "site", Legend: "Where will it be done?", Error: p.faults["site"]}
	for _, s := range p.sites {
		g.Options = append(g.Options, ui.Option{Value: s.ID, Label: s.Name, Hint: siteHint(s), Checked: s.ID == p.named.Site})
	}
	g.Options = append(g.Options,
		ui.Option{Value: "other", Label: "A site that isn’t listed", Checked: p.named.Site == "other", Reveal: siteField(p)},
		ui.Option{Value: "open", Label: "Not decided yet", Checked: p.named.Site == "open"})
	return g
}
