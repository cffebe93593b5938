package order

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveAll removes orders that go for their age, once all that others keep of
// them is removed, and takes them out of the counts.
func RemoveAll(ctx context.Context, tx *db.Tx, ids []string) error {
	list, args := db.In(1, ids)
	all, err := db.All(ctx, tx, scan, `select `+columns+` from orders where id in `+list+` order by organization_id, location_id, status, plan_id, program_id, id`, args...)
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := count(ctx, tx, kindOf(o, o.Status), -1); err != nil {
			return err
		}
	}
	for _, query := range []string{
		`delete from order_service where order_id in `, `delete from order_diagnosis where order_id in `, `delete from order_reference where order_id in `,
		`delete from order_event where order_id in `, `delete from order_source where order_id in `, `delete from order_gap where order_id in `, `delete from orders where id in `,
	} {
		if _, err := tx.Exec(ctx, query+list, args...); err != nil {
			return err
		}
	}
	return nil
}
