package privacy

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// CountOld counts the incidents that were closed before then, and what was
// disclosed and entered before then.
func CountOld(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select (select count(*) from privacy_incident where closed_at < $1) + (select count(*) from disclosure where entered_at < $1)`, before)
}

// RemoveOld removes them, each at most so many.
func RemoveOld(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `select id from privacy_incident where closed_at < $1 order by closed_at, id limit $2`, before, most)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, query := range []string{`delete from privacy_member where incident_id = $1`, `delete from privacy_notice where incident_id = $1`, `delete from privacy_incident where id = $1`} {
			if _, err := tx.Exec(ctx, query, id); err != nil {
				return 0, err
			}
		}
	}
	n, err := tx.Exec(ctx, `delete from disclosure where id in (select id from disclosure where entered_at < $1 order by entered_at, id limit $2)`, before, most)
	return n + int64(len(ids)), err
}
