package account

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

const personColumns = `id, email, first_name, last_name, credential, phone, time_zone, theme, language, password_hash, totp_since, created_at, disabled_at, ` + hasPasskey

// hasPasskey is whether a row of person has a passkey. One that is suspect counts: a password alone must not
// be enough to set up another factor in its place.
const hasPasskey = `exists (select 1 from passkey where passkey.person_id = person.id)`

func scanPerson(r db.Row) (p Person, err error) {
	c, err := scanCredentials(r)
	return c.Person, err
}

// credentials are what a person proves themselves by. They never leave this
// package.
type credentials struct {
	Person
	hash string
}

func scanCredentials(r db.Row) (c credentials, err error) {
	var totp *time.Time
	err = r.Scan((*string)(&c.ID), &c.Email, &c.FirstName, &c.LastName, &c.Credential, &c.Phone, &c.Zone, &c.Theme, (*string)(&c.Language),
		&c.hash, &totp, &c.CreatedAt, &c.DisabledAt, &c.HasPasskey)
	c.HasPassword, c.HasTOTP = c.hash != "", totp != nil
	return c, err
}

// credentialsOf looks a person up who can still sign in; the zero credentials
// if there is none, which is no error.
func credentialsOf(ctx context.Context, tx *db.Tx, where string, arg string) (c credentials, err error) {
	all, err := db.All(ctx, tx, scanCredentials,
		`select `+personColumns+` from person where `+where+` = $1 and disabled_at is null`, arg)
	if len(all) > 0 {
		c = all[0]
	}
	return c, err
}

func insertPerson(ctx context.Context, tx *db.Tx, p Person) (added bool, err error) {
	n, err := tx.Exec(ctx, `
		insert into person (id, email, first_name, last_name, credential, phone, time_zone, theme, language, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
		string(p.ID), p.Email, p.FirstName, p.LastName, p.Credential, p.Phone, p.Zone, p.Theme, string(p.Language), p.CreatedAt)
	return n == 1, err
}

// sees is which orders a seat lets its owner see.
const sees = `case when m.limited then 'own' else o.sees end`

// Seats lists a person's roles, in the order they were given.
func Seats(ctx context.Context, tx *db.Tx, id PersonID) ([]Seat, error) {
	return db.All(ctx, tx, func(r db.Row) (s Seat, err error) {
		return s, r.Scan(&s.OrganizationID, &s.Organization, (*string)(&s.Role), &s.LocationID, &s.PractitionerID, &s.Limited, &s.Sees, &s.MailedCodes)
	}, `select m.organization_id, o.name, m.role, m.location_id, m.practitioner_id, m.limited, `+sees+`, o.mailed_codes
		from membership m join organization o on o.id = m.organization_id where m.person_id = $1 order by m.id`, string(id))
}

// Practicing are the people of an organization who are a practitioner.
func Practicing(ctx context.Context, tx *db.Tx, organizationID, practitionerID string) ([]PersonID, error) {
	return db.All(ctx, tx, db.Value[PersonID], `
		select distinct m.person_id from membership m join person p on p.id = m.person_id
		where m.organization_id = $1 and m.practitioner_id = $2 and p.disabled_at is null order by m.person_id`, organizationID, practitionerID)
}

func hasSeat(ctx context.Context, tx *db.Tx, id PersonID, s Seat) (bool, error) {
	return db.Exists(ctx, tx, `
		select 1 from membership where person_id = $1 and organization_id = $2 and role = $3 and coalesce(location_id, '') = $4`,
		string(id), s.OrganizationID, string(s.Role), s.LocationID)
}

func insertSeat(ctx context.Context, tx *db.Tx, id PersonID, s Seat) error {
	tx.Tell(Topic(id))
	_, err := tx.Exec(ctx, `
		insert into membership (id, person_id, organization_id, role, location_id, practitioner_id, limited) values ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewID("mem"), string(id), s.OrganizationID, string(s.Role), orNull(s.LocationID), orNull(s.PractitionerID), s.Limited)
	return err
}

func deleteSeat(ctx context.Context, tx *db.Tx, id PersonID, organizationID string, role Role) error {
	tx.Tell(Topic(id))
	_, err := tx.Exec(ctx, `delete from membership where person_id = $1 and organization_id = $2 and role = $3`,
		string(id), organizationID, string(role))
	return err
}

func insertScope(ctx context.Context, tx *db.Tx, id PersonID, s Scope) error {
	tx.Tell(Topic(id))
	_, err := tx.Exec(ctx, `insert into staff_scope (person_id, plan_id, program_id) values ($1, $2, $3) on conflict do nothing`,
		string(id), s.PlanID, s.ProgramID)
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Having are the people who have any of some roles and can sign in, by name.
func Having(ctx context.Context, tx *db.Tx, roles ...Role) ([]Person, error) {
	list, args := db.In(1, roles)
	return db.All(ctx, tx, scanPerson, `select `+personColumns+` from person where disabled_at is null
		and id in (select person_id from membership where role in `+list+`) order by last_name, first_name, id`, args...)
}
