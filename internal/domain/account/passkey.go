package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Passkey is a key pair in somebody's phone, computer or security key whose
// public half is kept here. It signs for this site alone, so that no other
// site can ask for it.
type Passkey struct {
	ID, Name string
	Made     time.Time
	Used     *time.Time
	Suspect  *time.Time // when its counter went back; it opens nothing since

	record webauthn.Credential
}

const mostPasskeys = 20

// A Relying is this service as authenticators know it.
type Relying struct{ web *webauthn.WebAuthn }

// NewRelying makes what passkeys are bound to of the service's public address;
// nil where they can't be had: browsers want a name instead of a number, and
// HTTPS but on localhost.
func NewRelying(name string, public *url.URL) *Relying {
	if public == nil || net.ParseIP(public.Hostname()) != nil || public.Scheme != "https" && public.Hostname() != "localhost" {
		return nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: public.Hostname(), RPDisplayName: name, RPOrigins: []string{public.Scheme + "://" + public.Host},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred},
	})
	if err != nil {
		return nil
	}
	return &Relying{w}
}

// holder is a person as the library asks for one. The handle is their id,
// which says nothing about them.
type holder struct {
	id          PersonID
	email, name string
	keys        []Passkey
}

func (h holder) WebAuthnID() []byte          { return []byte(h.id) }
func (h holder) WebAuthnName() string        { return h.email }
func (h holder) WebAuthnDisplayName() string { return h.name }
func (h holder) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, k := range h.keys {
		if k.Suspect == nil {
			all = append(all, k.record)
		}
	}
	return all
}

func holderOf(ctx context.Context, tx *db.Tx, id PersonID, email, name string) (holder, error) {
	keys, err := passkeysOf(ctx, tx, id)
	return holder{id, email, name, keys}, err
}

func passkeysOf(ctx context.Context, tx *db.Tx, id PersonID) ([]Passkey, error) {
	return db.All(ctx, tx, func(r db.Row) (k Passkey, err error) {
		var record string
		if err := r.Scan(&k.ID, &k.Name, &record, &k.Made, &k.Used, &k.Suspect); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(record), &k.record)
	}, `select id, name, record, made_at, used_at, suspect_at from passkey where person_id = $1 order by made_at, id`, string(id))
}

// Passkeys are by's own, the oldest first.
func Passkeys(ctx context.Context, tx *db.Tx, by Actor) ([]Passkey, error) {
	return passkeysOf(ctx, tx, by.ID)
}

// PasskeyOf is one of by's own passkeys; another person's is NotFound.
func PasskeyOf(ctx context.Context, tx *db.Tx, by Actor, id string) (Passkey, error) {
	all, err := passkeysOf(ctx, tx, by.ID)
	if err != nil {
		return Passkey{}, err
	}
	for _, k := range all {
		if k.ID == id {
			return k, nil
		}
	}
	return Passkey{}, fault.New(fault.NotFound, "We can't find that passkey.")
}

// NamePasskey gives one of by's passkeys another name. The error is Invalid at
// "name".
func NamePasskey(ctx context.Context, tx *db.Tx, by Actor, id, name string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update passkey set name = $1 where id = $2 and person_id = $3`, name, id, string(by.ID))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "We can't find that passkey.")
	}
	return err
}

func passkeyName(name string) (string, error) {
	name = squeeze(name)
	f := fault.Fields{}
	f.Check(name != "", "name", "Enter a name, such as the device it is in")
	f.Check(utf8.RuneCountInString(name) <= 60, "name", "Name must be 60 characters or less")
	return name, f.Err()
}

// RemovePasskey takes one of their own passkeys from somebody, who gives the
// password. The last way to prove oneself stays: that is a Conflict fault. The
// caller commits even a failure.
func RemovePasskey(ctx context.Context, tx *db.Tx, v Visit, id, password string) error {
	if err := confirm(ctx, tx, v, "current_password", password); err != nil {
		return err
	}
	// one at a time, else of the last two each could be taken for the other's sake
	if _, err := tx.Exec(ctx, `update person set version = version + 1 where id = $1`, string(v.By.ID)); err != nil {
		return err
	}
	if _, err := PasskeyOf(ctx, tx, v.By, id); err != nil {
		return err
	}
	others, err := db.Count(ctx, tx, `select count(*) from passkey where person_id = $1 and id <> $2 and suspect_at is null`, string(v.By.ID), id)
	if err != nil {
		return err
	}
	if others == 0 && !v.HasTOTP && !v.By.MailedCodes() {
		return fault.New(fault.Conflict, "This is the only way you prove that it's you. Add another passkey or set up an authenticator app first.")
	}
	if _, err := tx.Exec(ctx, `delete from passkey where id = $1`, id); err != nil {
		return err
	}
	if err := shutOut(ctx, tx, v.By.ID, v.SessionID); err != nil {
		return err
	}
	if err := announce(ctx, tx, v.By.ID, PasskeyRemoved); err != nil {
		return err
	}
	return record(ctx, tx, v.By, "person.passkey_removed", v.By.ID, id)
}

func credentialText(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }
