package message

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// left finds the threads that somebody has at their office: those given to
// them, and questions of theirs that nobody else was given.
const left = `organization_id = $1 and status = 'open' and (assigned_to = $2 or assigned_to = '' and kind = 'question' and created_by = $2)`

// FollowLeft gives a colleague the messages of somebody who left their office.
func FollowLeft(ctx context.Context, tx *db.Tx, e account.Left) error {
	to, err := account.Get(ctx, tx, e.To)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from message_thread where `+left+` order by id`, e.OrganizationID, string(e.PersonID))
	if err != nil {
		return err
	}
	for _, t := range all {
		t.AssignedTo, t.AssignedName = string(to.ID), to.Name()
		if err := t.save(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `
		update message_item set assigned_to = $1, assigned_name = $2 where assigned_to = $3 and sent_at is null
			and thread_id in (select id from message_thread where organization_id = $4 and status = 'open')`,
		string(to.ID), to.Name(), string(e.PersonID), e.OrganizationID)
	return err
}

// HeldBy counts the messages that somebody has at an organization.
func HeldBy(ctx context.Context, tx *db.Tx, organizationID string, who account.PersonID) (int, error) {
	return db.Count(ctx, tx, `select count(*) from message_thread where `+left, organizationID, string(who))
}
