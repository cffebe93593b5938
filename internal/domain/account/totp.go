package account

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A Setup is an authenticator app about to be added: its secret, as text and
// as the address a QR code holds. Sealed goes into the form and comes back
// with the first code, so that nothing is stored before the app has proved
// that it holds the secret.
type Setup struct{ Secret, Address, Sealed string }

const (
	setupLasts = time.Hour
	codeEvery  = 30 // seconds, RFC 6238 4.1; most apps know no other
)

// Prepare draws a new secret for by. issuer is what the app calls us.
func Prepare(tx *db.Tx, box *secret.Box, by Actor, issuer string) (Setup, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: by.Email, SecretSize: 20, Period: codeEvery})
	if err != nil {
		return Setup{}, err
	}
	until := tx.Now().Add(setupLasts).Format(time.RFC3339)
	sealed, err := seal(box, until+" "+key.Secret(), setupContext(by))
	return Setup{key.Secret(), key.URL(), sealed}, err
}

// Resume opens what Prepare sealed for the same person within the last hour.
func Resume(tx *db.Tx, box *secret.Box, by Actor, issuer, sealed string) (Setup, error) {
	late := fault.New(fault.Invalid, "This page was open too long. Scan the new code below and try again.")
	plain, err := open(box, sealed, setupContext(by))
	if err != nil {
		return Setup{}, late
	}
	until, key, _ := strings.Cut(plain, " ")
	if at, err := time.Parse(time.RFC3339, until); err != nil || tx.Now().After(at) {
		return Setup{}, late
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(key)
	if err != nil {
		return Setup{}, late
	}
	again, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: by.Email, Secret: raw, Period: codeEvery})
	if err != nil {
		return Setup{}, err
	}
	return Setup{key, again.URL(), sealed}, nil
}

func setupContext(by Actor) string   { return "authenticator setup|" + string(by.ID) }
func totpContext(id PersonID) string { return "authenticator|" + string(id) }

// Enroll adds a person's first authenticator app in a session where a second
// factor is due and none can be asked for. It opens the session under a new
// token. The recovery codes are shown once and never again.
func Enroll(ctx context.Context, tx *db.Tx, box *secret.Box, v Visit, s Setup, code string) (token string, codes []string, err error) {
	if v.HasFactor() || v.By.MailedCodes() || v.State != Half {
		return "", nil, fault.New(fault.Denied, "An authenticator app is set up in your account's security page, after sign-in.")
	}
	if codes, err = install(ctx, tx, box, v, s, code); err != nil {
		return "", nil, err
	}
	token, err = rotate(ctx, tx, v, "authenticator")
	return token, codes, err
}

// Replace puts another authenticator app in the place of the one there was,
// if any. It takes the password, ends all other sessions and trusted devices,
// and gives new recovery codes. The caller commits even a failure.
func Replace(ctx context.Context, tx *db.Tx, box *secret.Box, v Visit, s Setup, password, code string) (codes []string, err error) {
	if err := confirm(ctx, tx, v, "current_password", password); err != nil {
		return nil, err
	}
	if codes, err = install(ctx, tx, box, v, s, code); err != nil {
		return nil, err
	}
	return codes, shutOut(ctx, tx, v.By.ID, v.SessionID)
}

func install(ctx context.Context, tx *db.Tx, box *secret.Box, v Visit, s Setup, code string) ([]string, error) {
	code, err := SixDigits(code)
	if err != nil {
		return nil, err
	}
	step, ok := matchStep(s.Secret, code, tx.Now())
	if !ok {
		return nil, fault.Fields{"code": "This code doesn't match. Check that your phone's clock is set automatically, and enter the newest code"}.Err()
	}
	sealed, err := seal(box, s.Secret, totpContext(v.By.ID))
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `update person set totp_secret = $1, totp_since = $2, totp_step = $3, version = version + 1 where id = $4`,
		sealed, tx.Now(), step, string(v.By.ID)); err != nil {
		return nil, err
	}
	if err := announce(ctx, tx, v.By.ID, AuthenticatorSet); err != nil {
		return nil, err
	}
	if err := record(ctx, tx, v.By, "person.authenticator_set", v.By.ID, ""); err != nil {
		return nil, err
	}
	return drawRecovery(ctx, tx, v.By.ID)
}

// SixDigits takes the spaces out of a code that apps show and people copy. A
// code of anything but six digits is an Invalid fault at "code".
func SixDigits(code string) (string, error) {
	code = strings.Join(strings.Fields(code), "")
	f := fault.Fields{}
	f.Check(code != "", "code", "Enter the 6-digit code")
	f.Check(len(code) == 6 && strings.Trim(code, "0123456789") == "", "code", "Code must be 6 digits")
	return code, f.Err()
}

// matchStep finds the 30 seconds whose code this is: now, or one step to
// either side for a phone whose clock is a little off (RFC 6238 5.2).
func matchStep(key, code string, now time.Time) (step int64, ok bool) {
	at := now.Unix() / codeEvery
	for _, s := range []int64{at, at - 1, at + 1} {
		want, err := hotp.GenerateCode(key, uint64(s))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

// checkTOTP reports whether code is the authenticator's. A code counts once,
// even when it is sent twice at the same moment: whoever moves the step on
// has used it, along with all earlier ones.
func checkTOTP(ctx context.Context, tx *db.Tx, box *secret.Box, id PersonID, code string) (bool, error) {
	sealed, err := db.One(ctx, tx, db.Value[string], `select totp_secret from person where id = $1 and totp_since is not null`, string(id))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	key, err := open(box, sealed, totpContext(id))
	if err != nil {
		return false, err
	}
	step, ok := matchStep(key, code, tx.Now())
	if !ok {
		return false, nil
	}
	n, err := tx.Exec(ctx, `update person set totp_step = $1 where id = $2 and totp_step < $1`, step, string(id))
	return n == 1, err
}

// ResetSecondFactor removes a person's passkeys, authenticator app and recovery
// codes, for somebody who lost them all and was identified by other means. They set up a
// new one at the next sign-in. All sessions and trusted devices end.
func ResetSecondFactor(ctx context.Context, tx *db.Tx, by Actor, id PersonID) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	if err := removeFactor(ctx, tx, id); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.second_factor_reset", id, "")
}

// removeFactor does so, and tells the person.
func removeFactor(ctx context.Context, tx *db.Tx, id PersonID) error {
	n, err := tx.Exec(ctx, `update person set totp_secret = '', totp_since = null, totp_step = 0, version = version + 1 where id = $1`, string(id))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "We can't find that person.")
	}
	for _, table := range []string{"recovery_code", "passkey"} {
		if _, err := tx.Exec(ctx, `delete from `+table+` where person_id = $1`, string(id)); err != nil {
			return err
		}
	}
	if err := shutOut(ctx, tx, id, ""); err != nil {
		return err
	}
	if err := codeLimit(id).forget(ctx, tx); err != nil {
		return err
	}
	return announce(ctx, tx, id, FactorReset)
}

// seal is what of the box is stored or sent as text.
func seal(box *secret.Box, plain, context string) (string, error) {
	sealed, err := box.Seal([]byte(plain), []byte(context))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func open(box *secret.Box, text, context string) (string, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	plain, err := box.Open(sealed, []byte(context))
	return string(plain), err
}
