package peer

import (
	"context"
	"encoding/base64"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A feed is a person's calls at a secret address, for a calendar program that
// can't sign in. What it shows follows the person's rights at each reading,
// and names no patient.

// How far a feed looks.
const (
	feedBack  = 30 * 24 * time.Hour
	feedAhead = 180 * 24 * time.Hour
)

func mayFeed(by account.Actor) error {
	if by.Can(account.HoldCalls) {
		return nil
	}
	return by.Must(account.BookCalls)
}

// NewFeed gives by an address of their own; one they had no longer works. Who
// may: who books calls or takes them.
func NewFeed(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor) error {
	if err := mayFeed(by); err != nil {
		return err
	}
	token, hash := secret.Token()
	sealed, err := box.Seal([]byte(token), feedContext(by.ID))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into call_feed (person_id, token_hash, sealed, made_at) values ($1, $2, $3, $4)
		on conflict (person_id) do update set token_hash = excluded.token_hash, sealed = excluded.sealed, made_at = excluded.made_at`,
		string(by.ID), hash, base64.StdEncoding.EncodeToString(sealed), tx.Now())
	if err != nil {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("feed.made", "person", string(by.ID)))
}

func feedContext(id account.PersonID) []byte { return []byte("feed:" + id) }

// StopFeed ends by's address at once.
func StopFeed(ctx context.Context, tx *db.Tx, by account.Actor) error {
	n, err := tx.Exec(ctx, `delete from call_feed where person_id = $1`, string(by.ID))
	if err != nil || n == 0 {
		return err
	}
	return auditRecord(ctx, tx, by.Audit("feed.stopped", "person", string(by.ID)))
}

// FeedOf is the secret part of by's address and since when it holds; "" for
// none.
func FeedOf(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor) (token string, made time.Time, err error) {
	if err := mayFeed(by); err != nil {
		return "", made, err
	}
	type row struct {
		sealed string
		at     time.Time
	}
	all, err := db.All(ctx, tx, func(r db.Row) (f row, err error) { return f, r.Scan(&f.sealed, &f.at) },
		`select sealed, made_at from call_feed where person_id = $1`, string(by.ID))
	if err != nil || len(all) == 0 {
		return "", made, err
	}
	token, err = openToken(box, all[0].sealed, feedContext(by.ID))
	return token, all[0].at, err
}

// openToken is the secret part of an address as it was sealed.
func openToken(box *secret.Box, text string, of []byte) (string, error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	plain, err := box.Open(sealed, of)
	return string(plain), err
}

// ReadFeed are the calls of the last month and the next half year, the first
// first, of the person or the location whose address a token is part of. A
// NotFound fault for any other token, and for a person who no longer has
// calls. in is the language that the person reads.
func ReadFeed(ctx context.Context, tx *db.Tx, token string) (calls []Listed, in words.Language, err error) {
	gone := fault.New(fault.NotFound, "There is no calendar at this address.")
	all, err := db.All(ctx, tx, db.Value[string], `select person_id from call_feed where token_hash = $1`, secret.HashToken(token))
	if err != nil {
		return nil, "", err
	}
	if len(all) == 0 {
		calls, err = readPlace(ctx, tx, token)
		return calls, words.English, err
	}
	by, err := account.Act(ctx, tx, account.PersonID(all[0]))
	if fault.Is(err, fault.NotFound) {
		return nil, "", gone
	}
	if err != nil {
		return nil, "", err
	}
	by.Verified = true // the address was made by someone who was; it shows no more than times
	if mayFeed(by) != nil {
		return nil, "", gone
	}
	calls, err = feedCalls(ctx, tx, by)
	return calls, by.Reads(), err
}

// feedSpan is the condition on calls of which a feed tells.
const feedSpan = `call.starts_at >= $1 and call.starts_at < $2 and call.status in ('scheduled', 'confirmed', 'in_call', 'completed')`

func feedCalls(ctx context.Context, tx *db.Tx, by account.Actor) ([]Listed, error) {
	visible, args := order.Visible(by, 3)
	where := feedSpan
	if by.Can(account.HoldCalls) {
		visible, args, where = "", []any{string(by.ID)}, where+` and call.reviewer_id = $3`
	}
	return listed(ctx, tx, visible, where, "call.starts_at, call.id", append([]any{tx.Now().Add(-feedBack), tx.Now().Add(feedAhead)}, args...)...)
}
