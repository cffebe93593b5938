package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// FollowMerged moves the orders of an organization's record to the one that it
// became part of, those under a legal hold too: nothing of them goes, and each
// says in its history whose record it was.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	by := account.Program()
	if _, err := tx.Exec(ctx, `
		insert into order_event (order_id, n, at, actor_id, actor_name, kind, text)
		select o.id, (select coalesce(max(n), 0) + 1 from order_event v where v.order_id = o.id), $1, $2, $3, 'office merged', $4
		from orders o where o.organization_id = $5 order by o.id`,
		tx.Now(), string(by.ID), by.Name, string(words.Say("The office's record “%s” became part of “%s”.", e.FromName, e.IntoName)), e.From); err != nil {
		return err
	}
	for _, query := range []string{
		`update orders set organization_id = $1 where organization_id = $2`,
		`update orders set site_id = $1 where site_id = $2`,
		`insert into order_count (organization_id, location_id, status, plan_id, program_id, n)
			select $1, location_id, status, plan_id, program_id, n from order_count where organization_id = $2 order by location_id, status, plan_id, program_id
			on conflict (organization_id, location_id, status, plan_id, program_id) do update set n = order_count.n + excluded.n`,
	} {
		if _, err := tx.Exec(ctx, query, e.Into, e.From); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `delete from order_count where organization_id = $1`, e.From)
	return err
}
