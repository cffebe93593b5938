package account

import (
	"context"
	"crypto/rand"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// Recover opens a session by one of the recovery codes, which is used up.
func Recover(ctx context.Context, tx *db.Tx, v Visit, code string) (token string, err error) {
	f := fault.Fields{}
	f.Check(strings.TrimSpace(code) != "", "recovery_code", "Enter a recovery code")
	if err := f.Err(); err != nil {
		return "", err
	}
	return second(ctx, tx, v, "recovery_code", func() (string, error) {
		n, err := tx.Exec(ctx, `update recovery_code set used_at = $1 where person_id = $2 and code_hash = $3 and used_at is null`,
			tx.Now(), string(v.By.ID), secret.HashToken(foldCode(code)))
		if err != nil || n == 0 {
			return "", err
		}
		return "recovery code", announce(ctx, tx, v.By.ID, CodeUsed)
	})
}

const recoveryCodes = 10

// drawRecovery replaces a person's recovery codes. Each has 120 random bits,
// so that a fast hash will do (ASVS 6.5.2 asks for 112).
func drawRecovery(ctx context.Context, tx *db.Tx, id PersonID) ([]string, error) {
	if _, err := tx.Exec(ctx, `delete from recovery_code where person_id = $1`, string(id)); err != nil {
		return nil, err
	}
	var codes []string
	for range recoveryCodes {
		code := rand.Text()[:24]
		if _, err := tx.Exec(ctx, `insert into recovery_code (person_id, code_hash) values ($1, $2)`, string(id), secret.HashToken(code)); err != nil {
			return nil, err
		}
		codes = append(codes, grouped(code))
	}
	return codes, nil
}

func grouped(code string) string {
	var groups []string
	for ; len(code) > 4; code = code[4:] {
		groups = append(groups, code[:4])
	}
	return strings.Join(append(groups, code), "-")
}

// foldCode undoes what happens to a code between paper and keyboard. The
// letters of base32 go without 0, 1 and 8 (RFC 4648 6).
func foldCode(code string) string {
	code = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
	return strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(code)
}

// RenewCodes replaces a person's recovery codes and returns the new ones. It
// takes the password. The caller commits even a failure.
func RenewCodes(ctx context.Context, tx *db.Tx, v Visit, password string) ([]string, error) {
	if err := confirm(ctx, tx, v, "codes_password", password); err != nil {
		return nil, err
	}
	if err := announce(ctx, tx, v.By.ID, CodesRenewed); err != nil {
		return nil, err
	}
	if err := record(ctx, tx, v.By, "person.codes_renewed", v.By.ID, ""); err != nil {
		return nil, err
	}
	return drawRecovery(ctx, tx, v.By.ID)
}

// CodesLeft is how many recovery codes a person has not used.
func CodesLeft(ctx context.Context, tx *db.Tx, by Actor) (int, error) {
	return db.Count(ctx, tx, `select count(*) from recovery_code where person_id = $1 and used_at is null`, string(by.ID))
}
