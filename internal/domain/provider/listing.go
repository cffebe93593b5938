package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Listing is what the national directory (NPPES) says of a provider: a
// person or an organization with a National Provider Identifier.
type Listing struct {
	NPI                     string
	Kind                    string // "person", "organization", or "" for a deactivated one
	Name                    string // as people read it; "" for a deactivated one
	First, Last, Credential string // persons only
	Taxonomy                string // the primary one's code
	Line, City, State, ZIP  string // of the practice; the ZIP code is five or nine digits
	Phone, Fax              string
	License, LicenseState   string // that of the primary taxonomy
	DeactivatedOn           civil.Date
	ReactivatedOn           civil.Date
	UpdatedOn               civil.Date
}

// Active reports whether the identifier is in use: it was never deactivated,
// or was reactivated after that.
func (l Listing) Active() bool { return l.DeactivatedOn.IsZero() || !l.ReactivatedOn.IsZero() }

// hash tells whether a listing is the one we have.
func (l Listing) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", l))
	return hex.EncodeToString(sum[:16])
}

// FindListing returns what the directory says of a provider, or a NotFound
// fault.
func FindListing(ctx context.Context, tx *db.Tx, npi string) (Listing, error) {
	l, err := listing(ctx, tx, npi)
	if fault.Is(err, fault.NotFound) {
		return l, fault.New(fault.NotFound, "The directory has no provider with NPI %s.", npi)
	}
	return l, err
}

// SaveListings stores what the directory says, over what it said before, and
// reports how many listings were new or different. No NPI may stand in the
// list twice. Who may: imports.
func SaveListings(ctx context.Context, tx *db.Tx, by account.Actor, all []Listing) (changed int, err error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	if changed, err = saveListings(ctx, tx, all); err != nil || changed == 0 {
		return changed, err
	}
	e := by.Audit("directory.imported", "listing", all[0].NPI)
	e.Detail = fmt.Sprintf("%d listings", changed)
	return changed, audit.Record(ctx, tx, e)
}
