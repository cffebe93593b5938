package account

import (
	"context"
	"encoding/json"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A Ceremony is what a page hands to the browser: what the authenticator is
// asked, and the token under which its answer is expected, once.
type Ceremony struct {
	Token   string `json:"ceremony"`
	Options any    `json:"options"`
}

const (
	ceremonyLasts = 5 * time.Minute

	toEnter  = "sign in"
	toVerify = "second factor"
	toUnlock = "unlock"
	toAdd    = "add"
)

// Who asks for challenges and answers none should hardly ever need many; each
// is a row. An office has many people behind one address.
func challengeLimit(address string) limit {
	return limit{"challenge|" + address, 300, pause, ", or sign in with your password", "passkey requests"}
}

// begin keeps what the authenticator is asked until it answers.
func begin(ctx context.Context, tx *db.Tx, purpose string, v Visit, asked *webauthn.SessionData) (token string, err error) {
	data, err := json.Marshal(asked)
	if err != nil {
		return "", err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `insert into passkey_challenge (id, purpose, session_id, data, expires_at) values ($1, $2, $3, $4, $5)`,
		hash, purpose, v.SessionID, string(data), tx.Now().Add(ceremonyLasts))
	return token, err
}

// taken is what was asked under token, which is used up by that, whatever
// comes of it.
func taken(ctx context.Context, tx *db.Tx, purpose string, v Visit, token string) (asked webauthn.SessionData, err error) {
	all, err := db.All(ctx, tx, db.Value[string], `
		delete from passkey_challenge where id = $1 and purpose = $2 and session_id = $3 and expires_at > $4 returning data`,
		secret.HashToken(token), purpose, v.SessionID, tx.Now())
	if err != nil {
		return asked, err
	}
	if len(all) == 0 {
		return asked, fault.New(fault.Invalid, "This took too long, or was sent before. Try again.")
	}
	return asked, json.Unmarshal([]byte(all[0]), &asked)
}
