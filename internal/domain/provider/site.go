package provider

import (
	"context"
	"strings"

	"parley/internal/infra/db"
)

// A Site is where care is given: a rendering site with its first location.
type Site struct {
	ID, Name, NPI          string
	Line, City, State, ZIP string
}

// Place is where a site is, as people read it.
func (s Site) Place() string { return strings.Trim(s.Line+", "+s.City+", "+s.State+" "+s.ZIP, ", ") }

const (
	placeSelect = `
		select o.id, o.name, o.npi, coalesce(l.line, ''), coalesce(l.city, ''), coalesce(l.state, ''), coalesce(l.zip, '')
		from organization o left join location l on l.id = (select min(id) from location where organization_id = o.id) `
	siteSelect = placeSelect + `where o.kind = 'site'`
)

func scanSite(r db.Row) (s Site, err error) {
	return s, r.Scan(&s.ID, &s.Name, &s.NPI, &s.Line, &s.City, &s.State, &s.ZIP)
}

// FindSites returns the sites that text could mean, by name, at most n: it is
// an NPI or a tax ID, the beginning of a ZIP code, of a town, or of a word of
// the name.
func FindSites(ctx context.Context, tx *db.Tx, text string, n int) ([]Site, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, nil
	}
	begins := beginning(text)
	return db.All(ctx, tx, scanSite, siteSelect+`
		and (o.npi = $1 or o.tin = $1 or l.zip like $2 escape '\' or lower(l.city) like $2 escape '\' or lower(o.name) like $2 escape '\' or lower(o.name) like $3 escape '\')
		order by o.name, o.id limit $4`, text, begins, "% "+begins, n)
}

// SitesByID returns sites by name.
func SitesByID(ctx context.Context, tx *db.Tx, ids []string) ([]Site, error) {
	list, args := db.In(1, ids)
	return db.All(ctx, tx, scanSite, siteSelect+` and o.id in `+list+` order by o.name, o.id`, args...)
}
