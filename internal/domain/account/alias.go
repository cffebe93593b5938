package account

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// An Alias is a record of an organization that became part of another's.
type Alias struct {
	ID, Kind, Name string
	NPI, TIN       string
	MergedAt       time.Time
	MergedName     string // who did it
	Reason         string
}

// AliasesOf are the records that became part of an organization's, the last
// first. Who may: administrators.
func AliasesOf(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]Alias, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, func(r db.Row) (a Alias, err error) {
		return a, r.Scan(&a.ID, &a.Kind, &a.Name, &a.NPI, &a.TIN, &a.MergedAt, &a.MergedName, &a.Reason)
	}, `select id, kind, name, npi, tin, merged_at, merged_name, reason from organization_alias where organization_id = $1 order by merged_at desc, id`, organizationID)
}

// MergedNPIs leads from the NPIs of records that became part of another's to
// the organizations there are; an NPI that leads to several leads to "".
func MergedNPIs(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	type pair struct{ npi, organization string }
	all, err := db.All(ctx, tx, func(r db.Row) (p pair, err error) { return p, r.Scan(&p.npi, &p.organization) },
		`select distinct npi, organization_id from organization_alias where npi <> ''`)
	to := map[string]string{}
	for _, p := range all {
		if _, twice := to[p.npi]; twice {
			p.organization = ""
		}
		to[p.npi] = p.organization
	}
	return to, err
}

// merged is the condition that an organization is the one that a record became
// part of, for which a column of the alias is $1.
func merged(column string) string {
	return "id in (select organization_id from organization_alias where " + column + " = $1)"
}

// withNPI is the condition that an organization has, or took over, NPI $1.
const withNPI = `(npi = $1 or id in (select organization_id from organization_alias where npi = $1))`
