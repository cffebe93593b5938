package provider

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// What the administrator of an organization keeps of its places and people.

// AllLocations are an organization's locations by name, those out of use last.
func AllLocations(ctx context.Context, tx *db.Tx, organizationID string) ([]Location, error) {
	return db.All(ctx, tx, scanLocation, `select `+locationColumns+` from location where organization_id = $1
		order by case when retired_at is null then 0 else 1 end, name, id`, organizationID)
}

// OwnLocation is a location of an organization that by administers. Any other
// is NotFound.
func OwnLocation(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, id string) (Location, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return Location{}, err
	}
	l, err := GetLocation(ctx, tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && l.OrganizationID != organizationID {
		return Location{}, fault.New(fault.NotFound, "We can't find that location.")
	}
	return l, err
}

// KeepLocation adds a location to an organization, or changes one if it has an
// ID. Who may: administrators of the organization. The error is Invalid at the
// fields "name", "line", "city", "state", "zip", "phone", "fax" and "tz".
func KeepLocation(ctx context.Context, tx *db.Tx, by account.Actor, l Location) (Location, error) {
	if err := by.MustAdminister(l.OrganizationID); err != nil {
		return l, err
	}
	action := "location.changed"
	if l.ID == "" {
		l.ID, action = db.NewID("loc"), "location.added"
	} else {
		was, err := OwnLocation(ctx, tx, by, l.OrganizationID, l.ID)
		if err != nil {
			return l, err
		}
		l.Source, l.RetiredAt = was.Source, was.RetiredAt
	}
	if err := l.tidy(); err != nil {
		return l, err
	}
	taken, err := db.Exists(ctx, tx, `select 1 from location where organization_id = $1 and lower(name) = $2 and id <> $3 and retired_at is null`,
		l.OrganizationID, strings.ToLower(l.Name), l.ID)
	if err != nil {
		return l, err
	}
	if taken {
		return l, fault.Fields{"name": "There is a location of this name. Choose another name"}.Err()
	}
	if err := saveLocation(ctx, tx, l); err != nil {
		return l, err
	}
	return l, audit.Record(ctx, tx, by.Audit(action, "location", l.ID))
}

// tidy checks what was typed of a location and puts it as it is kept.
func (l *Location) tidy() error {
	for _, text := range []*string{&l.Name, &l.Line, &l.City, &l.State, &l.ZIP, &l.Phone, &l.Fax} {
		*text = strings.Join(strings.Fields(*text), " ")
	}
	l.State = strings.ToUpper(l.State)
	f := fault.Fields{}
	f.Check(l.Name != "", "name", "Enter a name, such as the street")
	f.Check(l.Line != "", "line", "Enter the street address")
	f.Check(l.City != "", "city", "Enter the city")
	for name, text := range map[string]string{"name": l.Name, "line": l.Line, "city": l.City} {
		f.Check(len([]rune(text)) <= 100, name, "Use 100 characters or less")
	}
	f.Check(len(l.State) == 2, "state", "State must be two letters, like TX")
	digits := strings.ReplaceAll(l.ZIP, "-", "")
	f.Check((len(digits) == 5 || len(digits) == 9) && strings.Trim(digits, "0123456789") == "", "zip", "ZIP code must be 5 digits")
	phone, fax := l.Phone, l.Fax
	l.Phone, l.Fax = TidyPhone(phone), TidyPhone(fax)
	f.Check(phone != "", "phone", "Enter a phone number")
	f.Check(l.Phone != "", "phone", "Phone number must be 10 digits")
	f.Check(fax == "" || l.Fax != "", "fax", "Fax number must be 10 digits")
	_, err := civil.Zone(l.TimeZone)
	f.Check(err == nil && l.TimeZone != "", "tz", "Select a time zone")
	if err := f.Err(); err != nil {
		l.Phone, l.Fax = phone, fax // as it was typed
		return err
	}
	return nil
}

// Retire takes a location out of use: nobody chooses it for a request any more.
// Orders keep it. Somebody who works nowhere else needs another place first.
// Who may: administrators of the organization. Retiring twice does no harm.
func Retire(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, id string) error {
	l, err := OwnLocation(ctx, tx, by, organizationID, id)
	if err != nil || l.RetiredAt != nil {
		return err
	}
	team, err := account.TeamOf(ctx, tx, organizationID)
	if err != nil {
		return err
	}
	var bound []string
	for _, t := range team {
		if t.LocationID == id && !slices.Contains(bound, t.Name) {
			bound = append(bound, t.Name)
		}
	}
	if len(bound) > 0 {
		return fault.New(fault.Conflict, "%s works at %s by their role. Change where they work first.", strings.Join(bound, ", "), l.Name)
	}
	now := tx.Now()
	l.RetiredAt = &now
	return keepRetired(ctx, tx, by, l, "location.retired")
}

// Reopen takes a location into use again. Who may: administrators of the
// organization.
func Reopen(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, id string) error {
	l, err := OwnLocation(ctx, tx, by, organizationID, id)
	if err != nil || l.RetiredAt == nil {
		return err
	}
	l.RetiredAt = nil
	return keepRetired(ctx, tx, by, l, "location.reopened")
}

func keepRetired(ctx context.Context, tx *db.Tx, by account.Actor, l Location, action string) error {
	if err := saveLocation(ctx, tx, l); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit(action, "location", l.ID))
}

// Invite asks people to join an organization in a post (account.Invite), once
// its places are known to be the organization's.
func Invite(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, emails string, p account.Post) (n int, err error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return 0, err
	}
	if err := checkPlaces(ctx, tx, organizationID, p); err != nil {
		return 0, err
	}
	return account.Invite(ctx, tx, by, organizationID, emails, p)
}

// SetPost changes what somebody does in an organization (account.SetPost), once
// its places are known to be the organization's.
func SetPost(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string, id account.PersonID, p account.Post) error {
	if err := by.MustAdminister(organizationID); err != nil {
		return err
	}
	if err := checkPlaces(ctx, tx, organizationID, p); err != nil {
		return err
	}
	return account.SetPost(ctx, tx, by, organizationID, id, p)
}

// SaveConnection stores how an organization's people sign in there
// (account.SaveConnection), once the places of who is new are known to be its.
func SaveConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, c account.Connection) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := checkPlaces(ctx, tx, c.OrganizationID, c.Post); err != nil {
		return err
	}
	return account.SaveConnection(ctx, tx, box, by, c)
}

// SaveOwnConnection is account.SaveOwnConnection, once the places of who is new
// are known to be the organization's.
func SaveOwnConnection(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, c account.Connection) error {
	if err := by.MustAdminister(c.OrganizationID); err != nil {
		return err
	}
	if err := checkPlaces(ctx, tx, c.OrganizationID, c.Post); err != nil {
		return err
	}
	return account.SaveOwnConnection(ctx, tx, box, by, c)
}

// checkPlaces refuses locations and a practitioner that are not the
// organization's.
func checkPlaces(ctx context.Context, tx *db.Tx, organizationID string, p account.Post) error {
	f := fault.Fields{}
	all, err := Locations(ctx, tx, organizationID)
	if err != nil {
		return err
	}
	for _, id := range p.Locations {
		f.Check(slices.ContainsFunc(all, func(l Location) bool { return l.ID == id }), "locations", "Select locations from the list")
	}
	if p.PractitionerID != "" {
		known, err := Colleagues(ctx, tx, organizationID)
		if err != nil {
			return err
		}
		f.Check(slices.ContainsFunc(known, func(k Practitioner) bool { return k.ID == p.PractitionerID }), "practitioner", "Select a practitioner from the list")
	}
	return f.Err()
}
