package message

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// See notes that by has read all of a thread that there is. Who acts for an
// office as staff, or sees what somebody else sees, reads it for nobody.
func See(ctx context.Context, tx *db.Tx, by account.Actor, t Thread) error {
	if by.Assists != nil || by.Viewed != nil || by.IsProgram() {
		return nil
	}
	n, err := tx.Exec(ctx, `
		insert into message_seen (thread_id, person_id, name, side, n, at) values ($1, $2, $3, $4, $5, $6)
		on conflict (thread_id, person_id) do update set n = excluded.n, at = excluded.at where message_seen.n < excluded.n`,
		t.ID, string(by.ID), by.Name, string(SideOf(by)), t.LastN, tx.Now())
	if err == nil && n > 0 {
		tell(tx, t)
	}
	return err
}

// Readers are who has read a thread, and how far, the last first. The caller
// has read the thread.
func Readers(ctx context.Context, tx *db.Tx, t Thread) ([]Seen, error) {
	return db.All(ctx, tx, func(r db.Row) (s Seen, err error) { return s, r.Scan(&s.Name, (*string)(&s.Side), &s.N, &s.At) },
		`select name, side, n, at from message_seen where thread_id = $1 order by at desc, person_id`, t.ID)
}
