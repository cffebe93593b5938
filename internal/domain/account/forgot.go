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

const resetLasts = time.Hour

// Who asks for links should hardly ever need many; each fills a mailbox.
func resetLimits(email, address string) []limit {
	const advice = ", or call the support line"
	return []limit{
		{"reset|" + secret.HashToken(email), 5, time.Hour, advice, "links"},
		{"reset address|" + address, 50, time.Hour, advice, "links"},
	}
}

// ResetAsked asks that a link be drawn and mailed by which somebody chooses a
// new password. It holds no link: see DrawReset.
type ResetAsked struct {
	ResetID  string
	Language words.Language // of the page on which its owner asked for it; "" where somebody else did
}

// Kind names the event.
func (ResetAsked) Kind() string { return "account.reset_asked" }

// AskReset has a link mailed to an address by which its owner chooses a new
// password. Whether there is an account nobody learns: the answer is the same,
// and so is the time it takes, since the mail is written later. The caller
// commits even a failure, because it counts.
func AskReset(ctx context.Context, tx *db.Tx, email, address string) error {
	email = tidyEmail(email)
	f := fault.Fields{}
	checkEmail(f, "email", email)
	if err := f.Err(); err != nil {
		return err
	}
	if err := mayUsePassword(ctx, tx, "email", email); err != nil {
		return err
	}
	for _, l := range resetLimits(email, address) {
		if _, err := l.count(ctx, tx); err != nil {
			return err
		}
	}
	c, err := credentialsOf(ctx, tx, "email", email)
	if err != nil || c.ID == "" {
		return err
	}
	if err := record(ctx, tx, Actor{}, "person.reset_asked", c.ID, ""); err != nil {
		return err
	}
	return newReset(ctx, tx, c.ID, "", words.Of(ctx))
}

// SendReset mails such a link to somebody of an organization whose administrator
// knows that it is they who ask. Who may: its administrators.
func SendReset(ctx context.Context, tx *db.Tx, by Actor, organizationID string, id PersonID) error {
	c, err := othersPost(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	return sendReset(ctx, tx, by, c.Email, id, organizationID)
}

// SendAnyReset mails such a link to anybody with an account, for an operator
// who knows that it is they who ask.
func SendAnyReset(ctx context.Context, tx *db.Tx, by Actor, id PersonID) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	c, err := credentialsOf(ctx, tx, "id", string(id))
	if err != nil {
		return err
	}
	if c.ID == "" {
		return fault.New(fault.NotFound, "We can't find that person, or the account is closed.")
	}
	return sendReset(ctx, tx, by, c.Email, id, "")
}

func sendReset(ctx context.Context, tx *db.Tx, by Actor, email string, id PersonID, organizationID string) error {
	if err := mayUsePassword(ctx, tx, "email", email); err != nil {
		if fault.Is(err, fault.Invalid) {
			err = fault.New(fault.Conflict, "They sign in through their organization, and can't use a password here.")
		}
		return err
	}
	if _, err := resetLimits(email, "")[0].count(ctx, tx); err != nil {
		return err
	}
	if err := record(ctx, tx, by, "person.reset_sent", id, organizationID); err != nil {
		return err
	}
	return newReset(ctx, tx, id, by.ID, "")
}

// newReset makes a link to come; those before it end.
func newReset(ctx context.Context, tx *db.Tx, id PersonID, askedBy PersonID, l words.Language) error {
	if _, err := tx.Exec(ctx, `delete from password_reset where person_id = $1`, string(id)); err != nil {
		return err
	}
	r := db.NewID("rst")
	if _, err := tx.Exec(ctx, `insert into password_reset (id, person_id, asked_by, asked_at, expires_at) values ($1, $2, $3, $4, $5)`,
		r, string(id), string(askedBy), tx.Now(), tx.Now().Add(resetLasts)); err != nil {
		return err
	}
	return job.Add(ctx, tx, ResetAsked{r, l})
}

// DrawReset draws the link that was asked for, once, and keeps only its hash.
// token is "" where somebody asked for themselves whose codes come by the same
// mail: a mailbox alone must not open an account, so the mail says whom to ask
// instead. ok is false when there is nothing to send any more.
func DrawReset(ctx context.Context, tx *db.Tx, e ResetAsked) (to Person, token string, ok bool, err error) {
	type waiting struct{ person, askedBy string }
	all, err := db.All(ctx, tx, func(r db.Row) (w waiting, err error) { return w, r.Scan(&w.person, &w.askedBy) },
		`select person_id, asked_by from password_reset where id = $1 and token_hash is null and used_at is null and expires_at > $2`, e.ResetID, tx.Now())
	if err != nil || len(all) == 0 {
		return to, "", false, err
	}
	c, err := credentialsOf(ctx, tx, "id", all[0].person)
	if err != nil || c.ID == "" {
		return to, "", false, err
	}
	if all[0].askedBy == "" && !c.HasFactor() {
		_, err = tx.Exec(ctx, `delete from password_reset where id = $1`, e.ResetID)
		return c.Person, "", err == nil, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `update password_reset set token_hash = $1 where id = $2`, hash, e.ResetID)
	return c.Person, token, err == nil, err
}

// ResetOf is who chooses a new password by a link; a NotFound fault for one
// that never was, was used or replaced, or has expired.
func ResetOf(ctx context.Context, tx *db.Tx, token string) (Person, error) {
	all, err := db.All(ctx, tx, db.Value[string], `select person_id from password_reset where token_hash = $1 and used_at is null and expires_at > $2`,
		secret.HashToken(token), tx.Now())
	if err != nil {
		return Person{}, err
	}
	if len(all) > 0 {
		c, err := credentialsOf(ctx, tx, "id", all[0])
		if err != nil || c.ID != "" {
			return c.Person, err
		}
	}
	return Person{}, fault.New(fault.NotFound, "This link doesn't work any more. It works once, for 60 minutes, and a newer one replaces it.")
}

// Reset has the bearer of a link choose a new password. All sessions and
// trusted devices end; the second factor stays what it is. The error is
// Invalid at "password".
func Reset(ctx context.Context, tx *db.Tx, token, password string) (Person, error) {
	p, err := ResetOf(ctx, tx, token)
	if err != nil {
		return p, err
	}
	if err := p.newPassword(ctx, tx, password); err != nil {
		return p, err
	}
	if err := db.Changed(tx.Exec(ctx, `update password_reset set used_at = $1, token_hash = null where token_hash = $2 and used_at is null`, tx.Now(), secret.HashToken(token))); err != nil {
		return p, err
	}
	if err := shutOut(ctx, tx, p.ID, ""); err != nil {
		return p, err
	}
	if err := announce(ctx, tx, p.ID, PasswordChanged); err != nil {
		return p, err
	}
	return p, record(ctx, tx, Actor{ID: p.ID, Name: p.Name()}, "person.password_reset", p.ID, "")
}
