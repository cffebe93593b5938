package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// An Attempt is somebody at the door.
type Attempt struct {
	Email, Password string
	Device          string // the token of a trusted device, "" if there is none
	Agent, Address  string // of the browser, for the list of sessions
}

// An Entry is what a right password opens: a token for the session's cookie,
// and whether a second factor is still due (Half) or not (Open).
type Entry struct {
	Token string
	By    Actor
	State State
}

// SignIn begins a session for a person whose password is right. The failure
// says nothing about whether there is such an account, and takes as long. The
// caller commits even then, because the try was counted.
func SignIn(ctx context.Context, tx *db.Tx, a Attempt, l Limits) (Entry, error) {
	a.Email = tidyEmail(a.Email)
	if err := a.check(); err != nil {
		return Entry{}, err
	}
	if err := mayUsePassword(ctx, tx, "email", a.Email); err != nil {
		return Entry{}, err
	}
	c, err := credentialsOf(ctx, tx, "email", a.Email)
	if err != nil {
		return Entry{}, err
	}
	device, err := trusted(ctx, tx, c.ID, a.Device)
	if err != nil {
		return Entry{}, err
	}
	if err := a.try(ctx, tx, c, device); err != nil {
		return Entry{}, err
	}
	return a.enter(ctx, tx, c, device != "", l)
}

func (a Attempt) check() error {
	f := fault.Fields{}
	checkEmail(f, "email", a.Email)
	f.Check(a.Password != "", "password", "Enter a password")
	return f.Err()
}

// try checks the password under the limits for whoever types it here.
func (a Attempt) try(ctx context.Context, tx *db.Tx, c credentials, device string) error {
	if device != "" {
		return c.prove(ctx, tx, a.Password, deviceLimit(device))
	}
	from := addressLimit(a.Address)
	if err := from.heed(ctx, tx); err != nil {
		return err
	}
	err := c.prove(ctx, tx, a.Password, accountLimit(a.Email))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		if _, failed := from.count(ctx, tx); failed != nil && !fault.Is(failed, fault.TooMany) {
			return failed
		}
	}
	return err
}

const mismatch = "Email address or password doesn't match our records"

// prove checks a password once under a limit. Nobody's credentials take as
// long to refuse as somebody's.
func (c credentials) prove(ctx context.Context, tx *db.Tx, password string, l limit) error {
	left, err := l.count(ctx, tx)
	if err != nil {
		return err
	}
	if c.matches(password) {
		return l.forget(ctx, tx)
	}
	if err := c.refused(ctx, tx, "wrong password", left); err != nil {
		return err
	}
	if left == 0 {
		return l.heed(ctx, tx)
	}
	return fault.New(fault.Invalid, mismatch)
}

func (c credentials) matches(password string) bool {
	if c.hash == "" {
		secret.Decoy(password)
		return false
	}
	return secret.Verify(c.hash, password)
}

// refused leaves a trace of a failure, and tells the owner when there were so
// many that somebody else may be at it. What was typed as an address is not
// kept: now and then it is a password.
func (c credentials) refused(ctx context.Context, tx *db.Tx, why string, left int) error {
	if err := record(ctx, tx, Actor{}, "person.refused", c.ID, why); err != nil || left > 0 || c.ID == "" {
		return err
	}
	return announce(ctx, tx, c.ID, ManyFailures)
}

// enter begins the session. A trusted device stands for the second factor,
// but only of somebody who has one.
func (a Attempt) enter(ctx context.Context, tx *db.Tx, c credentials, trusted bool, l Limits) (Entry, error) {
	if err := c.rehash(ctx, tx, a.Password); err != nil {
		return Entry{}, err
	}
	by, err := c.actor(ctx, tx)
	if err != nil {
		return Entry{}, err
	}
	factor := ""
	if trusted && (c.HasFactor() || by.MailedCodes()) {
		factor = "device"
	}
	e, err := a.begin(ctx, tx, c.Person, by, factor, "person.password_right", l)
	if err != nil {
		return e, err
	}
	return e, notePasswordAge(ctx, tx, e.Token, c.ID)
}

// begin begins a session, open if factor says which second factor stands;
// else first is what the audit says was proven so far.
func (a Attempt) begin(ctx context.Context, tx *db.Tx, p Person, by Actor, factor, first string, l Limits) (Entry, error) {
	isNew, err := newHere(ctx, tx, p.ID, a)
	if err != nil {
		return Entry{}, err
	}
	e, action := Entry{By: by, State: Half}, first
	if factor != "" {
		e.State, action = Open, "person.signed_in"
	}
	if e.Token, err = Begin(ctx, tx, p.ID, factor, a.Agent, a.Address, l); err != nil {
		return e, err
	}
	if err := record(ctx, tx, by, action, p.ID, factor); err != nil {
		return e, err
	}
	if isNew {
		if err := announce(ctx, tx, p.ID, NewSignIn); err != nil {
			return e, err
		}
	}
	return e, mailFirst(ctx, tx, e, p.HasFactor())
}

// mailFirst has the first code mailed to somebody with no other way to get
// one. Who asked for too many finds that said on the next page.
func mailFirst(ctx context.Context, tx *db.Tx, e Entry, hasFactor bool) error {
	if e.State != Half || hasFactor || !e.By.MailedCodes() {
		return nil
	}
	err := AskCode(ctx, tx, Visit{SessionID: sessionID(e.Token), State: Half, By: e.By})
	if fault.Is(err, fault.TooMany) {
		return nil
	}
	return err
}

// rehash stores the password anew when hashes are made otherwise today.
func (c credentials) rehash(ctx context.Context, tx *db.Tx, password string) error {
	if !secret.Stale(c.hash) {
		return nil
	}
	return storePassword(ctx, tx, c.ID, password)
}

// newHere reports whether the person never came from this browser and address.
func newHere(ctx context.Context, tx *db.Tx, id PersonID, a Attempt) (bool, error) {
	before, err := db.Exists(ctx, tx, `select 1 from session where person_id = $1 and agent = $2 and address = $3`,
		string(id), cut(a.Agent, 200), cut(a.Address, 64))
	return !before, err
}

// Unlock opens a locked session by the password, under a new token. Failures
// count for the session and not for the account, so that nobody elsewhere
// keeps the owner out. The caller commits even a failure.
func Unlock(ctx context.Context, tx *db.Tx, v Visit, password string) (token string, err error) {
	f := fault.Fields{}
	f.Check(password != "", "password", "Enter your password")
	if err := f.Err(); err != nil {
		return "", err
	}
	if err := mayUsePassword(ctx, tx, "password", v.By.Email); err != nil {
		return "", err
	}
	c, err := credentialsOf(ctx, tx, "id", string(v.By.ID))
	if err != nil {
		return "", err
	}
	err = c.prove(ctx, tx, password, sessionLimit(v.SessionID))
	if fault.Is(err, fault.Invalid) {
		return "", fault.Fields{"password": "This password doesn't match our records"}.Err()
	}
	if err != nil {
		return "", err
	}
	if token, err = rotate(ctx, tx, v, ""); err != nil {
		return "", err
	}
	return token, record(ctx, tx, v.By, "person.unlocked", v.By.ID, "")
}

// SignOut ends the visit's session.
func SignOut(ctx context.Context, tx *db.Tx, v Visit) error {
	if v.SessionID == "" {
		return nil
	}
	if err := end(ctx, tx, v.By, v.SessionID); err != nil {
		return err
	}
	return record(ctx, tx, v.By, "person.signed_out", v.By.ID, "")
}

// SignOutEverywhere ends all of a person's sessions and trusted devices, for
// an administrator who was told that something is wrong.
func SignOutEverywhere(ctx context.Context, tx *db.Tx, by Actor, id PersonID) error {
	if err := by.mustManage(); err != nil {
		return err
	}
	if err := shutOut(ctx, tx, id, ""); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.signed_out_everywhere", id, "")
}

// rotate gives the visit's session a new token and has the old one open
// nothing, so that who saw it before the door opened stays outside. factor is
// the second factor just given, "" for none. When the absolute limit ends the
// session does not change.
func rotate(ctx context.Context, tx *db.Tx, v Visit, factor string) (token string, err error) {
	if _, err := tx.Exec(ctx, `delete from mailed_code where session_id = $1`, v.SessionID); err != nil {
		return "", err
	}
	token, id := newToken()
	if err := db.Changed(tx.Exec(ctx, `
		update session set id = $1, seen_at = $2, locked_at = null where id = $3 and ended_at is null`,
		id, tx.Now(), v.SessionID)); err != nil || factor == "" {
		return token, err
	}
	_, err = tx.Exec(ctx, `update session set verified_at = $1, factor = $2 where id = $3`, tx.Now(), factor, id)
	return token, err
}
