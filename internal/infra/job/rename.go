package job

import (
	"context"

	"parley/internal/infra/db"
)

// Rename has work that waits be about another id than the one it was asked for,
// which is no more. Both are ids of this program, which need no escaping in JSON.
func Rename(ctx context.Context, tx *db.Tx, from, to string) error {
	_, err := tx.Exec(ctx, `update job set args = replace(args, $1, $2) where state in ('ready', 'running', 'dead') and args like '%"' || $1 || '"%'`, from, to)
	return err
}
