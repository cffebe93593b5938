package account

import (
	"context"
	"strconv"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/infra/secret"
)

// skew is how much later than a provider says it a session may have begun here
// and still be one that it means: clocks differ.
const skew = time.Minute

// came notes through whom a session began.
func (r Returned) came(ctx context.Context, tx *db.Tx, e Entry, sid string) error {
	if sid != "" {
		sid = secret.HashToken(sid)
	}
	_, err := tx.Exec(ctx, `update session set through_organization_id = $1, through_sid = $2 where id = $3`, r.OrganizationID, sid, sessionID(e.Token))
	return err
}

// Through is the sign-in through which a session began; nil if none, or if it
// is no more.
func Through(ctx context.Context, tx *db.Tx, v Visit) (*Connection, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `select through_organization_id from session where id = $1 and through_organization_id <> ''`, v.SessionID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	c, err := connection(ctx, tx, ids[0])
	if err != nil || c == nil || !c.Live || len(c.Domains) == 0 {
		return nil, err
	}
	return c, nil
}

// LogoutAsked counts that a provider, or who says to be one, asks for sessions
// to end. The error is TooMany for who asks too often. The caller commits even
// that.
func LogoutAsked(ctx context.Context, tx *db.Tx, address string) error {
	_, err := limit{"logout|" + address, 600, pause, "", "requests"}.count(ctx, tx)
	return err
}

// ConnectionsAt are the live ones of a provider at which the program is known
// by a client ID.
func ConnectionsAt(ctx context.Context, tx *db.Tx, issuer, client string) ([]Connection, error) {
	return db.All(ctx, tx, scanConnection, `select `+connectionColumns+connectionFrom+`where s.live = $1 and s.issuer = $2 and s.client_id = $3 order by o.id`, true, issuer, client)
}

// EndThrough ends the sessions here that a provider ended there: that of its
// session, or all that began through it of a person. What began after it said
// so stays, so that its word is of no use a second time. It says how many ended.
func (c Connection) EndThrough(ctx context.Context, tx *db.Tx, l openid.Logout) (int, error) {
	where, args := "", []any{tx.Now(), c.OrganizationID, l.At.Add(skew)}
	arg := func(v string) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if l.SID != "" {
		where += ` and through_sid = ` + arg(secret.HashToken(l.SID))
	}
	if l.Subject != "" {
		where += ` and person_id in (select person_id from sso_identity where organization_id = $2 and subject = ` + arg(l.Subject) + `)`
	}
	if where == "" {
		return 0, nil
	}
	people, err := db.All(ctx, tx, db.Value[PersonID], `update session set ended_at = $1
		where through_organization_id = $2 and created_at <= $3 and ended_at is null`+where+` returning person_id`, args...)
	if err != nil {
		return 0, err
	}
	for _, id := range people {
		tx.Tell(Topic(id))
		if err := record(ctx, tx, Program(), "person.session_ended", id, "by "+c.Organization+"’s sign-in"); err != nil {
			return 0, err
		}
	}
	return len(people), nil
}
