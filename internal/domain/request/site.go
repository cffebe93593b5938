package request

import (
	"cmp"
	"context"
	"slices"

	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

// A SiteChoice is a site where the service could be done, with what is known of
// it for the patient's plan and the office.
type SiteChoice struct {
	provider.Site
	Standing plan.Standing // in the network of the patient's plan on the day of service
	Miles    float64       // from the office's location; below 0 if not known
}

// Weighed are sites with their standing and distance, as r's patient and
// office have them, in the order given.
func Weighed(ctx context.Context, tx *db.Tx, r Request, sites []provider.Site) ([]SiteChoice, error) {
	npis := make([]string, len(sites))
	for i, s := range sites {
		npis[i] = s.NPI
	}
	standings, err := plan.Standings(ctx, tx, r.Patient.PlanID, r.Patient.Line, r.Patient.Typed.Service, npis)
	if err != nil {
		return nil, err
	}
	var from *provider.Point
	if slices.ContainsFunc(sites, func(s provider.Site) bool { return s.At != nil }) {
		if from, err = officeAt(ctx, tx, r); err != nil {
			return nil, err
		}
	}
	all := make([]SiteChoice, len(sites))
	for i, s := range sites {
		all[i] = SiteChoice{s, standings[s.NPI], -1}
		if from != nil && s.At != nil {
			all[i].Miles = from.Miles(*s.At)
		}
	}
	return all, nil
}

// officeAt is where the office is that orders; nil if that is not known.
func officeAt(ctx context.Context, tx *db.Tx, r Request) (*provider.Point, error) {
	id := r.Providers.LocationID
	if id == "" {
		all, err := provider.Locations(ctx, tx, r.OrganizationID)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		id = all[0].ID
	}
	return provider.PointOf(ctx, tx, id)
}

// rank puts sites in network first and those out of it last.
func (s SiteChoice) rank() int {
	return map[plan.Standing]int{plan.InNetwork: 0, plan.NotKnown: 1, plan.OutOfNetwork: 2}[s.Standing]
}

// FindSites returns the sites that text could mean, those in the network of
// the patient's plan first and of these the nearest, at most n.
func FindSites(ctx context.Context, tx *db.Tx, r Request, text string, n int) ([]SiteChoice, error) {
	found, err := provider.FindSites(ctx, tx, text, 20*n)
	if err != nil {
		return nil, err
	}
	all, err := Weighed(ctx, tx, r, found)
	slices.SortStableFunc(all, func(a, b SiteChoice) int {
		far := func(s SiteChoice) float64 {
			if s.Miles < 0 {
				return provider.FarthestMiles
			}
			return s.Miles
		}
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(far(a), far(b)))
	})
	return all[:min(n, len(all))], err
}

// nearby is how far an office is pointed to sites of the network, in miles.
const nearby = 60

// NearestInNetwork is the site in the network of the patient's plan that is
// nearest to the office; nil if none is known. The caller names a site that is
// out.
func NearestInNetwork(ctx context.Context, tx *db.Tx, r Request) (*SiteChoice, error) {
	from, err := officeAt(ctx, tx, r)
	if err != nil || from == nil {
		return nil, err
	}
	around, err := provider.Near(ctx, tx, *from, nearby, 200)
	if err != nil {
		return nil, err
	}
	all, err := Weighed(ctx, tx, r, around)
	if i := slices.IndexFunc(all, func(s SiteChoice) bool { return s.Standing == plan.InNetwork }); i >= 0 {
		return &all[i], err
	}
	return nil, err
}

// StandingOf is what is known of one site for r's patient.
func StandingOf(ctx context.Context, tx *db.Tx, r Request, siteID string) (SiteChoice, error) {
	found, err := provider.SitesByID(ctx, tx, []string{siteID})
	if err != nil || len(found) == 0 {
		return SiteChoice{Miles: -1}, err
	}
	all, err := Weighed(ctx, tx, r, found)
	if err != nil {
		return SiteChoice{Miles: -1}, err
	}
	return all[0], nil
}

// FavoriteSites are those that the office has at hand, with what is known of
// them for r's patient.
func FavoriteSites(ctx context.Context, tx *db.Tx, r Request) ([]SiteChoice, error) {
	all, err := provider.Favorites(ctx, tx, r.OrganizationID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return Weighed(ctx, tx, r, all)
}
