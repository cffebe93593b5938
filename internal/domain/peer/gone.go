package peer

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the calls about orders that go for their age, with all
// that was noted of them. A call about several goes with all of them.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders []string) error {
	list, args := db.In(1, orders)
	for _, query := range []string{
		`delete from speaker_visit where link_id in (select l.id from speaker_link l join call c on c.id = l.call_id where c.order_id in ` + list + `)`,
		`delete from speaker_link where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from cover_call where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_window where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_undo where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_statement where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_event where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_day where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_attempt where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_alert where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_order where call_id in (select id from call where order_id in ` + list + `)`,
		`delete from call_order where order_id in ` + list,
		`delete from claim where holder in (select id from call where order_id in ` + list + `)`,
		`delete from call_draft where order_id in ` + list,
		`delete from scheduler_note where order_id in ` + list,
		`delete from call where order_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
