package member

import (
	"context"

	"parley/internal/infra/db"
)

// RemoveAnswers removes answers about coverage, by their ids, once no order was
// sent with them any more.
func RemoveAnswers(ctx context.Context, tx *db.Tx, ids []string) error {
	list, args := db.In(1, ids)
	_, err := tx.Exec(ctx, `delete from eligibility where id in `+list, args...)
	return err
}
