package provider

import (
	"context"
	"slices"
	"strings"

	"parley/internal/infra/db"
)

const (
	listingColumns = `npi, kind, name, first_name, last_name, credential, taxonomy, line, city, state, zip, phone, fax,
	license, license_state, deactivated_on, reactivated_on, updated_on`
	listingWidth = 19 // with the hash
)

func scanListing(r db.Row) (l Listing, err error) {
	return l, r.Scan(&l.NPI, &l.Kind, &l.Name, &l.First, &l.Last, &l.Credential, &l.Taxonomy, &l.Line, &l.City, &l.State, &l.ZIP,
		&l.Phone, &l.Fax, &l.License, &l.LicenseState, &l.DeactivatedOn, &l.ReactivatedOn, &l.UpdatedOn)
}

func listing(ctx context.Context, tx *db.Tx, npi string) (Listing, error) {
	return db.One(ctx, tx, scanListing, `select `+listingColumns+` from listing where npi = $1`, npi)
}

// organizationsNamed asks by the beginning of the name: that an index serves,
// and a stranger can't have the whole directory read.
func organizationsNamed(ctx context.Context, tx *db.Tx, name, state string, most int) ([]Listing, error) {
	begins := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(name) + "%"
	return db.All(ctx, tx, scanListing, `select `+listingColumns+` from listing
		where kind = 'organization' and state = $1 and lower(name) like $2 escape '\' and (deactivated_on is null or reactivated_on is not null)
		order by lower(name), npi limit $3`, state, begins, most)
}

func saveListings(ctx context.Context, tx *db.Tx, all []Listing) (changed int, err error) {
	for some := range slices.Chunk(all, db.BulkRows(listingWidth)) {
		args := make([]any, 0, len(some)*listingWidth)
		for _, l := range some {
			args = append(args, l.NPI, l.Kind, l.Name, l.First, l.Last, l.Credential, l.Taxonomy, l.Line, l.City, l.State, l.ZIP,
				l.Phone, l.Fax, l.License, l.LicenseState, l.DeactivatedOn, l.ReactivatedOn, l.UpdatedOn, l.hash())
		}
		n, err := tx.Exec(ctx, `
			insert into listing (`+listingColumns+`, content_hash) values `+db.Tuples(len(some), listingWidth)+`
			on conflict (npi) do update set kind = excluded.kind, name = excluded.name, first_name = excluded.first_name,
				last_name = excluded.last_name, credential = excluded.credential, taxonomy = excluded.taxonomy, line = excluded.line,
				city = excluded.city, state = excluded.state, zip = excluded.zip, phone = excluded.phone, fax = excluded.fax,
				license = excluded.license, license_state = excluded.license_state, deactivated_on = excluded.deactivated_on,
				reactivated_on = excluded.reactivated_on, updated_on = excluded.updated_on, content_hash = excluded.content_hash
			where listing.content_hash <> excluded.content_hash`, args...)
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	return changed, nil
}
