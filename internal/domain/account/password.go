package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// SetPassword gives a person a password from the shell. Only the program may:
// an administrator who could choose somebody's password could be them. It
// ends all their sessions and any pause.
func SetPassword(ctx context.Context, tx *db.Tx, by Actor, id PersonID, password string) error {
	if !by.IsProgram() {
		return fault.New(fault.Denied, "Nobody chooses another person's password. Passwords are set on the server's command line.")
	}
	p, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := p.newPassword(ctx, tx, password); err != nil {
		return err
	}
	if err := shutOut(ctx, tx, id, ""); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.password_set", id, "")
}

// ChangePassword replaces a person's own password by one they choose. It
// takes the current one, so that an unattended screen is not enough, and ends
// all other sessions and trusted devices. The caller commits even a failure.
func ChangePassword(ctx context.Context, tx *db.Tx, v Visit, current, password string) error {
	if err := confirm(ctx, tx, v, "current_password", current); err != nil {
		return err
	}
	p, err := Get(ctx, tx, v.By.ID)
	if err != nil {
		return err
	}
	if err := p.newPassword(ctx, tx, password); err != nil {
		return err
	}
	if err := shutOut(ctx, tx, p.ID, v.SessionID); err != nil {
		return err
	}
	if err := announce(ctx, tx, p.ID, PasswordChanged); err != nil {
		return err
	}
	return record(ctx, tx, v.By, "person.password_changed", p.ID, "")
}

// Confirm has the bearer of an open session give the password again before
// they sign something. What is wrong is an Invalid fault at field.
func Confirm(ctx context.Context, tx *db.Tx, v Visit, field, password string) error {
	return confirm(ctx, tx, v, field, password)
}

// confirm has the bearer of an open session give the password again before
// something is changed that opens the account.
func confirm(ctx context.Context, tx *db.Tx, v Visit, field, password string) error {
	f := fault.Fields{}
	f.Check(password != "", field, "Enter your current password")
	if err := f.Err(); err != nil {
		return err
	}
	c, err := credentialsOf(ctx, tx, "id", string(v.By.ID))
	if err != nil {
		return err
	}
	err = c.prove(ctx, tx, password, sessionLimit(v.SessionID))
	if fault.Is(err, fault.Invalid) {
		return fault.Fields{field: "This password doesn't match our records"}.Err()
	}
	return err
}

// newPassword stores a password that is good enough, and ends a pause that
// failures with the old one brought about.
func (p Person) newPassword(ctx context.Context, tx *db.Tx, password string) error {
	known := []string{"Parley", p.Email, p.FirstName, p.LastName, p.Name()}
	seats, err := Seats(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, s := range seats {
		known = append(known, s.Organization)
	}
	if err := secret.CheckPassword(password, known...); err != nil {
		return fault.Fields{"password": fault.Of(err).Text}.Err()
	}
	if err := storePassword(ctx, tx, p.ID, password); err != nil {
		return err
	}
	return accountLimit(p.Email).forget(ctx, tx)
}

func storePassword(ctx context.Context, tx *db.Tx, id PersonID, password string) error {
	hash, err := secret.Hash(password)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update person set password_hash = $1, password_at = $2, version = version + 1 where id = $3`, hash, tx.Now(), string(id))
	return err
}
