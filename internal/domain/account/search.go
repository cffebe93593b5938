package account

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/infra/db"
)

// Searched are those whose name, address or organization holds all words of
// text, by name, at most n; without text everyone. For administrators and
// those who read the audit.
func Searched(ctx context.Context, tx *db.Tx, by Actor, text string, n int) ([]Person, error) {
	if !by.Can(ReadAudit) {
		if err := by.mustManage(); err != nil {
			return nil, err
		}
	}
	where, args := "1 = 1", []any(nil)
	for _, word := range strings.Fields(strings.ToLower(text)) {
		args = append(args, "%"+plainly.Replace(word)+"%")
		p := "$" + strconv.Itoa(len(args))
		where += ` and (lower(first_name) like ` + p + ` escape '\' or lower(last_name) like ` + p + ` escape '\' or email like ` + p + ` escape '\'
			or exists (select 1 from membership m join organization o on o.id = m.organization_id where m.person_id = person.id and lower(o.name) like ` + p + ` escape '\'))`
	}
	return db.All(ctx, tx, scanPerson, `select `+personColumns+` from person where `+where+` order by last_name, first_name, id limit `+strconv.Itoa(n), args...)
}

// plainly takes their meaning from what like understands.
var plainly = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// SearchedOrganizations are the organizations whose name, NPI or tax ID, or
// that of a record that became part of them, holds all words of text, by name,
// at most n; without text all. Who may: administrators.
func SearchedOrganizations(ctx context.Context, tx *db.Tx, by Actor, text string, n int) ([]Organization, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	where, args := "1 = 1", []any(nil)
	for _, word := range strings.Fields(strings.ToLower(text)) {
		args = append(args, "%"+plainly.Replace(word)+"%")
		p := "$" + strconv.Itoa(len(args))
		is := `(lower(name) like ` + p + ` escape '\' or npi like ` + p + ` escape '\' or tin like ` + p + ` escape '\')`
		where += ` and (` + is + ` or id in (select organization_id from organization_alias where ` + is + `))`
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where `+where+` order by name, id limit `+strconv.Itoa(n), args...)
}

// Twins are the other organizations of the same kind that have the name, the
// NPI or the tax ID of one, by name: records that may be of one office. Who may:
// administrators.
func Twins(ctx context.Context, tx *db.Tx, by Actor, o Organization) ([]Organization, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where id <> $1 and kind = $2 and kind <> 'um'
		and (lower(name) = $3 or npi <> '' and npi = $4 or tin <> '' and tin = $5) order by name, id limit 20`, o.ID, o.Kind, strings.ToLower(o.Name), o.NPI, o.TIN)
}
