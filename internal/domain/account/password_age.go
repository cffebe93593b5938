package account

import (
	"context"
	"fmt"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// How long an organization can let its people keep a password. Less than a
// month has people write it down.
const (
	leastPasswordDays = 30
	mostPasswordDays  = 730
)

func checkPasswordDays(f fault.Fields, days int) {
	f.Check(days == 0 || days >= leastPasswordDays && days <= mostPasswordDays, "password_days", words.Say("Enter a number from %s to %s", leastPasswordDays, mostPasswordDays))
}

// WithPasswordDays are the organizations whose people's passwords end, by
// name. Who may: operators.
func WithPasswordDays(ctx context.Context, tx *db.Tx, by Actor) ([]Organization, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where password_days > 0 order by name, id`)
}

// SetPasswordDays says how many days an organization's people may keep a
// password; 0 for any. It counts from their next sign-in. Who may: operators.
func SetPasswordDays(ctx context.Context, tx *db.Tx, by Actor, organizationID string, days int) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	f := fault.Fields{}
	checkPasswordDays(f, days)
	if err := f.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update organization set password_days = $1 where id = $2`, days, organizationID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "We can't find that organization.")
	}
	e := by.Audit("organization.password_days", "organization", organizationID)
	e.Detail = fmt.Sprint(days)
	return audit.Record(ctx, tx, e)
}

// passwordEnd is when a password of this age ends; nil for never.
func passwordEnd(at *time.Time, days int) *time.Time {
	if at == nil || days <= 0 {
		return nil
	}
	end := at.Add(time.Duration(days) * 24 * time.Hour)
	return &end
}

// notePasswordAge has a new password due in a session that began with one that
// had come to its end. Of several organizations the strictest counts.
func notePasswordAge(ctx context.Context, tx *db.Tx, token string, id PersonID) error {
	ends, err := db.All(ctx, tx, func(r db.Row) (end *time.Time, err error) {
		var at *time.Time
		var days int
		err = r.Scan(&at, &days)
		return passwordEnd(at, days), err
	}, `select p.password_at, o.password_days from person p join membership m on m.person_id = p.id join organization o on o.id = m.organization_id
		where p.id = $1 and o.password_days > 0 order by o.password_days, o.id limit 1`, string(id))
	if err != nil || len(ends) == 0 || ends[0] == nil || tx.Now().Before(*ends[0]) {
		return err
	}
	_, err = tx.Exec(ctx, `update session set password_due = $1 where id = $2`, true, sessionID(token))
	return err
}

// ReplaceExpired has the bearer of a session in which a new password is due
// choose it, and opens the session under a new token. Other sessions end;
// trusted devices stay, since nobody thinks that the old one was known. The
// error is Invalid at "password".
func ReplaceExpired(ctx context.Context, tx *db.Tx, v Visit, password string) (token string, err error) {
	if v.State != Expired {
		return "", fault.New(fault.Denied, "Your password has not come to its end. Change it under Security.")
	}
	c, err := credentialsOf(ctx, tx, "id", string(v.By.ID))
	if err != nil {
		return "", err
	}
	if password != "" && secret.Verify(c.hash, password) {
		return "", fault.Fields{"password": "This is the password you have now. Choose another"}.Err()
	}
	if err := c.newPassword(ctx, tx, password); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `update session set password_due = $1 where id = $2`, false, v.SessionID); err != nil {
		return "", err
	}
	if err := EndOthers(ctx, tx, v.By.ID, v.SessionID); err != nil {
		return "", err
	}
	if err := announce(ctx, tx, v.By.ID, PasswordChanged); err != nil {
		return "", err
	}
	if err := record(ctx, tx, v.By, "person.password_changed", v.By.ID, "it had come to its end"); err != nil {
		return "", err
	}
	return rotate(ctx, tx, v, "")
}
