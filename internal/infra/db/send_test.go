package db_test

import (
	"context"
	"testing"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// What is sent is there for the next statement, goes with a step that is
// undone, and what is wrong with it fails the transaction.
func TestSentStatementsRun(t *testing.T) {
	ctx := context.Background()
	send := func(tx *db.Tx, name string) error {
		return tx.Send(ctx, `insert into lease (name, holder, until) values ($1, 'x', $2)`, name, tx.Now())
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			for _, name := range []string{"a", "b"} {
				if err := send(tx, name); err != nil {
					return err
				}
			}
			if n, err := db.Count(ctx, tx, `select count(*) from lease`); n != 2 {
				t.Errorf("%d rows after two were sent: %v", n, err)
			}
			err := tx.Try(ctx, func() error {
				if err := send(tx, "c"); err != nil {
					return err
				}
				return send(tx, "a") // a second time
			})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("a row sent twice: %v", err)
			}
			return send(tx, "d")
		})
		if n := leases(ctx, d); n != 3 || err != nil {
			t.Errorf("%d rows, want 3: %v", n, err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error { return send(tx, "a") })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("at the end of the transaction: %v", err)
		}
	})
}
