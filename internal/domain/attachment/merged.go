package attachment

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the files of an organization's record to the
// one that it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	_, err := tx.Exec(ctx, `update upload set organization_id = $1 where organization_id = $2`, e.Into, e.From)
	return err
}
