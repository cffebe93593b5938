package provider

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// PractitionerByNPI returns the practitioner with an NPI, as account.OrganizationByNPI
// does.
func PractitionerByNPI(ctx context.Context, tx *db.Tx, npi string) (Practitioner, error) {
	found, err := db.All(ctx, tx, scanPractitioner, `select `+practitionerColumns+` from practitioner where npi = $1 order by id limit 2`, npi)
	return only(found, err)
}

func only[T any](found []T, err error) (one T, _ error) {
	if err != nil {
		return one, err
	}
	if len(found) != 1 {
		return one, fault.New(fault.NotFound, "We can't find that.")
	}
	return found[0], nil
}
