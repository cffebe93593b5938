package account

import (
	"context"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// ClaimKey takes a form's idempotency key for by. If it was taken before with
// the same body, seeOther is where the first answer led; with another body
// the error is an Invalid fault, since one of the two would be lost silently.
func ClaimKey(ctx context.Context, tx *db.Tx, by Actor, key, bodyHash string) (first bool, seeOther string, err error) {
	n, err := tx.Exec(ctx, `
		insert into form_key (person_id, key, body_hash, see_other, at) values ($1, $2, $3, '', $4) on conflict do nothing`,
		string(by.ID), key, bodyHash, tx.Now())
	if err != nil || n == 1 {
		return true, "", err
	}
	type said struct{ hash, seeOther string }
	before, err := db.One(ctx, tx, func(row db.Row) (s said, err error) { return s, row.Scan(&s.hash, &s.seeOther) },
		`select body_hash, see_other from form_key where person_id = $1 and key = $2`, string(by.ID), key)
	if err == nil && before.hash != bodyHash {
		err = fault.New(fault.Invalid, "This form was already sent with other answers, and those count. Open the page again to change them.")
	}
	return false, before.seeOther, err
}

// SettleKey notes where the answer to a claimed key leads.
func SettleKey(ctx context.Context, tx *db.Tx, by Actor, key, seeOther string) error {
	_, err := tx.Exec(ctx, `update form_key set see_other = $1 where person_id = $2 and key = $3`, seeOther, string(by.ID), key)
	return err
}

// ReleaseKey gives a key back, for a form that changed nothing.
func ReleaseKey(ctx context.Context, tx *db.Tx, by Actor, key string) error {
	_, err := tx.Exec(ctx, `delete from form_key where person_id = $1 and key = $2`, string(by.ID), key)
	return err
}

// Sweep forgets keys of forms sent a week ago, forms nobody came back for
// within a day, links for passwords a day old, and sessions that ended three
// months ago with their codes.
func Sweep(ctx context.Context, tx *db.Tx) error {
	old := tx.Now().Add(-90 * 24 * time.Hour)
	for _, s := range []struct {
		query string
		than  time.Time
	}{
		{`delete from form_key where at < $1`, tx.Now().Add(-7 * 24 * time.Hour)},
		{`delete from saved_form where saved_at < $1`, tx.Now().Add(-24 * time.Hour)},
		{`delete from mailed_code where session_id in (select id from session where expires_at < $1)`, old},
		{`delete from session where expires_at < $1`, old},
		{`delete from trusted_device where expires_at < $1`, tx.Now()},
		{`delete from passkey_challenge where expires_at < $1`, tx.Now()},
		{`delete from sso_visit where expires_at < $1`, tx.Now()},
		{`delete from registration where expires_at < $1`, tx.Now().Add(-7 * 24 * time.Hour)},
		{`delete from registration_draft where expires_at < $1`, tx.Now()},
		{`delete from password_reset where expires_at < $1`, tx.Now().Add(-24 * time.Hour)},
		{`delete from throttle where since < $1`, tx.Now().Add(-7 * 24 * time.Hour)},
	} {
		if _, err := tx.Exec(ctx, s.query, s.than); err != nil {
			return err
		}
	}
	return nil
}
