// Package audit keeps who did what, and who read a member's data. An auditor
// reads it years later, so a row holds copies and outlives what it speaks of.
// It is above package account because entering the program is audited too.
package audit

import (
	"context"
	"time"

	"parley/internal/infra/db"
)

// An Entry is one act. Detail never holds a member's data: it names fields,
// counts and codes.
type Entry struct {
	ID                 string
	At                 time.Time // UTC
	ActorID, ActorName string
	Action             string // such as "order.read" or "call.booked"
	Kind, ObjectID     string // what it was done to
	MemberID           string // whose data was read or changed, if anyone's
	RequestID          string
	Detail             string
}

// Record leaves e in tx, at the transaction's time. In a read-only
// transaction it is written as soon as that has ended well, before the reader
// sees anything (db.Tx.Later).
func Record(ctx context.Context, tx *db.Tx, e Entry) error {
	if e.RequestID == "" {
		e.RequestID = RequestID(ctx)
	}
	return tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.Send(ctx, `
			insert into audit (id, at, actor_id, actor_name, action, kind, object_id, member_id, request_id, detail)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			db.NewID("aud"), tx.Now(), e.ActorID, e.ActorName, e.Action, e.Kind, e.ObjectID, e.MemberID, e.RequestID, e.Detail)
	})
}

// Of returns what was done to one object, newest first, at most 500 entries.
func Of(ctx context.Context, tx *db.Tx, kind, id string) ([]Entry, error) {
	return db.All(ctx, tx, scan, `
		select `+columns+`
		from audit where kind = $1 and object_id = $2 order by at desc, id desc limit 500`, kind, id)
}

const columns = `id, at, actor_id, actor_name, action, kind, object_id, member_id, request_id, detail`

// Recent returns the newest entries of all, at most n.
func Recent(ctx context.Context, tx *db.Tx, n int) ([]Entry, error) {
	return db.All(ctx, tx, scan, `
		select `+columns+`
		from audit order by id desc limit $1`, n)
}

func scan(r db.Row) (e Entry, err error) {
	return e, r.Scan(&e.ID, &e.At, &e.ActorID, &e.ActorName, &e.Action, &e.Kind, &e.ObjectID, &e.MemberID, &e.RequestID, &e.Detail)
}

type requestKey struct{}

// WithRequest has entries recorded under ctx carry the id of the request that
// caused them, so that a line in the log and a row here can be put together.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID is the id given to WithRequest, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
