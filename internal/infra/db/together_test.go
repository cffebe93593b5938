package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Each of many readers at once leaves its trace before it has its answer,
// whatever happens to another's.
func TestTracesOfManyReaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, broken := context.Background(), errors.New("broken")
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				id := fmt.Sprintf("trace_%03d", i)
				err := d.View(ctx, func(tx *db.Tx) error {
					return tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
						switch {
						case i%50 == 7:
							return broken
						case i%50 == 9:
							panic("out of order")
						}
						_, err := tx.Exec(ctx, `insert into job (id, kind, args, state, run_at, added_at) values ($1, 'trace', '{}', 'ready', $2, $2)`, id, tx.Now())
						return err
					})
				})
				if fails := i%50 == 7 || i%50 == 9; (err != nil) != fails || i%50 == 7 && !errors.Is(err, broken) {
					t.Errorf("%s: %v", id, err)
				}
				if err := d.View(ctx, func(tx *db.Tx) error {
					there, err := db.Exists(ctx, tx, `select 1 from job where id = $1`, id)
					if there == (i%50 == 7 || i%50 == 9) {
						t.Errorf("%s: there is %v", id, there)
					}
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
