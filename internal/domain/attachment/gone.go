package attachment

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the files of orders that go for their age, also what
// was uploaded for them and not sent. Their contents are forgotten by Drop,
// once no row names them.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, orders, requests []string) error {
	list, args := db.In(1, orders)
	more, others := db.In(1+len(orders), requests)
	args = append(args, others...)
	of := `(order_id in ` + list + ` or request_id in ` + more + ` or request_id in ` + list + `)`
	for _, query := range []string{
		`delete from upload_part where upload_id in (select id from upload where ` + of + `)`,
		`delete from upload where ` + of,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from attachment where order_id in `+list, args[:len(orders)]...)
	return err
}
