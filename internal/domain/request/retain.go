package request

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// CountReceipts counts answers to whether authorization is needed that were
// given before then.
func CountReceipts(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from need_receipt where at < $1`, before)
}

// RemoveReceipts removes those that CountReceipts counts, at most so many.
func RemoveReceipts(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	return tx.Exec(ctx, `delete from need_receipt where id in (select id from need_receipt where at < $1 order by at, id limit $2)`, before, most)
}
