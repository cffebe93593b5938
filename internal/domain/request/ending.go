package request

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Ending returns the drafts that by changed last and that expire before a time,
// the soonest first, at most n. The caller leaves the audit row.
func Ending(ctx context.Context, tx *db.Tx, by account.Actor, until time.Time, n int) ([]Request, error) {
	where, args := mine(by, 4)
	return db.All(ctx, tx, scan, `select `+columns+` from request
		where sent_at is null and deleted_at is null and changed_by = $1 and expires_at > $2 and expires_at <= $3 and `+where+` order by expires_at, id limit `+strconv.Itoa(n),
		append([]any{string(by.ID), tx.Now(), until}, args...)...)
}

// Numbers are those of the drafts with these ids that by works with and that
// still can be sent.
func Numbers(ctx context.Context, tx *db.Tx, by account.Actor, ids []ID) (map[ID]string, error) {
	all := map[ID]string{}
	if len(ids) == 0 {
		return all, nil
	}
	where, args := mine(by, 2)
	list, more := db.In(2+len(args), ids)
	_, err := db.All(ctx, tx, func(r db.Row) (any, error) {
		var id, number string
		err := r.Scan(&id, &number)
		all[ID(id)] = number
		return nil, err
	}, `select id, number from request where sent_at is null and deleted_at is null and expires_at > $1 and `+where+` and id in `+list, append(append([]any{tx.Now()}, args...), more...)...)
	return all, err
}

// Title is what is ordered, in short; "" before anything is.
func (o Ordered) Title() string {
	if len(o.Services) == 0 {
		return ""
	}
	return o.Services[0].Wording
}
