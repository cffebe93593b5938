package message

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// A Kept is a thread that was written elsewhere, with what was said in it.
type Kept struct {
	Thread
	Entries []Entry
}

// CreateMany stores threads as they are, for imports and for measuring, with
// numbers that the caller gives. Nobody is told, and no clock hears of them. One
// whose number is here already is left alone. Who may: who imports data.
func CreateMany(ctx context.Context, tx *db.Tx, by account.Actor, all []Kept) error {
	if err := by.Must(account.ImportData); err != nil {
		return err
	}
	for _, k := range all {
		t := k.Thread
		t.ID, t.Version, t.LastN = db.NewID("msg"), 1, len(k.Entries)
		if n, err := tx.Exec(ctx, insertThread, t.values()...); err != nil || n == 0 {
			return err
		}
		for n, e := range k.Entries {
			e.N = n + 1
			if err := t.put(ctx, tx, e); err != nil {
				return err
			}
		}
	}
	return nil
}
