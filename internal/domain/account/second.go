package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// Verify opens a session by a second factor, a code of the authenticator or
// the one mailed for this session, under a new token. The caller commits even
// a failure.
func Verify(ctx context.Context, tx *db.Tx, box *secret.Box, v Visit, code string) (token string, err error) {
	code, err = SixDigits(code)
	if err != nil {
		return "", err
	}
	return second(ctx, tx, v, "code", func() (string, error) {
		if ok, err := checkTOTP(ctx, tx, box, v.By.ID, code); ok || err != nil {
			return "authenticator", err
		}
		ok, err := checkMailed(ctx, tx, v, code)
		if ok {
			return "mailed code", err
		}
		return "", err
	})
}

// second checks a second factor once under the person's limit. check says
// which factor it was, "" if none.
func second(ctx context.Context, tx *db.Tx, v Visit, field string, check func() (factor string, err error)) (token string, err error) {
	if v.State != Half {
		return "", fault.New(fault.Denied, "A code is asked for once, after the password.")
	}
	l := codeLimit(v.By.ID)
	left, err := l.count(ctx, tx)
	if err != nil {
		return "", err
	}
	factor, err := check()
	if err != nil {
		return "", err
	}
	if factor == "" {
		return "", wrongCode(ctx, tx, v, field, left)
	}
	if err := l.forget(ctx, tx); err != nil {
		return "", err
	}
	if token, err = rotate(ctx, tx, v, factor); err != nil {
		return "", err
	}
	return token, record(ctx, tx, v.By, "person.signed_in", v.By.ID, factor)
}

func wrongCode(ctx context.Context, tx *db.Tx, v Visit, field string, left int) error {
	if err := (credentials{Person: Person{ID: v.By.ID}}).refused(ctx, tx, "wrong code", left); err != nil {
		return err
	}
	switch {
	case left == 0:
		return codeLimit(v.By.ID).heed(ctx, tx)
	case left == 1:
		return fault.Fields{field: "This code doesn't match. You have 1 try left"}.Err()
	}
	return fault.Fields{field: words.Say("This code doesn't match. You have %s tries left", left)}.Err()
}
