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
