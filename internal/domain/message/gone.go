package message

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the messages about orders that go for their age.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from message_item where thread_id in (select id from message_thread where order_id in ` + list + `)`,
		`delete from message_entry where thread_id in (select id from message_thread where order_id in ` + list + `)`,
		`delete from message_seen where thread_id in (select id from message_thread where order_id in ` + list + `)`,
		`delete from message_snooze where thread_id in (select id from message_thread where order_id in ` + list + `)`,
		`delete from message_thread where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
