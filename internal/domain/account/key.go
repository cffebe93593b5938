package account

import (
	"context"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A system of an office, such as its record system, comes in by a key in place
// of a password and a second factor. What it does it does as the person the key
// was made for: give each system a person of its own.

const (
	keyPrefix   = "parley_" // by which people and scanners tell what was leaked
	longestKey  = 366       // days
	longestName = 60
)

// MakeKey makes a key for a person, which holds so many days, and returns it:
// it is nowhere else. Staff get none, since they see everybody's members. Who
// may: administrators, and the program for the shell.
func MakeKey(ctx context.Context, tx *db.Tx, by Actor, id PersonID, name string, days int) (key string, err error) {
	if err := by.mustManage(); err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	f := fault.Fields{}
	f.Check(name != "", "name", "Say which system the key is for")
	f.Check(len([]rune(name)) <= longestName, "name", "The name must be 60 characters or less")
	f.Check(days >= 1 && days <= longestKey, "days", "A key holds 1 to 366 days")
	if err := f.Err(); err != nil {
		return "", err
	}
	whose, err := Act(ctx, tx, id)
	if err != nil {
		return "", err
	}
	if !whose.On(Portal) || whose.IsStaff() {
		return "", fault.New(fault.Denied, "Keys are for systems of offices. Make one for a person who works at an office and nowhere else.")
	}
	token, _ := secret.Token()
	key = keyPrefix + token
	_, err = tx.Exec(ctx, `insert into api_key (id, person_id, name, token_hash, made_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		db.NewID("key"), string(id), name, secret.HashToken(key), tx.Now(), tx.Now().Add(time.Duration(days)*24*time.Hour))
	if err != nil {
		return "", err
	}
	return key, record(ctx, tx, by, "key.made", id, name)
}

// ByKey is who comes with a key. ok is false for any that doesn't hold: one
// that never was, has ended or expired, or whose person is shut out or became
// staff.
func ByKey(ctx context.Context, tx *db.Tx, key string) (by Actor, ok bool, err error) {
	all, err := db.All(ctx, tx, db.Value[string], `select person_id from api_key where token_hash = $1 and ended_at is null and expires_at > $2`,
		secret.HashToken(key), tx.Now())
	if err != nil || len(all) == 0 {
		return by, false, err
	}
	by, err = Act(ctx, tx, PersonID(all[0]))
	if fault.Is(err, fault.NotFound) {
		return Actor{}, false, nil
	}
	if err != nil || !by.On(Portal) || by.IsStaff() {
		return Actor{}, false, err
	}
	by.Verified = true
	return by, true, nil
}

// EndKeys ends all keys of a person at once and says how many there were. Who
// may: as for MakeKey.
func EndKeys(ctx context.Context, tx *db.Tx, by Actor, id PersonID) (n int64, err error) {
	if err := by.mustManage(); err != nil {
		return 0, err
	}
	n, err = tx.Exec(ctx, `update api_key set ended_at = $1 where person_id = $2 and ended_at is null and expires_at > $1`, tx.Now(), string(id))
	if err != nil || n == 0 {
		return n, err
	}
	return n, record(ctx, tx, by, "key.ended", id, "")
}
