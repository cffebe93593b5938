package legacy

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves older orders of an organization's record, and those for a
// site, to the one that it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	for _, query := range []string{
		`update legacy_order set organization_id = $1 where organization_id = $2`,
		`update legacy_order set site_id = $1 where site_id = $2`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	return nil
}
