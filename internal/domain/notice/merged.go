package notice

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowMerged has announcements for an organization's record be for the one
// that it became part of.
func FollowMerged(ctx context.Context, tx *db.Tx, e account.Merged) error {
	all, err := db.All(ctx, tx, scan, `select `+columns+` from announcement where organizations like $1 order by id`, "%"+e.From+"%")
	if err != nil {
		return err
	}
	for _, a := range all {
		if !slices.Contains(a.Organizations, e.From) {
			continue
		}
		ids := slices.DeleteFunc(a.Organizations, func(id string) bool { return id == e.From || id == e.Into })
		if _, err := tx.Exec(ctx, `update announcement set organizations = $1, version = version + 1 where id = $2`, strings.Join(append(ids, e.Into), ","), a.ID); err != nil {
			return err
		}
		tx.Tell(Topic)
	}
	return nil
}
