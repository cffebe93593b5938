package provider

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged moves the locations of an organization's record, with who
// practices there and their numbers, to the one it became part of, and what is
// a favorite of either. A location that has the name of another there says
// where it came from.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	if _, err := tx.Exec(ctx, `update location set name = name || ' (' || $3 || ')' where organization_id = $2 and retired_at is null
		and lower(name) in (select lower(name) from location where organization_id = $1 and retired_at is null)`, e.Into, e.From, e.FromName); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update location set organization_id = $1 where organization_id = $2`, e.Into, e.From); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into favorite_site (organization_id, site_id, added_at, added_by)
		select case when organization_id = $2 then $1 else organization_id end, case when site_id = $2 then $1 else site_id end, added_at, added_by
		from favorite_site where organization_id = $2 or site_id = $2 on conflict do nothing`, e.Into, e.From); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from favorite_site where organization_id = $1 or site_id = $1`, e.From)
	return err
}
