package review

import (
	"context"
	"net/url"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A QueueView is a way to look at the queue that a person saved.
type QueueView struct{ ID, Name, Query string }

const mostViews = 20

// Views are by's, by name.
func Views(ctx context.Context, tx *db.Tx, by account.Actor) ([]QueueView, error) {
	return db.All(ctx, tx, func(r db.Row) (v QueueView, err error) { return v, r.Scan(&v.ID, &v.Name, &v.Query) },
		`select id, name, query from queue_view where person_id = $1 order by name, id`, string(by.ID))
}

// SaveView keeps a view of the queue for by; the same name replaces what it
// meant. Of the query only view, filters and order are kept. Who may:
// reviewers. The error is Invalid at "name".
func SaveView(ctx context.Context, tx *db.Tx, by account.Actor, name, query string) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	n, err := db.Count(ctx, tx, `select count(*) from queue_view where person_id = $1 and name <> $2`, string(by.ID), name)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(name != "", "name", "Enter a name for the view")
	f.Check(len([]rune(name)) <= 40, "name", "The name must be 40 characters or less")
	f.Check(n < mostViews, "name", "You have 20 views. Delete one first")
	if err := f.Err(); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into queue_view (id, person_id, name, query, created_at) values ($1, $2, $3, $4, $5)
		on conflict (person_id, name) do update set query = excluded.query`, db.NewID("qvw"), string(by.ID), name, filtersOf(query), tx.Now())
	return err
}

// DropView forgets one of by's views; another person's is NotFound.
func DropView(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	n, err := tx.Exec(ctx, `delete from queue_view where id = $1 and person_id = $2`, id, string(by.ID))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "We can't find that view.")
	}
	return err
}

// filtersOf keeps what makes a view, and not the place in it.
func filtersOf(query string) string {
	v, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	kept := url.Values{}
	for _, name := range []string{"view", "plan", "program", "sort"} {
		for _, value := range v[name] {
			if value != "" && len(value) <= 100 {
				kept.Add(name, value)
			}
		}
	}
	return kept.Encode()
}
