// Package provider is about who asks for care and where it is given: the
// locations of organizations, and the practitioners who order. The national directory of all providers is here
// too, as last imported.
package provider

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// A Location is where an organization works.
type Location struct {
	ID, OrganizationID     string
	Name                   string
	Line, City, State, ZIP string
	Phone, Fax             string
	TimeZone               string // IANA name; "" if not known
	Source                 string
	RetiredAt              *time.Time // nil while it is in use
}

// A Practitioner orders or gives care.
type Practitioner struct {
	ID                      string
	NPI                     string // "" if not known
	First, Last, Credential string
	Specialty, Phone        string
	Source                  string
}

// Name is how people read a practitioner: "Dr. Ada Okafor, MD" without the title.
func (p Practitioner) Name() string {
	name := strings.TrimSpace(p.First + " " + p.Last)
	if p.Credential != "" {
		name += ", " + p.Credential
	}
	return name
}

// ValidNPI reports whether s is ten digits that begin with 1 or 2, as every
// number issued does, and pass the check digit: the Luhn algorithm over 80840
// and the number (CMS, "NPI check digit calculation").
func ValidNPI(s string) bool {
	if len(s) != 10 || s[0] != '1' && s[0] != '2' {
		return false
	}
	sum := 24 // what the prefix 80840 adds
	for i := range 10 {
		c := s[9-i]
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// SaveLocation stores a location, new if it has no ID.
func SaveLocation(ctx context.Context, tx *db.Tx, by account.Actor, l Location) (Location, error) {
	if err := may(by); err != nil {
		return l, err
	}
	if l.ID == "" {
		l.ID = db.NewID("loc")
	}
	return l, saveLocation(ctx, tx, l)
}

// SavePractitioner stores a practitioner, new if it has no ID, at the given
// locations besides those it has.
func SavePractitioner(ctx context.Context, tx *db.Tx, by account.Actor, p Practitioner, locations ...string) (Practitioner, error) {
	if err := may(by); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = db.NewID("prc")
	}
	return p, savePractitioner(ctx, tx, p, locations)
}

func may(by account.Actor) error {
	if by.Can(account.ImportData) {
		return nil
	}
	return by.Must(account.ManageProgram)
}

// GetLocation returns a location, or a NotFound fault.
func GetLocation(ctx context.Context, tx *db.Tx, id string) (Location, error) {
	return once(tx, func(k *known) map[string]Location { return k.locations }, id, func() (Location, error) { return location(ctx, tx, "id = $1", id) })
}

// GetPractitioner returns a practitioner, or a NotFound fault.
func GetPractitioner(ctx context.Context, tx *db.Tx, id string) (Practitioner, error) {
	return once(tx, func(k *known) map[string]Practitioner { return k.practitioners }, id, func() (Practitioner, error) { return practitioner(ctx, tx, "id = $1", id) })
}

// known are those that a transaction has read: a page asks for the same ones
// in several places. What the transaction writes it reads again.
type known struct {
	locations     map[string]Location
	practitioners map[string]Practitioner
}

func knownTo(tx *db.Tx) *known {
	return db.KeepInTx(tx, func() *known { return &known{map[string]Location{}, map[string]Practitioner{}} })
}

func once[T any](tx *db.Tx, of func(*known) map[string]T, id string, read func() (T, error)) (T, error) {
	held := of(knownTo(tx))
	if v, ok := held[id]; ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		held[id] = v
	}
	return v, err
}

// LocationBySource returns the location an import saved under source.
func LocationBySource(ctx context.Context, tx *db.Tx, source string) (Location, error) {
	return location(ctx, tx, "source_key = $1", source)
}

// PractitionerBySource returns the practitioner an import saved under source.
func PractitionerBySource(ctx context.Context, tx *db.Tx, source string) (Practitioner, error) {
	return practitioner(ctx, tx, "source_key = $1", source)
}

// Colleagues returns the practitioners at an organization's locations that are
// in use, by name.
func Colleagues(ctx context.Context, tx *db.Tx, organizationID string) ([]Practitioner, error) {
	return db.All(ctx, tx, scanPractitioner, `
		select distinct p.id, p.npi, p.first_name, p.last_name, p.credential, p.specialty, p.phone, p.source_key
		from practitioner p join practitioner_location pl on pl.practitioner_id = p.id join location l on l.id = pl.location_id
		where l.organization_id = $1 and l.retired_at is null order by p.last_name, p.first_name, p.id`, organizationID)
}

// Locations returns an organization's locations that are in use, by name.
func Locations(ctx context.Context, tx *db.Tx, organizationID string) ([]Location, error) {
	return db.All(ctx, tx, scanLocation, `select `+locationColumns+` from location where organization_id = $1 and retired_at is null order by name, id`, organizationID)
}
