package survey

import (
	"context"
	"time"

	"parley/internal/domain/hold"
	"parley/internal/infra/db"
)

// removable are surveys of old that are about no order that is held.
var removable = `s.asked_at < $1
	and not exists (select 1 from determination d where d.id = s.subject_id and ` + hold.Held(`d.order_id`) + `)
	and not exists (select 1 from call_order c where c.call_id = s.subject_id and ` + hold.Held(`c.order_id`) + `)`

// CountOld counts surveys from before then that can be removed.
func CountOld(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from survey s where `+removable, before)
}

// RemoveOld removes surveys from before then with their answers, at most so
// many.
func RemoveOld(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `select s.id from survey s where `+removable+` order by s.asked_at, s.id limit $2`, before, most)
	if err != nil {
		return 0, err
	}
	list, args := db.In(1, ids)
	if _, err := tx.Exec(ctx, `delete from survey_answer where survey_id in `+list, args...); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `delete from survey where id in `+list, args...); err != nil {
		return 0, err
	}
	return int64(len(ids)), nil
}
