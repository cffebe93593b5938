package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// FollowLeft has a colleague go on with the drafts of somebody who left their
// office, and hear when one expires.
func FollowLeft(ctx context.Context, tx *db.Tx, e account.Left) error {
	to, err := account.Get(ctx, tx, e.To)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, who := range []string{"created", "changed"} {
		if _, err := tx.Exec(ctx, `update request set `+who+`_by = $1, `+who+`_name = $2 where organization_id = $3 and `+who+`_by = $4 and sent_at is null`,
			string(to.ID), to.Name(), e.OrganizationID, string(e.PersonID)); err != nil {
			return err
		}
	}
	return nil
}

// HeldBy counts the drafts that somebody began at an organization.
func HeldBy(ctx context.Context, tx *db.Tx, organizationID string, who account.PersonID) (int, error) {
	return db.Count(ctx, tx, `select count(*) from request where organization_id = $1 and created_by = $2 and sent_at is null and deleted_at is null and expires_at > $3`,
		organizationID, string(who), tx.Now())
}
