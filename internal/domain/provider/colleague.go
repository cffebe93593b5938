package provider

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// AddColleague puts the practitioner with an NPI on the list of a location, so
// that the office needs to enter the number once. Who isn't known yet is taken
// from the national directory. An NPI that nobody has there is a NotFound
// fault, one of an organization or no longer in use Invalid. Who may: those
// who send requests for the location's organization.
func AddColleague(ctx context.Context, tx *db.Tx, by account.Actor, npi, locationID string) (Practitioner, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return Practitioner{}, err
	}
	l, err := GetLocation(ctx, tx, locationID)
	if err != nil || !by.ActsFor(l.OrganizationID) {
		return Practitioner{}, fault.New(fault.Invalid, "Select the office location first")
	}
	p, err := PractitionerByNPI(ctx, tx, npi)
	if fault.Is(err, fault.NotFound) {
		p, err = fromDirectory(ctx, tx, npi)
	}
	if err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = db.NewID("prc")
	}
	if err := savePractitioner(ctx, tx, p, []string{locationID}); err != nil {
		return p, err
	}
	e := by.Audit("practitioner.listed", "practitioner", p.ID)
	e.Detail = locationID
	return p, audit.Record(ctx, tx, e)
}

func fromDirectory(ctx context.Context, tx *db.Tx, npi string) (Practitioner, error) {
	l, err := FindListing(ctx, tx, npi)
	switch {
	case fault.Is(err, fault.NotFound):
		return Practitioner{}, fault.New(fault.NotFound, "We couldn’t find NPI %s. Check the number", npi)
	case err != nil:
		return Practitioner{}, err
	case !l.Active():
		return Practitioner{}, fault.New(fault.Invalid, "NPI %s is no longer in use. Check the number", npi)
	case l.Kind != "person":
		return Practitioner{}, fault.New(fault.Invalid, "NPI %s is an organization’s. Enter the practitioner’s own", npi)
	}
	return Practitioner{NPI: l.NPI, First: l.First, Last: l.Last, Credential: l.Credential, Phone: TidyPhone(l.Phone)}, nil
}
