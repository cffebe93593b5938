package account

import (
	"context"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// OfferPasskey begins adding a passkey: in an open session, whose owner gives
// the password again, or right after it at the first sign-in, while nothing
// else can be asked for. The error is Invalid at "current_password". The caller
// commits even a failure.
func OfferPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, password string) (Ceremony, error) {
	if rp == nil {
		return Ceremony{}, fault.New(fault.Conflict, "Passkeys need an address of this service that browsers trust. Use an authenticator app.")
	}
	if err := v.mayAddPasskey(); err != nil {
		return Ceremony{}, err
	}
	if v.State == Open {
		if err := confirm(ctx, tx, v, "current_password", password); err != nil {
			return Ceremony{}, err
		}
	}
	h, err := holderOf(ctx, tx, v.By.ID, v.By.Email, v.By.Name)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.keys) >= mostPasskeys {
		return Ceremony{}, fault.New(fault.Conflict, "You have %s passkeys. Remove one first.", mostPasskeys)
	}
	var had []protocol.CredentialDescriptor
	for _, c := range h.WebAuthnCredentials() {
		had = append(had, c.Descriptor())
	}
	options, asked, err := rp.web.BeginRegistration(h, webauthn.WithExclusions(had))
	if err != nil {
		return Ceremony{}, err
	}
	token, err := begin(ctx, tx, toAdd, v, asked)
	return Ceremony{token, options.Response}, err
}

func (v Visit) mayAddPasskey() error {
	if v.State == Open || v.State == Half && !v.HasFactor() && !v.By.MailedCodes() {
		return nil
	}
	return fault.New(fault.Denied, "A passkey is added in your account's security page, after sign-in.")
}

// AddPasskey keeps the passkey that an authenticator made for a ceremony of
// this session. Where a second factor was due the session opens, under the
// token returned. codes are recovery codes, for whoever had no factor before;
// they are shown once. The error is Invalid, at "name" or without a field. The
// caller commits even a failure.
func AddPasskey(ctx context.Context, tx *db.Tx, rp *Relying, v Visit, ceremony, response, name string) (token string, codes []string, err error) {
	if err := v.mayAddPasskey(); err != nil {
		return "", nil, err
	}
	if name, err = passkeyName(name); err != nil {
		return "", nil, err
	}
	asked, err := taken(ctx, tx, toAdd, v, ceremony)
	if err != nil {
		return "", nil, err
	}
	made, err := rp.made(holder{id: v.By.ID, email: v.By.Email, name: v.By.Name}, asked, response)
	if err != nil {
		return "", nil, err
	}
	if err := insertPasskey(ctx, tx, v.By.ID, name, made); err != nil {
		return "", nil, err
	}
	if err := announce(ctx, tx, v.By.ID, PasskeyAdded); err != nil {
		return "", nil, err
	}
	if err := record(ctx, tx, v.By, "person.passkey_added", v.By.ID, ""); err != nil {
		return "", nil, err
	}
	if !v.HasFactor() {
		if codes, err = drawRecovery(ctx, tx, v.By.ID); err != nil {
			return "", nil, err
		}
	}
	if v.State == Half {
		if token, err = rotate(ctx, tx, v, "passkey"); err == nil {
			err = record(ctx, tx, v.By, "person.signed_in", v.By.ID, "passkey")
		}
	}
	return token, codes, err
}

// made is the passkey an authenticator says it made, if that is true.
func (rp *Relying) made(h holder, asked webauthn.SessionData, response string) (*webauthn.Credential, error) {
	wrong := fault.New(fault.Invalid, "Your device's answer can't be used. Try again, or use another way.")
	if rp == nil {
		return nil, wrong
	}
	said, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return nil, wrong
	}
	made, err := rp.web.CreateCredential(h, asked, said)
	if err != nil {
		return nil, wrong
	}
	made.Attestation = webauthn.CredentialAttestation{} // asked for none, and the first answer has no use any more
	return made, nil
}

func insertPasskey(ctx context.Context, tx *db.Tx, id PersonID, name string, made *webauthn.Credential) error {
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into passkey (id, person_id, credential_id, record, sign_count, name, made_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		db.NewID("pky"), string(id), credentialText(made.ID), string(text), int64(made.Authenticator.SignCount), name, tx.Now())
	if err == nil && n == 0 {
		err = fault.New(fault.Invalid, "This passkey is there already.")
	}
	return err
}
