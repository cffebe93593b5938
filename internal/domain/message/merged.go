package message

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the messages of an organization's record to the one that it
// became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	for _, query := range []string{
		`update message_thread set organization_id = $1 where organization_id = $2`,
		`update message_snooze set organization_id = $1 where organization_id = $2
			and not exists (select 1 from message_snooze z where z.organization_id = $1 and z.thread_id = message_snooze.thread_id)`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from message_snooze where organization_id = $1`, e.From)
	return err
}
