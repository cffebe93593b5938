package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// left finds the calls to come that somebody arranged for an organization.
const left = `organization_id = $1 and arranger_id = $2 and status in ('requested', 'scheduled', 'confirmed')`

// FollowLeft makes a colleague the arranger of the calls to come of somebody who
// left their office: what happens to one is told to them.
func FollowLeft(ctx context.Context, tx *db.Tx, e account.Left) error {
	to, err := account.Get(ctx, tx, e.To)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from call where `+left+` order by id`, e.OrganizationID, string(e.PersonID))
	if err != nil {
		return err
	}
	for _, c := range all {
		if _, err := tx.Exec(ctx, `update call set arranger_id = $1, arranger_name = $2, arranger_email = $3 where id = $4`,
			string(to.ID), to.Name(), to.Email, string(c.ID)); err != nil {
			return err
		}
		if err := addEvent(ctx, tx, account.Program(), c, "handed over", c.Status, words.Say("%s left. %s goes on with it.", c.ArrangerName, to.Name())); err != nil {
			return err
		}
	}
	return nil
}

// HeldBy counts the calls to come that somebody arranged for an organization.
func HeldBy(ctx context.Context, tx *db.Tx, organizationID string, who account.PersonID) (int, error) {
	return db.Count(ctx, tx, `select count(*) from call where `+left, organizationID, string(who))
}
