package job

import (
	"context"

	"parley/internal/infra/db"
)

// Forget removes work that is done, or was given up, about an id that is no
// more.
func Forget(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `delete from job where state in ('done', 'dead') and args like '%"' || $1 || '"%'`, id)
	return err
}
