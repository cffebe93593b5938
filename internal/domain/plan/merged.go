package plan

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged has waves that name an organization's record name the one that
// it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	type list struct{ id, organizations string }
	all, err := db.All(ctx, tx, func(r db.Row) (l list, err error) { return l, r.Scan(&l.id, &l.organizations) },
		`select id, organizations from rollout where organizations like $1 order by id`, "%"+e.From+"%")
	if err != nil {
		return err
	}
	for _, l := range all {
		ids := strings.Split(l.organizations, ",")
		if !slices.Contains(ids, e.From) {
			continue
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == e.From || id == e.Into })
		if _, err := tx.Exec(ctx, `update rollout set organizations = $1, changed_at = $2 where id = $3`, strings.Join(append(ids, e.Into), ","), tx.Now(), l.id); err != nil {
			return err
		}
	}
	return nil
}
