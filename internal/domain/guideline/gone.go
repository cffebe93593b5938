package guideline

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the clinical answers of the requests that became orders
// which go for their age. The requests are known by their ids.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, ids []string) error {
	list, args := db.In(1, ids)
	for _, query := range []string{
		`delete from guideline_answer where response_id in (select id from guideline_response where request_id in ` + list + `)`,
		`delete from guideline_response where request_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
