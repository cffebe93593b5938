package account

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Sights are the ways an organization can decide who sees what, in the order
// people read them.
var Sights = []string{"all", "location", "own"}

// Administers reports whether a is an administrator of the organization.
// Staff who act for an office never are.
func (a Actor) Administers(organizationID string) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Role == OrgAdmin && s.OrganizationID == organizationID })
}

// Administered are the organizations that a administers, as seats, each once.
func (a Actor) Administered() (all []Seat) {
	for _, s := range a.Seats {
		if s.Role == OrgAdmin && !slices.ContainsFunc(all, func(had Seat) bool { return had.OrganizationID == s.OrganizationID }) {
			all = append(all, s)
		}
	}
	return all
}

// MustAdminister is a NotFound fault unless a administers the organization, so
// that nobody learns which there are.
func (a Actor) MustAdminister(organizationID string) error {
	if a.Can(ManageOffice) && a.Administers(organizationID) {
		return nil
	}
	return fault.New(fault.NotFound, "We can't find that organization.")
}

// EditOrganization changes the name and the phone number of an organization.
// Its NPI and tax ID are what others know it by; operators change those. Who
// may: its administrators.
func EditOrganization(ctx context.Context, tx *db.Tx, by Actor, id, name, phone string) error {
	if err := by.MustAdminister(id); err != nil {
		return err
	}
	p := Person{FirstName: name, Phone: phone}.tidy()
	f := fault.Fields{}
	f.Check(p.FirstName != "", "name", "Enter the organization's name")
	f.Check(utf8.RuneCountInString(p.FirstName) <= 120, "name", "Name must be 120 characters or less")
	_, ok := tenDigits(p.Phone)
	f.Check(strings.TrimSpace(phone) != "", "phone", "Enter a phone number")
	f.Check(ok, "phone", "Phone number must be 10 digits")
	if err := f.Err(); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update organization set name = $1, phone = $2 where id = $3`, p.FirstName, p.Phone, id)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("organization.changed", "organization", id))
}

// SetSees decides which of an organization's orders its people see: "all",
// those of their "location", or their "own". It counts from their next
// request; pages that stand open are told. Who may: its administrators.
func SetSees(ctx context.Context, tx *db.Tx, by Actor, id, sees string) error {
	if err := by.MustAdminister(id); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(slices.Contains(Sights, sees), "sees", "Select who sees what")
	if err := f.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update organization set sees = $1 where id = $2 and sees <> $1`, sees, id)
	if err != nil || n == 0 {
		return err
	}
	team, err := TeamOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, t := range team {
		tx.Tell(Topic(t.ID))
	}
	e := by.Audit("organization.sees", "organization", id)
	e.Detail = sees
	return audit.Record(ctx, tx, e)
}
