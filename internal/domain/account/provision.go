package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// Provision gives a person an authenticator whose key is known beforehand,
// without a session: for the demo and for tests, where nobody holds a phone.
// Only the program may.
func Provision(ctx context.Context, tx *db.Tx, box *secret.Box, by Actor, id PersonID, key string) error {
	if !by.IsProgram() {
		return fault.New(fault.Denied, "Nobody sets up another person's authenticator.")
	}
	sealed, err := seal(box, key, totpContext(id))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update person set totp_secret = $1, totp_since = $2, totp_step = 0, version = version + 1 where id = $3`, sealed, tx.Now(), string(id))
	if err != nil {
		return err
	}
	return record(ctx, tx, by, "person.authenticator_provisioned", id, "")
}

// FreshPassword is a password nobody has: 20 letters and digits, to be handed
// over once.
func FreshPassword() string {
	plain, _ := secret.Token()
	return plain[:20]
}
