package notify

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the mails about what goes with orders for their age, by
// its ids.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, ids []string) error {
	list, args := db.In(1, ids)
	for _, query := range []string{
		`delete from mail where object_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
