package provider

import (
	"context"

	"parley/internal/infra/db"
)

const locationColumns = `id, organization_id, name, line, city, state, zip, phone, fax, time_zone, source_key, retired_at`

func scanLocation(r db.Row) (l Location, err error) {
	return l, r.Scan(&l.ID, &l.OrganizationID, &l.Name, &l.Line, &l.City, &l.State, &l.ZIP, &l.Phone, &l.Fax, &l.TimeZone, &l.Source, &l.RetiredAt)
}

func location(ctx context.Context, tx *db.Tx, where, value string) (Location, error) {
	return db.One(ctx, tx, scanLocation, `select `+locationColumns+` from location where `+where, value)
}

func saveLocation(ctx context.Context, tx *db.Tx, l Location) error {
	delete(knownTo(tx).locations, l.ID)
	_, err := tx.Exec(ctx, `
		insert into location (`+locationColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (id) do update set name = excluded.name, line = excluded.line, city = excluded.city, state = excluded.state,
			zip = excluded.zip, phone = excluded.phone, fax = excluded.fax, time_zone = excluded.time_zone, retired_at = excluded.retired_at`,
		l.ID, l.OrganizationID, l.Name, l.Line, l.City, l.State, l.ZIP, l.Phone, l.Fax, l.TimeZone, orNull(l.Source), l.RetiredAt)
	return err
}

const practitionerColumns = `id, npi, first_name, last_name, credential, specialty, phone, source_key`

func scanPractitioner(r db.Row) (p Practitioner, err error) {
	return p, r.Scan(&p.ID, &p.NPI, &p.First, &p.Last, &p.Credential, &p.Specialty, &p.Phone, &p.Source)
}

func practitioner(ctx context.Context, tx *db.Tx, where, value string) (Practitioner, error) {
	return db.One(ctx, tx, scanPractitioner, `select `+practitionerColumns+` from practitioner where `+where, value)
}

func savePractitioner(ctx context.Context, tx *db.Tx, p Practitioner, locations []string) error {
	delete(knownTo(tx).practitioners, p.ID)
	_, err := tx.Exec(ctx, `
		insert into practitioner (`+practitionerColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (id) do update set npi = excluded.npi, first_name = excluded.first_name, last_name = excluded.last_name,
			credential = excluded.credential, specialty = excluded.specialty, phone = excluded.phone`,
		p.ID, p.NPI, p.First, p.Last, p.Credential, p.Specialty, p.Phone, orNull(p.Source))
	if err != nil {
		return err
	}
	for _, l := range locations {
		if _, err := tx.Exec(ctx, `insert into practitioner_location (practitioner_id, location_id) values ($1, $2) on conflict do nothing`, p.ID, l); err != nil {
			return err
		}
	}
	return nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
