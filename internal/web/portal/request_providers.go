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
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// providersPage asks who orders, whom to ask, and where it will be done.
type providersPage struct {
	*requestPage
	named      request.Named
	colleagues []provider.Practitioner
	locations  []provider.Location
	addresses  []provider.Address // of the chosen practitioner
	faxes      bool               // notices can go by fax
	sites      []request.SiteChoice
	out        *request.SiteChoice // the chosen site, if it is out of network and nobody has said to keep it
	nearest    *request.SiteChoice // in network; nil if none is known
	form       url.Values          // as it was sent
	search     string              // for a site
	searched   bool
	missed     bool // the search found none
}

func openProviders(ctx context.Context, r *web.Request) (*providersPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &providersPage{requestPage: q, faxes: r.Settings.Faxes}
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
	n := request.Named{Practitioner: p.PractitionerID, Location: p.LocationID, Address: p.AddressKey, Contact: p.Contact, Once: p.ContactOnce, Site: p.SiteID}
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
	if id := p.named.Practitioner; id != "" && id != "other" && id != "stated" {
		known, findErr := provider.Addresses(ctx, r.Tx, id, p.OrganizationID)
		if findErr != nil && !fault.Is(findErr, fault.NotFound) {
			return web.Answer{}, findErr
		}
		p.addresses = known
		if at := func(a provider.Address) bool { return a.Key == p.named.Location }; p.named.Address == "" && slices.ContainsFunc(known, at) {
			p.named.Address = p.named.Location
		}
	}
	favorites, findErr := request.FavoriteSites(ctx, r.Tx, p.Request)
	if findErr != nil {
		return web.Answer{}, findErr
	}
	p.sites = favorites
	if p.search != "" {
		found, findErr := request.FindSites(ctx, r.Tx, p.Request, p.search, mostFound)
		if findErr != nil {
			return web.Answer{}, findErr
		}
		p.searched, p.missed, p.sites = true, len(found) == 0, found
		for _, f := range favorites {
			if !slices.ContainsFunc(found, func(s request.SiteChoice) bool { return s.ID == f.ID }) {
				p.sites = append(p.sites, f)
			}
		}
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
	if !p.refused(err, "location", "practitioner", "npi", "contact_name", "contact_phone", "contact_extension", "contact_notices", "contact_email", "contact_fax", "site", "site_text",
		"stated_npi", "stated_first", "stated_last", "stated_credential", "stated_specialty", "stated_line", "stated_city", "stated_state", "stated_zip", "stated_phone", "stated_fax") {
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
func siteHint(s request.SiteChoice) words.Text {
	all := []words.Text{words.AsIs(s.Place())}
	if s.Miles >= 0 {
		all = append(all, words.Say("%s from your office", words.Text(provider.MilesWords(s.Miles))))
	}
	if s.Standing != plan.NotKnown {
		all = append(all, words.Text(s.Standing))
	}
	return words.Join(all, " · ")
}

func readNamed(r *web.Request) request.Named {
	notices := ""
	if r.Settings.Faxes {
		notices = strings.TrimPrefix(r.Value("contact_notices"), "mail")
	}
	email, fax := r.Value("contact_email"), r.Value("contact_fax")
	if notices == request.ByFax { // what belongs to the other choice is not shown
		email = ""
	} else {
		fax = ""
	}
	return request.Named{Practitioner: r.Value("practitioner"), Address: r.Value("address"), Once: r.Value("contact_for") == "once", NPI: r.Value("npi"), Location: r.Value("location"), Site: r.Value("site"), SiteText: r.Value("site_text"), Stated: readStated(r),
		Contact: order.Contact{Name: r.Value("contact_name"), Phone: r.Value("contact_phone"), Extension: r.Value("contact_extension"), Fax: fax, Email: email, Notices: notices}}
}

func readStated(r *web.Request) provider.Stated {
	v := func(name string) string { return r.Value("stated_" + name) }
	return provider.Stated{
		Practitioner: provider.Practitioner{NPI: v("npi"), First: v("first"), Last: v("last"), Credential: v("credential"), Specialty: v("specialty")},
		Address:      provider.Address{Line: v("line"), City: v("city"), State: v("state"), ZIP: v("zip"), Phone: v("phone"), Fax: v("fax")},
	}
}

// addressChoice is among several addresses of the chosen practitioner.
func (p *providersPage) addressChoice() ui.Group {
	g := ui.Group{Name: "address", Legend: "At which address?"}
	for _, a := range p.addresses {
		var hint []words.Text
		if a.Phone != "" {
			hint = append(hint, words.Say("Phone %s", a.Phone))
		}
		if a.Fax != "" {
			hint = append(hint, words.Say("fax %s", a.Fax))
		}
		g.Options = append(g.Options, ui.Option{Value: a.Key, Label: words.Text(a.Words()), Hint: words.Join(hint, ", "), Checked: a.Key == p.named.Address})
	}
	return g
}

// asksLocation reports whether the office has several locations, and the
// practitioner's address doesn't say which of them orders.
func (p *providersPage) asksLocation() bool {
	return len(p.locations) > 1 && (len(p.addresses) < 2 || p.faults["location"] != "" || !slices.ContainsFunc(p.locations, func(l provider.Location) bool { return l.ID == p.named.Address }))
}

// noticeChoice is how the contact hears of the order.
func (p *providersPage) noticeChoice() ui.Group {
	return ui.Group{Name: "contact_notices", Legend: "How should we send updates?", Error: p.faults["contact_notices"], Options: []ui.Option{
		{Value: "mail", Label: "Email", Hint: "And on this site", Checked: p.named.Contact.Notices != request.ByFax, Reveal: emailField(p)},
		{Value: request.ByFax, Label: "Fax", Hint: "And on this site. A fax names no patient", Checked: p.named.Contact.Notices == request.ByFax, Reveal: faxField(p)},
	}}
}

// contactChoice is for how long the contact holds.
func (p *providersPage) contactChoice() ui.Group {
	return ui.Group{Name: "contact_for", Legend: "Use this contact for", Small: true, Options: []ui.Option{
		{Value: "always", Label: "This and my next requests", Checked: !p.named.Once}, {Value: "once", Label: "This request only", Checked: p.named.Once},
	}}
}

func (p *providersPage) practitioners() ui.Group {
	g := ui.Group{Name: "practitioner", Legend: "Who is ordering?", Error: p.faults["practitioner"]}
	for _, one := range p.colleagues {
		g.Options = append(g.Options, ui.Option{Value: one.ID, Label: words.AsIs(one.Name()), Hint: words.AsIs(one.Specialty), Checked: one.ID == p.named.Practitioner})
	}
	g.Options = append(g.Options, ui.Option{Value: "other", Label: "Someone else", Hint: "We’ll add them to your list", Checked: p.named.Practitioner == "other", Reveal: npiField(p)},
		ui.Option{Value: "stated", Label: "Someone the national directory doesn’t have", Hint: "We’ll check this before we decide", Checked: p.named.Practitioner == "stated", Reveal: statedFields(p)})
	return g
}

func (p *providersPage) locationChoice() ui.Group {
	g := ui.Group{Name: "location", Legend: "Which of your locations?", Error: p.faults["location"]}
	for _, l := range p.locations {
		g.Options = append(g.Options, ui.Option{Value: l.ID, Label: words.AsIs(l.Name), Hint: words.Say("%s, %s", l.Line, l.City), Checked: l.ID == p.named.Location})
	}
	return g
}

func (p *providersPage) siteChoice() ui.Group {
	g := ui.Group{Name: "site", Legend: "Where will it be done?", Error: p.faults["site"]}
	for _, s := range p.sites {
		g.Options = append(g.Options, ui.Option{Value: s.ID, Label: words.AsIs(s.Name), Hint: siteHint(s), Checked: s.ID == p.named.Site})
	}
	g.Options = append(g.Options,
		ui.Option{Value: "other", Label: "A site that isn’t listed", Checked: p.named.Site == "other", Reveal: siteField(p)},
		ui.Option{Value: "open", Label: "Not decided yet", Checked: p.named.Site == "open"})
	return g
}
