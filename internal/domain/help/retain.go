package help

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// CountOld counts closed reports of problems from before then.
func CountOld(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from problem_report where closed_at < $1`, before)
}

// RemoveOld removes closed reports of problems from before then, at most so
// many.
func RemoveOld(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	return tx.Exec(ctx, `delete from problem_report where id in (select id from problem_report where closed_at < $1 order by closed_at, id limit $2)`, before, most)
}
