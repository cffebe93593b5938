package account

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
)

const draftLasts = 7 * 24 * time.Hour

// RegistrationKept asks that a link be drawn and mailed by which somebody goes
// on registering. It holds no link: see DrawDraft.
type RegistrationKept struct{ DraftID string }

// Kind names the event.
func (RegistrationKept) Kind() string { return "account.registration_kept" }

// KeepRegistration keeps what somebody entered so far, and has a link mailed
// to their address by which they go on within a week. Nothing of it is checked
// yet but the address; the tax ID is not kept. The error is Invalid at "email".
// The caller commits even a failure, because it counts.
func KeepRegistration(ctx context.Context, tx *db.Tx, r Registration, address string) error {
	r.Email, r.TIN = tidyEmail(r.Email), ""
	f := fault.Fields{}
	checkEmail(f, "email", r.Email)
	if err := f.Err(); err != nil {
		return err
	}
	for _, l := range registerLimits(r.Email, address) {
		if _, err := l.count(ctx, tx); err != nil {
			return err
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	id := db.NewID("rgd")
	if _, err := tx.Exec(ctx, `insert into registration_draft (id, email, body, made_at, expires_at) values ($1, $2, $3, $4, $5)`,
		id, r.Email, string(body), tx.Now(), tx.Now().Add(draftLasts)); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, Actor{}.Audit("registration.kept", "registration", id)); err != nil {
		return err
	}
	return job.Add(ctx, tx, RegistrationKept{id})
}

// DrawDraft draws the link of a draft, once, and keeps only its hash. ok is
// false when there is nothing to send any more.
func DrawDraft(ctx context.Context, tx *db.Tx, e RegistrationKept) (r Registration, token string, ok bool, err error) {
	all, err := db.All(ctx, tx, db.Value[string], `select body from registration_draft where id = $1 and token_hash is null and expires_at > $2`, e.DraftID, tx.Now())
	if err != nil || len(all) == 0 {
		return r, "", false, err
	}
	if err := json.Unmarshal([]byte(all[0]), &r); err != nil {
		return r, "", false, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `update registration_draft set token_hash = $1 where id = $2`, hash, e.DraftID)
	return r, token, err == nil, err
}

// DraftOf is what was entered, as a link has it; a NotFound fault for a link
// that never was or has expired. It works until the account is made.
func DraftOf(ctx context.Context, tx *db.Tx, token string) (r Registration, err error) {
	all, err := db.All(ctx, tx, db.Value[string], `select body from registration_draft where token_hash = $1 and expires_at > $2`, secret.HashToken(token), tx.Now())
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "This link doesn't work any more. It works for 7 days, until you have an account. Register again, or sign in if you have one.")
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(all[0]), &r)
}

func dropDrafts(ctx context.Context, tx *db.Tx, email string) error {
	_, err := tx.Exec(ctx, `delete from registration_draft where email = $1`, email)
	return err
}
