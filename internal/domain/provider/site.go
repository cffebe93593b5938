package provider

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"parley/internal/infra/db"
)

// A Site is where care is given: a rendering site with its first location.
type Site struct {
	ID, Name, NPI          string
	Line, City, State, ZIP string
	At                     *Point // nil if not known
}

// Place is where a site is, as people read it.
func (s Site) Place() string { return strings.Trim(s.Line+", "+s.City+", "+s.State+" "+s.ZIP, ", ") }

const (
	placeSelect = `
		select o.id, o.name, o.npi, coalesce(l.line, ''), coalesce(l.city, ''), coalesce(l.state, ''), coalesce(l.zip, ''), l.latitude, l.longitude
		from organization o left join location l on l.id = (select min(id) from location where organization_id = o.id and retired_at is null) `
	siteSelect = placeSelect + `where o.kind = 'site'`
	// knownBefore finds an organization by the NPI or tax ID ($1) or the name
	// ($2, $3) of a record that became part of it.
	knownBefore = `o.id in (select a.organization_id from organization_alias a
		where a.npi = $1 or a.tin = $1 or lower(a.name) like $2 escape '\' or lower(a.name) like $3 escape '\')`
)

func scanSite(r db.Row) (s Site, err error) {
	var latitude, longitude *int
	err = r.Scan(&s.ID, &s.Name, &s.NPI, &s.Line, &s.City, &s.State, &s.ZIP, &latitude, &longitude)
	if latitude != nil && longitude != nil {
		s.At = &Point{*latitude, *longitude}
	}
	return s, err
}

// Near returns sites around a place, the nearest first: those no farther than
// so many miles by either coordinate, at most n.
func Near(ctx context.Context, tx *db.Tx, at Point, miles float64, n int) ([]Site, error) {
	const degree = 69.0 // miles in a degree of latitude
	dLat := int(miles / degree * million)
	dLon := int(float64(dLat) / max(0.1, math.Cos(float64(at.Latitude)/million*math.Pi/180)))
	all, err := db.All(ctx, tx, scanSite, siteSelect+`
		and l.latitude between $1 and $2 and l.longitude between $3 and $4 order by o.id limit 2000`,
		at.Latitude-dLat, at.Latitude+dLat, at.Longitude-dLon, at.Longitude+dLon)
	slices.SortStableFunc(all, func(a, b Site) int { return cmp.Compare(at.Miles(*a.At), at.Miles(*b.At)) })
	return all[:min(n, len(all))], err
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
		and (`+knownBefore+` or o.npi = $1 or o.tin = $1 or l.zip like $2 escape '\' or lower(l.city) like $2 escape '\' or lower(o.name) like $2 escape '\' or lower(o.name) like $3 escape '\')
		order by o.name, o.id limit $4`, text, begins, "% "+begins, n)
}

// SitesByID returns sites by name.
func SitesByID(ctx context.Context, tx *db.Tx, ids []string) ([]Site, error) {
	list, args := db.In(1, ids)
	return db.All(ctx, tx, scanSite, siteSelect+` and o.id in `+list+` order by o.name, o.id`, args...)
}
