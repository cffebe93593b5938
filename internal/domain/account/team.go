package account

import (
	"context"

	"parley/internal/infra/db"
)

// A Teammate is somebody with a role in an organization.
type Teammate struct {
	ID          PersonID
	Name, Email string
	Role        Role
	LocationID  string // "" for all
}

// TeamOf are the people of an organization whose accounts are open, by name;
// who has two roles is there twice. The caller has made sure that the reader
// belongs to it.
func TeamOf(ctx context.Context, tx *db.Tx, organizationID string) ([]Teammate, error) {
	return db.All(ctx, tx, func(r db.Row) (t Teammate, err error) {
		var first, last string
		var location *string
		if err = r.Scan((*string)(&t.ID), &first, &last, &t.Email, (*string)(&t.Role), &location); err != nil {
			return t, err
		}
		t.Name = first + " " + last
		if location != nil {
			t.LocationID = *location
		}
		return t, nil
	}, `select p.id, p.first_name, p.last_name, p.email, m.role, m.location_id from membership m join person p on p.id = m.person_id
		where m.organization_id = $1 and p.disabled_at is null order by p.last_name, p.first_name, p.id, m.role`, organizationID)
}
