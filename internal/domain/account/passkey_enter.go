package account

import (
	"context"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

const passkeyMismatch = "This passkey doesn't open an account here. Use another way to sign in"

// AskPasskey begins proving oneself by a passkey. At the door nobody is named:
// the authenticator shows whose passkeys it has, and must check that it is its
// owner (finger, face, PIN). Where a second factor is due, or a session is
// locked, it is asked for that person's alone. The caller commits even a failure.
func AskPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, address string) (Ceremony, error) {
	if rp == nil {
		return Ceremony{}, fault.New(fault.Conflict, "Passkeys can't be used here. Use your password.")
	}
	if _, err := challengeLimit(address).count(ctx, tx); err != nil {
		return Ceremony{}, err
	}
	purpose := v.passkeyPurpose()
	if purpose == toEnter {
		options, asked, err := rp.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
		if err != nil {
			return Ceremony{}, err
		}
		token, err := begin(ctx, tx, purpose, Visit{}, asked)
		return Ceremony{token, options.Response}, err
	}
	h, err := holderOf(ctx, tx, v.By.ID, v.By.Email, v.By.Name)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.WebAuthnCredentials()) == 0 {
		return Ceremony{}, fault.New(fault.Conflict, "You have no passkey. Use another way.")
	}
	how := protocol.VerificationPreferred
	if purpose == toUnlock { // there it stands for the password
		how = protocol.VerificationRequired
	}
	options, asked, err := rp.web.BeginLogin(h, webauthn.WithUserVerification(how))
	if err != nil {
		return Ceremony{}, err
	}
	token, err := begin(ctx, tx, purpose, v, asked)
	return Ceremony{token, options.Response}, err
}

func (v Visit) passkeyPurpose() string {
	switch v.State {
	case Half:
		return toVerify
	case Locked:
		return toUnlock
	}
	return toEnter
}

// EnterByPasskey begins a session that is open at once: having the passkey and
// being its owner are two factors. a has no address and password. The error is
// Invalid and says nothing about whether there is such a passkey. The caller
// commits even a failure.
func EnterByPasskey(ctx context.Context, tx *db.Tx, rp *Relying, ceremony, response string, a Attempt, l Limits) (Entry, error) {
	from := addressLimit(a.Address)
	if err := from.heed(ctx, tx); err != nil {
		return Entry{}, err
	}
	c, err := enteredBy(ctx, tx, rp, ceremony, response)
	if fault.Is(err, fault.Invalid) {
		if _, failed := from.count(ctx, tx); failed != nil && !fault.Is(failed, fault.TooMany) {
			return Entry{}, failed
		}
	}
	if err != nil {
		return Entry{}, err
	}
	by, err := c.actor(ctx, tx)
	if err != nil {
		return Entry{}, err
	}
	isNew, err := newHere(ctx, tx, c.ID, a)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{By: by, State: Open}
	if e.Token, err = Begin(ctx, tx, c.ID, "passkey", a.Agent, a.Address, l); err != nil {
		return e, err
	}
	if err := record(ctx, tx, by, "person.signed_in", c.ID, "passkey"); err != nil || !isNew {
		return e, err
	}
	return e, announce(ctx, tx, c.ID, NewSignIn)
}

// enteredBy is whose passkey answered at the door.
func enteredBy(ctx context.Context, tx *db.Tx, rp *Relying, ceremony, response string) (c credentials, err error) {
	asked, err := taken(ctx, tx, toEnter, Visit{}, ceremony)
	if err != nil {
		return c, err
	}
	no := fault.New(fault.Invalid, passkeyMismatch)
	said, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil || rp == nil {
		return c, no
	}
	if c, err = credentialsOf(ctx, tx, "id", string(said.Response.UserHandle)); err != nil {
		return c, err
	}
	h, err := holderOf(ctx, tx, c.ID, c.Email, c.Name())
	if err != nil {
		return c, err
	}
	used, bad := rp.web.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, asked, said)
	if bad != nil {
		if err := c.refused(ctx, tx, "wrong passkey", 1); err != nil {
			return c, err
		}
		return c, no
	}
	return c, usePasskey(ctx, tx, c.Person, used)
}

// VerifyByPasskey opens a session where a second factor is due, under a new
// token. The caller commits even a failure.
func VerifyByPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, ceremony, response string) (token string, err error) {
	return second(ctx, tx, v, "passkey", func() (string, error) {
		return "passkey", ownPasskey(ctx, tx, rp, v, toVerify, ceremony, response)
	})
}

// UnlockByPasskey opens a locked session in place of the password, under a new
// token. The caller commits even a failure.
func UnlockByPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, ceremony, response string) (token string, err error) {
	l := sessionLimit(v.SessionID)
	if _, err := l.count(ctx, tx); err != nil {
		return "", err
	}
	if err := ownPasskey(ctx, tx, rp, v, toUnlock, ceremony, response); err != nil {
		return "", err
	}
	if err := l.forget(ctx, tx); err != nil {
		return "", err
	}
	if token, err = rotate(ctx, tx, v, ""); err != nil {
		return "", err
	}
	return token, record(ctx, tx, v.By, "person.unlocked", v.By.ID, "passkey")
}

// ownPasskey checks that a passkey of the visit's own person answered.
func ownPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, purpose, ceremony, response string) error {
	asked, err := taken(ctx, tx, purpose, v, ceremony)
	if err != nil {
		return err
	}
	no := fault.New(fault.Invalid, "This passkey doesn't match. Try again, or use another way.")
	said, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil || rp == nil {
		return no
	}
	h, err := holderOf(ctx, tx, v.By.ID, v.By.Email, v.By.Name)
	if err != nil {
		return err
	}
	p := Person{ID: v.By.ID}
	used, bad := rp.web.ValidateLogin(h, asked, said)
	if bad != nil {
		if err := (credentials{Person: p}).refused(ctx, tx, "wrong passkey", 1); err != nil {
			return err
		}
		return no
	}
	return usePasskey(ctx, tx, p, used)
}

// usePasskey notes that a passkey signed, and with what counter. Counters only
// go up (0 stands for none); the comparison is in the statement, so that of two
// answers with the same counter at once one is refused.
func usePasskey(ctx context.Context, tx *db.Tx, p Person, used *webauthn.Credential) error {
	text, err := json.Marshal(used)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update passkey set record = $1, used_at = $2, sign_count = $3
		where credential_id = $4 and suspect_at is null and (sign_count < $3 or sign_count = 0 and $3 = 0)`,
		string(text), tx.Now(), int64(used.Authenticator.SignCount), credentialText(used.ID))
	if err != nil || n == 1 && !used.Authenticator.CloneWarning {
		return err
	}
	return suspectPasskey(ctx, tx, p, used)
}

// suspectPasskey has a passkey open nothing any more whose counter went back:
// there may be a copy of it. Its owner is told.
func suspectPasskey(ctx context.Context, tx *db.Tx, p Person, used *webauthn.Credential) error {
	if _, err := tx.Exec(ctx, `update passkey set suspect_at = $1 where credential_id = $2 and suspect_at is null`, tx.Now(), credentialText(used.ID)); err != nil {
		return err
	}
	if err := record(ctx, tx, Actor{}, "person.passkey_suspect", p.ID, ""); err != nil {
		return err
	}
	if err := announce(ctx, tx, p.ID, PasskeySuspect); err != nil {
		return err
	}
	return fault.New(fault.Invalid, "We can't trust this passkey any more: there may be a copy of it. Use another way to sign in, then remove it.")
}
