package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the calls of an organization's record, notes to the
// schedulers, and its practitioners' usual times to the one that it became part
// of. Of two usual times of one practitioner Into's stay.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	for _, query := range []string{
		`update call set organization_id = $1 where organization_id = $2`,
		`update scheduler_note set organization_id = $1 where organization_id = $2`,
		`update usual_times set organization_id = $1 where organization_id = $2
			and not exists (select 1 from usual_times u where u.organization_id = $1 and u.practitioner_id = usual_times.practitioner_id)`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from usual_times where organization_id = $1`, e.From)
	return err
}
