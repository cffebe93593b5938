package appeal

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the appeals of orders that go for their age.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from appeal where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
