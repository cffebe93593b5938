package survey

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveOfOrders removes the surveys about what goes with orders for their age, by
// its ids.
func RemoveOfOrders(ctx context.Context, tx *db.Tx, ids []string) error {
	list, args := db.In(1, ids)
	for _, query := range []string{
		`delete from survey_answer where survey_id in (select id from survey where subject_id in ` + list + `)`,
		`delete from survey where subject_id in ` + list,
	} {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}
