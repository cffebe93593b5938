package hold

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the holds that ended of orders that go for their age. One
// that holds still keeps its order.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from legal_hold where ended_at is not null and order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
