package provider

import (
	"context"
	"slices"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An Address is one place where a practitioner works: a location of the office,
// or the practice address of the national directory.
type Address struct {
	Key                    string // of the location, "directory" or "stated"
	Line, City, State, ZIP string
	Phone, Fax             string
}

// Keys of addresses that are no locations: in the national directory, and as
// an office entered it for somebody whom the directory doesn't have.
const (
	directoryKey = "directory"
	StatedKey    = "stated"
)

// Words are the address as people read it.
func (a Address) Words() string {
	return strings.Trim(a.Line+", "+a.City+", "+a.State+" "+a.ZIP, ", ")
}

// Addresses are those of a practitioner for an office: its locations where they
// work, by name, then what the directory says if that is another place.
func Addresses(ctx context.Context, tx *db.Tx, practitionerID, organizationID string) ([]Address, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (a Address, err error) {
		return a, r.Scan(&a.Key, &a.Line, &a.City, &a.State, &a.ZIP, &a.Phone, &a.Fax)
	}, `select l.id, l.line, l.city, l.state, l.zip, l.phone, l.fax from location l join practitioner_location pl on pl.location_id = l.id
		where pl.practitioner_id = $1 and l.organization_id = $2 and l.retired_at is null order by l.name, l.id`, practitionerID, organizationID)
	if err != nil {
		return nil, err
	}
	p, err := GetPractitioner(ctx, tx, practitionerID)
	if err != nil || p.NPI == "" {
		return all, err
	}
	stated, err := StatedOf(ctx, tx, practitionerID)
	if err == nil {
		stated.Address.Key = StatedKey
		return append(all, stated.Address), nil
	} else if !fault.Is(err, fault.NotFound) {
		return all, err
	}
	l, err := FindListing(ctx, tx, p.NPI)
	if fault.Is(err, fault.NotFound) {
		return all, nil
	}
	listed := Address{directoryKey, l.Line, l.City, l.State, l.ZIP, TidyPhone(l.Phone), TidyPhone(l.Fax)}
	if err == nil && l.Line != "" && !slices.ContainsFunc(all, listed.same) {
		all = append(all, listed)
	}
	return all, err
}

// same reports whether two addresses are one, but for how they are written.
func (a Address) same(b Address) bool {
	zip := func(s string) string { return s[:min(5, len(s))] }
	return zip(a.ZIP) == zip(b.ZIP) && strings.EqualFold(strings.TrimSuffix(a.Line, "."), strings.TrimSuffix(b.Line, "."))
}
