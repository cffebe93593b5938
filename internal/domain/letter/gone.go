package letter

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the letters of orders that go for their age, with the
// proof of each way they went.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from letter_delivery where letter_id in (select id from letter where order_id in ` + list + `)`,
		`delete from letter where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
