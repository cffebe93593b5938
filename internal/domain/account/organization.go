package account

import (
	"context"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An Organization is an office, a rendering site, or the
// utilization-management organization itself.
type Organization struct {
	ID           string
	Kind         string // "office", "site" or "um"
	Name         string
	NPI, TIN     string
	Phone        string
	Sees         string // "all", "location" or "own": which orders its people see
	MailedCodes  bool   // its people may use a mailed code as second factor
	PasswordDays int    // for which its people may keep a password; 0 for any
	OwnKeys      bool   // its administrators make keys for its systems themselves; see LetKeys
	Source       string // where an import found it; unique
}

// SaveOrganization stores an organization, new if it has no ID. Who may:
// administrators and imports.
func SaveOrganization(ctx context.Context, tx *db.Tx, by Actor, o Organization) (Organization, error) {
	if err := mayKeepOrganizations(by); err != nil {
		return o, err
	}
	f := fault.Fields{}
	f.Check(o.Name != "", "name", "Enter the organization's name")
	f.Check(o.Kind == "office" || o.Kind == "site" || o.Kind == "um", "kind", "Choose what kind of organization it is")
	checkPasswordDays(f, o.PasswordDays)
	if err := f.Err(); err != nil {
		return o, err
	}
	if o.Sees == "" {
		o.Sees = "location"
	}
	if o.ID == "" {
		o.ID = db.NewID("org")
	}
	n, err := saveOrganization(ctx, tx, o)
	if err != nil || n == 0 {
		return o, err
	}
	return o, audit.Record(ctx, tx, by.Audit("organization.saved", "organization", o.ID))
}

// GetOrganization returns an organization, or a NotFound fault. The id of a
// record that became part of another's leads to that.
func GetOrganization(ctx context.Context, tx *db.Tx, id string) (Organization, error) {
	return organization(ctx, tx, "id", id)
}

// OrganizationBySource returns the organization an import saved under source,
// or the one that became part of, or a NotFound fault.
func OrganizationBySource(ctx context.Context, tx *db.Tx, source string) (Organization, error) {
	return organization(ctx, tx, "source_key", source)
}

// OrganizationByName returns the organization of exactly this name, or the one
// that it became part of, or a NotFound fault.
func OrganizationByName(ctx context.Context, tx *db.Tx, name string) (Organization, error) {
	return organization(ctx, tx, "name", name)
}

// OrganizationByNPI returns the organization with an NPI, or a NotFound fault
// if there is none, or more than one, among which only a person can choose.
func OrganizationByNPI(ctx context.Context, tx *db.Tx, npi string) (Organization, error) {
	found, err := db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where `+withNPI+` order by id limit 2`, npi)
	if err != nil {
		return Organization{}, err
	}
	if len(found) != 1 {
		return Organization{}, fault.New(fault.NotFound, "We can't find that organization.")
	}
	return found[0], nil
}

// Organizations returns every organization by name. Who may: administrators
// and the program.
func Organizations(ctx context.Context, tx *db.Tx, by Actor) ([]Organization, error) {
	if err := mayKeepOrganizations(by); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization order by name, id`)
}

// OrganizationsWithNPI is how many there are with an NPI.
func OrganizationsWithNPI(ctx context.Context, tx *db.Tx, npi string) (int, error) {
	return db.Count(ctx, tx, `select count(*) from organization where `+withNPI, npi)
}

func mayKeepOrganizations(by Actor) error {
	if by.Can(ImportData) {
		return nil
	}
	return by.Must(ManageProgram)
}

const organizationColumns = `id, kind, name, npi, tin, phone, sees, mailed_codes, source_key, password_days, own_keys`

func scanOrganization(r db.Row) (o Organization, err error) {
	return o, r.Scan(&o.ID, &o.Kind, &o.Name, &o.NPI, &o.TIN, &o.Phone, &o.Sees, &o.MailedCodes, &o.Source, &o.PasswordDays, &o.OwnKeys)
}

// organization is the one that has a value in a column, else the one that such
// a record became part of.
func organization(ctx context.Context, tx *db.Tx, column, value string) (Organization, error) {
	o, err := db.One(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where `+column+` = $1`, value)
	if !fault.Is(err, fault.NotFound) {
		return o, err
	}
	return db.One(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where `+merged(column)+` order by id limit 1`, value)
}

func saveOrganization(ctx context.Context, tx *db.Tx, o Organization) (int64, error) {
	return tx.Exec(ctx, `
		insert into organization (`+organizationColumns+`, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (id) do update set kind = excluded.kind, name = excluded.name, npi = excluded.npi, tin = excluded.tin,
			phone = excluded.phone, sees = excluded.sees, mailed_codes = excluded.mailed_codes, password_days = excluded.password_days, own_keys = excluded.own_keys
		where (organization.kind, organization.name, organization.npi, organization.tin, organization.phone, organization.sees, organization.mailed_codes, organization.password_days, organization.own_keys)
			is distinct from (excluded.kind, excluded.name, excluded.npi, excluded.tin, excluded.phone, excluded.sees, excluded.mailed_codes, excluded.password_days, excluded.own_keys)`,
		o.ID, o.Kind, o.Name, o.NPI, o.TIN, o.Phone, o.Sees, o.MailedCodes, orNull(o.Source), o.PasswordDays, o.OwnKeys, tx.Now())
}
