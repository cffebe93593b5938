package training

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// CountOld counts sessions that began before then.
func CountOld(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from training where starts_at < $1`, before)
}

// RemoveOld removes sessions that began before then, with who came, at most so
// many.
func RemoveOld(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `select id from training where starts_at < $1 order by starts_at, id limit $2`, before, most)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := tx.Exec(ctx, `delete from training_place where training_id = $1`, id); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `delete from training where id = $1`, id); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}
