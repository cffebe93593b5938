package account

import (
	"context"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// MailedCodes reports whether a may use a code sent by mail as second factor:
// only where every organization they act for allows it, and never staff, who
// see everybody's members. It is a way over for offices whose people have no
// authenticator yet; SP 800-63B-4 does not count mail as a factor.
func (a Actor) MailedCodes() bool {
	for _, s := range a.Seats {
		if s.Role.Side() != Portal || !s.MailedCodes {
			return false
		}
	}
	return len(a.Seats) > 0
}

const (
	mailedLasts = 10 * time.Minute // the most that SP 800-63B-4 3.1.3.2 allows
	mailedEvery = 30 * time.Second
)

// AskCode has a new code mailed for a session where a second factor is due.
// An older one is void.
func AskCode(ctx context.Context, tx *db.Tx, v Visit) error {
	if v.State != Half || !v.By.MailedCodes() {
		return fault.New(fault.Denied, "Your organization asks for a code from an authenticator app.")
	}
	if _, err := mailLimit(v.By.ID).count(ctx, tx); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into mailed_code (session_id, code_hash, sent_at, expires_at) values ($1, '', $2, $2)
		on conflict (session_id) do update set code_hash = '', sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = null
		where mailed_code.sent_at <= $3`, v.SessionID, tx.Now(), tx.Now().Add(-mailedEvery))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.TooMany, "We just sent a code. Wait 30 seconds before you ask for another.")
	}
	if err := record(ctx, tx, v.By, "person.code_asked", v.By.ID, ""); err != nil {
		return err
	}
	return job.Add(ctx, tx, CodeAsked{v.SessionID, words.Of(ctx)})
}

// CodeSent reports when a code was last asked for in this session, nil if never.
func CodeSent(ctx context.Context, tx *db.Tx, v Visit) (*time.Time, error) {
	at, err := db.All(ctx, tx, db.Value[time.Time], `select sent_at from mailed_code where session_id = $1`, v.SessionID)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	return &at[0], nil
}

// DrawCode draws the code that was asked for, once, and keeps only its hash:
// the code is in nothing but the mail that the caller queues in the same
// transaction. ok is false when there is nothing to send any more: it was
// drawn before, or the session went on without it.
func DrawCode(ctx context.Context, tx *db.Tx, e CodeAsked) (to Person, code string, ok bool, err error) {
	waiting, err := db.All(ctx, tx, scanPerson, `
		select `+personColumns+` from person where disabled_at is null and id in (
			select s.person_id from session s join mailed_code c on c.session_id = s.id
			where s.id = $1 and s.ended_at is null and s.expires_at > $2 and c.code_hash = '')`, e.SessionID, tx.Now())
	if err != nil || len(waiting) == 0 {
		return to, "", false, err
	}
	code = secret.Code6()
	hash, err := secret.Hash(code)
	if err != nil {
		return to, "", false, err
	}
	n, err := tx.Exec(ctx, `update mailed_code set code_hash = $1, expires_at = $2 where session_id = $3 and code_hash = ''`,
		hash, tx.Now().Add(mailedLasts), e.SessionID)
	return waiting[0], code, n == 1, err
}

// checkMailed reports whether code was mailed for this very session, and uses
// it up. An expired one is told apart, since a new one helps.
func checkMailed(ctx context.Context, tx *db.Tx, v Visit, code string) (bool, error) {
	if !v.By.MailedCodes() {
		return false, nil
	}
	type mailed struct {
		hash    string
		expires time.Time
	}
	sent, err := db.All(ctx, tx, func(r db.Row) (m mailed, err error) { return m, r.Scan(&m.hash, &m.expires) },
		`select code_hash, expires_at from mailed_code where session_id = $1 and code_hash <> '' and used_at is null`, v.SessionID)
	if err != nil || len(sent) == 0 || !secret.Verify(sent[0].hash, code) {
		return false, err
	}
	if !tx.Now().Before(sent[0].expires) {
		return false, fault.Fields{"code": "This code has expired. Send a new code"}.Err()
	}
	n, err := tx.Exec(ctx, `update mailed_code set used_at = $1 where session_id = $2 and code_hash = $3 and used_at is null`,
		tx.Now(), v.SessionID, sent[0].hash)
	return n == 1, err
}
