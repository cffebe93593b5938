package account

import (
	"context"
	"net/url"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A View is a search a person saved under a name.
type View struct{ ID, Name, Query string }

const mostViews = 30

// Views returns by's saved views, by name.
func Views(ctx context.Context, tx *db.Tx, by Actor) ([]View, error) {
	return db.All(ctx, tx, func(r db.Row) (v View, err error) { return v, r.Scan(&v.ID, &v.Name, &v.Query) },
		`select id, name, query from saved_view where person_id = $1 order by name, id`, string(by.ID))
}

// SaveView keeps a search for by; the same name replaces what it meant. The
// place in the list is not part of a view, and neither is what was typed:
// names and birth dates do not belong in a setting.
func SaveView(ctx context.Context, tx *db.Tx, by Actor, name, query string) error {
	name = strings.TrimSpace(name)
	f := fault.Fields{}
	f.Check(name != "", "name", "Enter a name for the view")
	f.Check(len([]rune(name)) <= 40, "name", "The name must be 40 characters or less")
	n, err := db.Count(ctx, tx, `select count(*) from saved_view where person_id = $1 and name <> $2`, string(by.ID), name)
	if err != nil {
		return err
	}
	f.Check(n < mostViews, "name", "You have 30 views. Delete one first")
	if err := f.Err(); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into saved_view (id, person_id, name, query, created_at) values ($1, $2, $3, $4, $5)
		on conflict (person_id, name) do update set query = excluded.query`, db.NewID("viw"), string(by.ID), name, filtersOnly(query), tx.Now())
	return err
}

// filtersOnly keeps the parts of a query that name no one.
func filtersOnly(query string) string {
	v, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	kept := url.Values{}
	for _, name := range []string{"status", "plan", "program", "location", "sort", "size"} {
		for _, value := range v[name] {
			if value != "" && len(value) <= 100 {
				kept.Add(name, value)
			}
		}
	}
	return kept.Encode()
}

// DropView forgets one of by's views; another person's is NotFound.
func DropView(ctx context.Context, tx *db.Tx, by Actor, id string) error {
	n, err := tx.Exec(ctx, `delete from saved_view where id = $1 and person_id = $2`, id, string(by.ID))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "We can't find that view.")
	}
	return err
}
