package review

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged has reviewers who don't decide about the orders of an
// organization's record not decide about those of the one it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	if _, err := tx.Exec(ctx, `insert into review_conflict (person_id, organization_id, why, declared_at)
		select person_id, $1, why, declared_at from review_conflict where organization_id = $2 on conflict do nothing`, e.Into, e.From); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from review_conflict where organization_id = $1`, e.From)
	return err
}
