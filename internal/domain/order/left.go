package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// FollowLeft has a colleague follow the orders of somebody who left their office:
// they see them where people see only their own, and hear of them where the
// other did.
func FollowLeft(ctx context.Context, tx *db.Tx, e account.Left) error {
	if e.To == "" {
		return nil
	}
	to, err := account.Get(ctx, tx, e.To)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	from, err := account.Get(ctx, tx, e.PersonID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update orders set held_by = $1 where organization_id = $2 and (held_by = $3 or held_by = '' and created_by = $3)`,
		string(to.ID), e.OrganizationID, string(from.ID)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update orders set contact_name = $1, contact_email = $2 where organization_id = $3 and lower(contact_email) = $4`,
		to.Name(), to.Email, e.OrganizationID, from.Email)
	return err
}

// HeldBy counts the orders that somebody follows at an organization, for who
// is about to hand them over.
func HeldBy(ctx context.Context, tx *db.Tx, organizationID string, who account.PersonID) (int, error) {
	return db.Count(ctx, tx, `select count(*) from orders where organization_id = $1 and (held_by = $2 or held_by = '' and created_by = $2)`, organizationID, string(who))
}
