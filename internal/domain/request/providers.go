package request

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Named is what an office entered about providers, as it was typed.
type Named struct {
	Practitioner string          // id of one of the office's, "other", or "stated" for one in no directory
	NPI          string          // of another
	Stated       provider.Stated // one in no directory, where Practitioner is "stated"
	Location     string          // id of one of the office's locations
	Address      string          // key of one of the practitioner's addresses; "" takes the usual one
	Contact      order.Contact
	Once         bool   // the contact is for this request only
	Site         string // id of a site, "open" where it is not decided, or "other"
	SiteText     string // name and town of another
}

// SaveProviders keeps who orders, whom to ask and where it will be done, if
// all of it is right. A practitioner who is not on the office's list is taken
// from the national directory and remembered for the office's next requests.
func SaveProviders(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, n Named) (Request, error) {
	f := fault.Fields{}
	p := Providers{Contact: tidy(n.Contact), ContactOnce: n.Once}
	if err := p.location(ctx, tx, r, n, f); err != nil {
		return r, err
	}
	if err := p.practitioner(ctx, tx, by, r, n, f); err != nil {
		return r, err
	}
	if n.Practitioner == "stated" {
		n.Address = provider.StatedKey
	}
	if err := p.address(ctx, tx, r, n); err != nil {
		return r, err
	}
	if err := p.site(ctx, tx, r, n, f); err != nil {
		return r, err
	}
	checkContact(p, n.Contact, f)
	if err := f.Err(); err != nil {
		return r, err
	}
	if !n.Once {
		if err := keepContact(ctx, tx, by, r.OrganizationID, p.Contact); err != nil {
			return r, err
		}
	}
	return Save(ctx, tx, by, r, ProvidersPart, since, func(c *Content) { c.Providers = p })
}

// address is the one that was chosen of the practitioner's, as such or as the
// location that orders; else where they ordered last for this office, else their
// first.
func (p *Providers) address(ctx context.Context, tx *db.Tx, r Request, n Named) error {
	if p.PractitionerID == "" {
		return nil
	}
	all, err := provider.Addresses(ctx, tx, p.PractitionerID, r.OrganizationID)
	if err != nil || len(all) == 0 {
		return err
	}
	last, err := lastAddress(ctx, tx, r.OrganizationID, p.PractitionerID)
	if err != nil {
		return err
	}
	for _, k := range []string{n.Address, n.Location, last, all[0].Key} {
		if i := slices.IndexFunc(all, func(a provider.Address) bool { return a.Key == k }); k != "" && i >= 0 {
			p.AddressKey, p.Address = all[i].Key, all[i].Words()
			return nil
		}
	}
	return nil
}

func tidy(c order.Contact) order.Contact {
	return order.Contact{Name: strings.TrimSpace(c.Name), Phone: provider.TidyPhone(c.Phone), Extension: strings.TrimSpace(c.Extension),
		Fax: provider.TidyPhone(c.Fax), Email: strings.TrimSpace(c.Email), Notices: c.Notices}
}

func checkContact(p Providers, typed order.Contact, f fault.Fields) {
	c := p.Contact
	f.Check(c.Name != "", "contact_name", "Enter the name of the person to contact")
	f.Check(typed.Phone != "", "contact_phone", "Enter a phone number")
	f.Check(c.Phone != "", "contact_phone", "Phone number must be 10 digits")
	f.Check(len(c.Extension) <= 8 && c.Extension == order.Digits(c.Extension), "contact_extension", "Extension must be numbers only")
	_, err := mail.ParseAddress(c.Email)
	f.Check(c.Notices == "" || c.Notices == ByFax, "contact_notices", "Select how we send updates")
	f.Check(c.Notices != ByFax || typed.Fax != "", "contact_fax", "Enter a fax number")
	f.Check(typed.Fax == "" || c.Fax != "", "contact_fax", "Fax number must be 10 digits")
	f.Check(c.Notices == ByFax || c.Email != "", "contact_email", "Enter an email address")
	f.Check(c.Email == "" || err == nil, "contact_email", "Enter an email address in the correct format, like name@example.com")
}

func (p *Providers) location(ctx context.Context, tx *db.Tx, r Request, n Named, f fault.Fields) error {
	all, err := provider.Locations(ctx, tx, r.OrganizationID)
	if err != nil {
		return err
	}
	if len(all) == 1 {
		n.Location = all[0].ID
	} else if n.Location == "" {
		n.Location = n.Address // of the practitioner, at that location
	}
	i := slices.IndexFunc(all, func(l provider.Location) bool { return l.ID == n.Location })
	f.Check(i >= 0 || len(all) == 0, "location", "Select the office location")
	if i >= 0 {
		p.LocationID, p.Location = all[i].ID, all[i].Name
	}
	return nil
}

func (p *Providers) practitioner(ctx context.Context, tx *db.Tx, by account.Actor, r Request, n Named, f fault.Fields) error {
	if n.Practitioner == "stated" {
		return p.stated(ctx, tx, by, n.Stated, f)
	}
	if n.Practitioner != "other" {
		known, err := provider.Colleagues(ctx, tx, r.OrganizationID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(known, func(k provider.Practitioner) bool { return k.ID == n.Practitioner })
		f.Check(i >= 0, "practitioner", "Select the ordering provider")
		if i >= 0 {
			p.PractitionerID, p.Practitioner = known[i].ID, known[i].Name()
		}
		return nil
	}
	npi := order.Digits(n.NPI)
	switch {
	case npi == "":
		f.Check(false, "npi", "Enter the NPI")
	case len(npi) != 10:
		f.Check(false, "npi", "NPI must be 10 digits")
	case !provider.ValidNPI(npi):
		f.Check(false, "npi", "This NPI doesn’t pass its check digit. Check for a mistyped number")
	default:
		return p.byNPI(ctx, tx, by, npi, f)
	}
	return nil
}

func (p *Providers) byNPI(ctx context.Context, tx *db.Tx, by account.Actor, npi string, f fault.Fields) error {
	found, err := provider.AddColleague(ctx, tx, by, npi, p.LocationID)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		f.Check(false, "npi", fault.Of(err).Text)
		return nil
	}
	p.PractitionerID, p.Practitioner = found.ID, found.Name()
	return err
}

// stated enters a practitioner by hand. What is wrong elsewhere on the page
// undoes that with all else.
func (p *Providers) stated(ctx context.Context, tx *db.Tx, by account.Actor, s provider.Stated, f fault.Fields) error {
	s.NPI = order.Digits(s.NPI)
	found, err := provider.EnterColleague(ctx, tx, by, s, p.LocationID)
	if fault.Is(err, fault.Invalid) {
		for name, text := range fault.Of(err).Fields {
			f.Check(false, name, text)
		}
		return nil
	}
	p.PractitionerID, p.Practitioner = found.ID, found.Name()
	return err
}

func (p *Providers) site(ctx context.Context, tx *db.Tx, r Request, n Named, f fault.Fields) error {
	switch n.Site {
	case "":
		f.Check(false, "site", "Select where it will be done")
	case "open":
		p.SiteOpen = true
	case "other":
		p.Site = strings.TrimSpace(n.SiteText)
		f.Check(p.Site != "", "site_text", "Enter the name of the site and its town")
		f.Check(len([]rune(p.Site)) <= 120, "site_text", "Name and town must be 120 characters or less")
	default:
		o, err := account.GetOrganization(ctx, tx, n.Site)
		if fault.Is(err, fault.NotFound) || err == nil && o.Kind != "site" {
			f.Check(false, "site", "Select where it will be done")
			return nil
		}
		if err != nil {
			return err
		}
		known, err := StandingOf(ctx, tx, r, o.ID)
		p.SiteID, p.Site, p.Network = o.ID, o.Name, known.Standing
		return err
	}
	return nil
}

// Usual is what the office's last sent request said about providers and about
// whom to ask, for a first answer on the page; by's own name and address where
// there is none.
func Usual(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Providers, error) {
	usual := Providers{LocationID: r.Providers.LocationID, Contact: firstContact(r, by)}
	last, err := lastSent(ctx, tx, by, r.OrganizationID)
	if err != nil {
		return usual, err
	}
	if len(last) > 0 {
		said := last[0].Providers.Contact
		if last[0].Providers.ContactOnce || r.Taken != nil {
			said = usual.Contact
		}
		usual = last[0].Providers
		usual.Contact, usual.ContactOnce = said, false
	}
	if r.Taken != nil { // whoever calls today
		return usual, nil
	}
	c, err := usualContact(ctx, tx, by, r.OrganizationID)
	if c != nil {
		usual.Contact = *c
	}
	return usual, err
}

// RecentSites are where the office's last orders were to be done, by name, at
// most five.
func RecentSites(ctx context.Context, tx *db.Tx, r Request) ([]provider.Site, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `
		select site_id from (select site_id, max(received_at) as last from orders where organization_id = $1 and site_id is not null group by site_id) recent
		order by last desc, site_id limit 5`, r.OrganizationID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return provider.SitesByID(ctx, tx, ids)
}
