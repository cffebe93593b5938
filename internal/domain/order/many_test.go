package order_test

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestCreateManyLeavesOutWhatIsHere(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		many := func(numbers ...string) (n int64) {
			err := d.Update(ctx, func(tx *db.Tx) (err error) {
				var all []order.Order
				for _, number := range numbers {
					o := w.order()
					o.Number, o.Status, o.ReceivedAt, o.DueAt = number, order.Approved, tx.Now(), nil
					all = append(all, o)
				}
				n, err = order.CreateMany(ctx, tx, account.Program(), all)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		first, second := order.NewNumber(), order.NewNumber()
		if n := many(first); n != 1 {
			t.Errorf("%d new, want 1", n)
		}
		if n := many(first, second); n != 1 {
			t.Errorf("%d new beside one that is here, want 1", n)
		}
		o, err := get(d, staff(w, "all", ""), second)
		if err != nil || len(o.Services) != 1 || o.Status != order.Approved {
			t.Errorf("%+v %v", o, err)
		}
	})
}
