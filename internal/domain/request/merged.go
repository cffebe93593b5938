package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the requests, receipts and usual contacts of an
// organization's record to the one that it became part of; drafts that chose it
// as a site choose that one. Of two contacts of one person Into's stays.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	for _, query := range []string{
		`update request set organization_id = $1 where organization_id = $2`,
		`update request set content = replace(content, $2, $1) where content like '%"' || $2 || '"%'`,
		`update need_receipt set organization_id = $1 where organization_id = $2`,
		`update office_contact set organization_id = $1 where organization_id = $2
			and not exists (select 1 from office_contact c where c.organization_id = $1 and c.person_id = office_contact.person_id)`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from office_contact where organization_id = $1`, e.From)
	return err
}
