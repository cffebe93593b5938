package app

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// network imports a plan's list of who is in its network, and the sites that
// it names.
func (im *Importer) network(ctx context.Context, path string) (feed.Tally, error) {
	t, err := feed.OpenTable(path, plan.NetworkColumns...)
	if err != nil {
		return feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	var list plan.NetworkReader
	err = im.DB.View(ctx, func(tx *db.Tx) (err error) {
		list, err = plan.NewNetworkReader(ctx, tx)
		return err
	})
	if err != nil {
		return feed.Tally{}, err
	}
	return load(ctx, im, loader[plan.Listed]{
		path: path, file: t.File, key: func(l plan.Listed) string { return string(l.PlanID) + l.Line + l.NPI + l.From.String() },
		next: func() (plan.Listed, error) {
			row, err := t.Next()
			if err != nil {
				return plan.Listed{}, err
			}
			l, err := list.Read(row)
			return l, row.At(err)
		},
		save: func(ctx context.Context, tx *db.Tx, some []plan.Listed) (n feed.Tally, _ []*feed.Rejection, err error) {
			for _, l := range some {
				changed, err := join(ctx, tx, l)
				if err != nil {
					return n, nil, err
				}
				n.Add(tallyOf(changed))
			}
			return n, nil, nil
		},
	})
}

// join takes in one line of a network list. A site that is named and not here
// yet is added; what is here already keeps its name and address.
func join(ctx context.Context, tx *db.Tx, l plan.Listed) (changed bool, err error) {
	by := account.Program()
	if l.Name != "" {
		if changed, err = addSite(ctx, tx, l); err != nil {
			return changed, err
		}
	}
	if l.Place != nil {
		put, err := provider.Put(ctx, tx, by, l.NPI, l.ZIP, *l.Place)
		if err != nil {
			return changed, err
		}
		changed = changed || put
	}
	n, err := plan.Join(ctx, tx, by, []plan.Participation{l.Participation})
	return changed || n > 0, err
}

func addSite(ctx context.Context, tx *db.Tx, l plan.Listed) (bool, error) {
	by, source := account.Program(), "network/"+l.NPI
	if _, err := account.OrganizationBySource(ctx, tx, source); !fault.Is(err, fault.NotFound) {
		return false, err
	}
	if n, err := account.OrganizationsWithNPI(ctx, tx, l.NPI); err != nil || n > 0 {
		return false, err
	}
	o, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "site", Name: l.Name, NPI: l.NPI, Source: source})
	if err != nil {
		return false, err
	}
	_, err = provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: o.ID, Name: l.Name, Line: l.Line1, City: l.City, State: l.State, ZIP: l.ZIP, Source: source})
	return true, err
}
