package member

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the answers about coverage of an organization's record to the
// one that it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	_, err := tx.Exec(ctx, `update eligibility set organization_id = $1 where organization_id = $2`, e.Into, e.From)
	return err
}
