package account

import (
	"context"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A Device is a browser its owner asked not to be asked for a code on.
type Device struct {
	ID, Agent    string
	Since, Until time.Time
}

// Trust remembers the browser for some days and returns the token for its
// cookie. Only who has just given a second factor may do this.
func Trust(ctx context.Context, tx *db.Tx, by Actor, agent string, days int) (token string, err error) {
	token, hash := secret.Token()
	if _, err := tx.Exec(ctx, `insert into trusted_device (id, person_id, agent, created_at, expires_at) values ($1, $2, $3, $4, $5)`,
		hash, string(by.ID), cut(agent, 200), tx.Now(), tx.Now().Add(time.Duration(days)*24*time.Hour)); err != nil {
		return "", err
	}
	return token, record(ctx, tx, by, "person.device_trusted", by.ID, "")
}

// trusted returns the id of the device if its token is this person's and
// still holds, else "".
func trusted(ctx context.Context, tx *db.Tx, id PersonID, token string) (string, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `select id from trusted_device where id = $1 and person_id = $2 and expires_at > $3`,
		secret.HashToken(token), string(id), tx.Now())
	if len(ids) == 0 {
		return "", err
	}
	return ids[0], err
}

// Devices lists a person's trusted devices, the newest first.
func Devices(ctx context.Context, tx *db.Tx, by Actor) ([]Device, error) {
	return db.All(ctx, tx, func(r db.Row) (d Device, err error) { return d, r.Scan(&d.ID, &d.Agent, &d.Since, &d.Until) },
		`select id, agent, created_at, expires_at from trusted_device where person_id = $1 and expires_at > $2
		order by created_at desc, id`, string(by.ID), tx.Now())
}

// Forget has one of a person's devices asked for a code again. Another
// person's device is NotFound.
func Forget(ctx context.Context, tx *db.Tx, by Actor, id string) error {
	n, err := tx.Exec(ctx, `delete from trusted_device where id = $1 and person_id = $2`, id, string(by.ID))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "We can't find that device.")
	}
	return record(ctx, tx, by, "person.device_forgotten", by.ID, "")
}
