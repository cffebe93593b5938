package db_test

import (
	"context"
	"errors"
	"testing"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

const addRule = `insert into match_rule (id, state, code, from_day, citation, sentence) values ($1, $1, 'x', '2026-01-01', 'c', 's')`

// rules is how many there are, as remembered; read says whether they were read.
func rules(ctx context.Context, t *testing.T, tx *db.Tx) (n int, read bool) {
	t.Helper()
	n, err := db.Remember(ctx, tx, "law", "count", func() (int, error) {
		read = true
		return db.Count(ctx, tx, `select count(*) from match_rule`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, read
}

// A copy serves until something of its topic changes, whoever changes it; who
// changes it sees that at once, and nobody sees what was rolled back.
func TestWhatIsRememberedIsWhatIsThere(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		look := func(want int, wantRead bool) {
			t.Helper()
			err := d.View(ctx, func(tx *db.Tx) error {
				if n, read := rules(ctx, t, tx); n != want || read != wantRead {
					t.Errorf("%d rules, read %v; want %d, %v", n, read, want, wantRead)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		look(0, true)
		look(0, false)
		giveUp := errors.New("give up")
		for i, end := range []error{giveUp, nil} {
			err := d.Update(ctx, func(tx *db.Tx) error {
				if n, _ := rules(ctx, t, tx); n != 0 {
					t.Errorf("%d rules before", n)
				}
				if _, err := tx.Exec(ctx, addRule, "TX"); err != nil {
					return err
				}
				if n, read := rules(ctx, t, tx); n != 1 || !read {
					t.Errorf("its own change: %d rules, read %v", n, read)
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
			look(i, i == 1)
		}
		look(1, false)
		err := d.View(ctx, func(tx *db.Tx) error { // another topic
			_, err := db.Remember(ctx, tx, "plan", "count", func() (int, error) { return 7, nil })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		look(1, false)
	})
}

// What the program takes for watched is what the database watches.
func TestWatchedTablesAreThoseWithTriggers(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		query := map[string]string{
			"sqlite":   `select tbl_name, min(sql) from sqlite_master where type = 'trigger' group by tbl_name having count(*) = case when tbl_name in ('person', 'letter_template') then 1 when tbl_name = 'rule_pack' then 2 else 3 end`,
			"postgres": `select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`,
		}[d.Name()]
		err := d.View(ctx, func(tx *db.Tx) error {
			type trigger struct{ table, sql string }
			all, err := db.All(ctx, tx, func(r db.Row) (g trigger, err error) { return g, r.Scan(&g.table, &g.sql) }, query)
			there := map[string]string{}
			for _, g := range all {
				there[g.table] = g.sql
			}
			db.CheckWatched(t, there)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
