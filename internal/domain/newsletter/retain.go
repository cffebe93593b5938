package newsletter

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// over are subscriptions that ended, or that nobody confirmed.
const over = `(state = 'ended' and ended_at < $1 or state = 'pending' and asked_at < $1)`

// CountOld counts subscriptions that ended, or were not confirmed, before then.
func CountOld(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from newsletter_subscription where `+over, before)
}

// RemoveOld removes those that CountOld counts, at most so many.
func RemoveOld(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	return tx.Exec(ctx, `delete from newsletter_subscription where id in (select id from newsletter_subscription where `+over+` order by asked_at, id limit $2)`, before, most)
}
