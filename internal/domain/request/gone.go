package request

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the requests that became orders which go for their age.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from request_kept where request_id in (select id from request where order_id in ` + list + `)`,
		`delete from request_working where request_id in (select id from request where order_id in ` + list + `)`,
		`delete from request where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
