package account

import (
	"context"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A Registration is somebody who asks for an account by themselves.
type Registration struct {
	ID                  string
	Email               string
	FirstName, LastName string
	Phone               string
	NPI, TIN            string // of the organization they say they work for; the second may be ""
	Role                Role
	Stated              *Stated        // the organization, where the directory doesn't have it; else nil
	Language            words.Language // of the page on which they say it; what they make reads it
	ExpiresAt           time.Time
}

const registrationLasts = 24 * time.Hour

// Who registers should hardly ever need to twice; each try fills a mailbox.
func registerLimits(email, address string) []limit {
	const advice = ", or call the support line"
	return []limit{
		{"register|" + secret.HashToken(email), 5, time.Hour, advice, "registrations"},
		{"register address|" + address, 30, time.Hour, advice, "registrations"},
	}
}

// Registered asks that a link be drawn and mailed. It holds no link: see
// DrawRegistration.
type Registered struct{ RegistrationID string }

// Kind names the event.
func (Registered) Kind() string { return "account.registered" }

// Register keeps what somebody says of themselves and has a mail written to
// their address. Whether that has an account nobody learns who doesn't read
// its mail: the answer is the same. agreed is to the terms. The caller commits
// even a failure, because it counts. See provider.Register, which knows whether
// there is such an organization.
func Register(ctx context.Context, tx *db.Tx, r Registration, agreed bool, address string) error {
	p := Person{Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, Phone: r.Phone}.tidy()
	r.Email, r.FirstName, r.LastName, r.Phone = p.Email, p.FirstName, p.LastName, p.Phone
	f := fault.Fields{}
	checkEmail(f, "email", p.Email)
	p.checkProfile(f)
	f.Check(p.Phone != "", "phone", "Enter a phone number")
	f.Check(r.TIN == "" || len(r.TIN) == 9, "tin", "Tax ID must be 9 digits")
	f.Check(r.Role == OfficeStaff || r.Role == Clinician || r.Role == Site, "as", "Select what describes you")
	if r.Stated != nil {
		s := r.Stated.tidy()
		s.check(f)
		r.Stated, r.NPI = &s, statedNPI
	}
	f.Check(agreed, "agreed", "Agree to the terms to create an account")
	if err := f.Err(); err != nil {
		return err
	}
	if err := mayUsePassword(ctx, tx, "email", r.Email); err != nil {
		return err
	}
	for _, l := range registerLimits(r.Email, address) {
		if _, err := l.count(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `delete from registration where email = $1`, r.Email); err != nil {
		return err
	}
	stated, err := statedText(r.Stated)
	if err != nil {
		return err
	}
	r.ID = db.NewID("reg")
	if _, err := tx.Exec(ctx, `
		insert into registration (id, email, first_name, last_name, phone, npi, tin, role, made_at, expires_at, stated, language)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		r.ID, r.Email, r.FirstName, r.LastName, r.Phone, r.NPI, r.TIN, string(r.Role), tx.Now(), tx.Now().Add(registrationLasts), stated, string(r.Language)); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, Actor{}.Audit("registration.asked", "registration", r.ID)); err != nil {
		return err
	}
	return job.Add(ctx, tx, Registered{r.ID})
}

const registrationColumns = `id, email, first_name, last_name, phone, npi, tin, role, expires_at, stated, language`

func scanRegistration(row db.Row) (r Registration, err error) {
	var stated string
	if err := row.Scan(&r.ID, &r.Email, &r.FirstName, &r.LastName, &r.Phone, &r.NPI, &r.TIN, (*string)(&r.Role), &r.ExpiresAt, &stated, (*string)(&r.Language)); err != nil {
		return r, err
	}
	r.Stated, err = readStated(stated)
	return r, err
}

// DrawRegistration draws the link of a registration, once, and keeps only its
// hash: it is in nothing but the mail that the caller queues in the same
// transaction. token is "" where the address has an account: the mail says how
// to sign in. ok is false when there is nothing to send any more.
func DrawRegistration(ctx context.Context, tx *db.Tx, e Registered) (r Registration, token string, ok bool, err error) {
	all, err := db.All(ctx, tx, scanRegistration, `select `+registrationColumns+` from registration
		where id = $1 and token_hash is null and used_at is null and expires_at > $2`, e.RegistrationID, tx.Now())
	if err != nil || len(all) == 0 {
		return r, "", false, err
	}
	r = all[0]
	c, err := credentialsOf(ctx, tx, "email", r.Email)
	if err != nil {
		return r, "", false, err
	}
	if c.ID != "" {
		_, err = tx.Exec(ctx, `delete from registration where id = $1`, r.ID)
		return r, "", err == nil, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `update registration set token_hash = $1 where id = $2`, hash, r.ID)
	return r, token, err == nil, err
}

// RegistrationOf is the registration that a link opens; a NotFound fault for
// one that never was, was used or replaced, or has expired.
func RegistrationOf(ctx context.Context, tx *db.Tx, token string) (r Registration, err error) {
	all, err := db.All(ctx, tx, scanRegistration, `select `+registrationColumns+` from registration
		where token_hash = $1 and used_at is null and expires_at > $2`, secret.HashToken(token), tx.Now())
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "This link doesn't work any more. It works once, for 24 hours, and a newer one replaces it. Register again, or sign in if you have an account.")
	}
	if err != nil {
		return r, err
	}
	return all[0], nil
}

// ConfirmRegistration makes the account: the link proves that the address is
// theirs. It has no role yet. The error is Invalid at "password".
func ConfirmRegistration(ctx context.Context, tx *db.Tx, token, password string) (by Actor, r Registration, err error) {
	if r, err = RegistrationOf(ctx, tx, token); err != nil {
		return by, r, err
	}
	c, err := credentialsOf(ctx, tx, "email", r.Email)
	if err != nil {
		return by, r, err
	}
	if c.ID != "" { // invited meanwhile, and joined
		return by, r, fault.New(fault.Conflict, "This address has an account now. Sign in.")
	}
	p, err := openAccount(ctx, tx, Person{Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, Phone: r.Phone, Language: chosen(r.Language)})
	if err != nil {
		return by, r, err
	}
	if err := p.newPassword(ctx, tx, password); err != nil {
		return by, r, err
	}
	if err := db.Changed(tx.Exec(ctx, `update registration set used_at = $1, token_hash = null where id = $2 and used_at is null`, tx.Now(), r.ID)); err != nil {
		return by, r, err
	}
	if err := dropDrafts(ctx, tx, r.Email); err != nil {
		return by, r, err
	}
	if by, err = p.actor(ctx, tx); err != nil {
		return by, r, err
	}
	return by, r, record(ctx, tx, by, "person.registered", by.ID, r.ID)
}
