package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Limits say how long a session lasts without use and at all. SP 800-63B-4
// asks for at most an hour and a day; the defaults are 15 minutes and 12 hours.
type Limits struct{ Idle, Absolute time.Duration }

// A State says how far into the house a session lets its bearer.
type State int

// States of a session, from the door inwards.
const (
	Outside State = iota // no session, or one that ended
	Locked               // unused too long: the password opens it again
	Half                 // the password was right; a second factor is due
	Expired              // both were right, but the password is too old: a new one is due
	Open                 // signed in
)

// A Visit is a request's session and the person behind it.
type Visit struct {
	SessionID  string // opaque; safe to keep, not the token in the cookie
	State      State
	By         Actor
	HasTOTP    bool      // an authenticator app is set up
	HasPasskey bool      // there is a passkey
	Began      time.Time // when the password was given
	Ends       time.Time // whatever the use
	// PasswordEnds is when the person has to choose a new password; nil for never.
	PasswordEnds *time.Time
	// WantsPasskey says that this session took a code, that a passkey would have
	// spared it, and that the person hasn't put the offer away.
	WantsPasskey bool
	Former       Actor // whose session this was, when it came to its absolute end within a day; may do nothing
	seen         time.Time
}

// HasFactor reports whether there is a second factor of the person's own.
func (v Visit) HasFactor() bool { return v.HasTOTP || v.HasPasskey }

// A Session is one sign-in, as its owner sees it in the list.
type Session struct {
	ID, Agent, Address string
	Began, Seen        time.Time
	Ended              *time.Time
}

func newToken() (token, id string) {
	token = rand.Text() + rand.Text() // 256 bits and more
	return token, sessionID(token)
}

// sessionID is what is stored: who reads the database can't sign in with it.
func sessionID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Begin starts a session for a person whose password was right. factor is ""
// while a second factor is due, else which one stands ("authenticator",
// "mailed code", "recovery code", "device"). The token goes into the cookie.
func Begin(ctx context.Context, tx *db.Tx, id PersonID, factor, agent, address string, l Limits) (token string, err error) {
	token, sid := newToken()
	var verified *time.Time
	if now := tx.Now(); factor != "" {
		verified = &now
	}
	_, err = tx.Exec(ctx, `
		insert into session (id, person_id, created_at, seen_at, expires_at, verified_at, factor, agent, address)
		values ($1, $2, $3, $3, $4, $5, $6, $7, $8)`,
		sid, string(id), tx.Now(), tx.Now().Add(l.Absolute), verified, factor, cut(agent, 200), cut(address, 64))
	return token, err
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// Look finds who bears token. A token that opens nothing gives a Visit that
// is Outside and by nobody, and no error. It takes one statement, with all that
// says what they may; one more while staff act for an office or see through
// somebody's eyes.
func Look(ctx context.Context, tx *db.Tx, token string, l Limits) (Visit, error) {
	if token == "" {
		return Visit{}, nil
	}
	rows, err := db.All(ctx, tx, scanVisit, `
		select s.id, s.created_at, s.seen_at, s.expires_at, s.verified_at, s.locked_at,
			p.id, p.first_name, p.last_name, p.email, p.time_zone, p.theme, p.language, p.totp_since, p.password_at, s.password_due, coalesce(o.password_days, 0), s.factor,
			exists (select 1 from preference f where f.person_id = p.id and f.name = '`+passkeyLater+`'),
			m.organization_id, o.name, m.role, m.location_id, m.practitioner_id, m.limited, `+sees+`, o.mailed_codes,
			exists (select 1 from passkey k where k.person_id = p.id), m.id, x.plan_id, x.program_id,
			exists (select 1 from assist a where a.session_id = s.id and a.ended_at is null),
			exists (select 1 from viewing w where w.session_id = s.id and w.ended_at is null and w.ends_at > $2)
		from session s join person p on p.id = s.person_id
		left join membership m on m.person_id = p.id left join organization o on o.id = m.organization_id
		left join staff_scope x on x.person_id = p.id
		where s.id = $1 and s.ended_at is null and p.disabled_at is null
		order by m.id, x.plan_id, x.program_id`, sessionID(token), tx.Now())
	if err != nil || len(rows) == 0 {
		return Visit{}, err
	}
	v := rows[0].visit(tx.Now(), l)
	if v.State == Outside {
		return v, nil
	}
	for i, r := range rows {
		if r.scope != nil && r.membership == rows[0].membership {
			v.By.Scopes = append(v.By.Scopes, *r.scope)
		}
		if i > 0 && r.membership == rows[i-1].membership { // the same seat with the next scope
			continue
		}
		if end := passwordEnd(r.passwordAt, r.days); end != nil && (v.PasswordEnds == nil || end.Before(*v.PasswordEnds)) {
			v.PasswordEnds = end
		}
		if r.seat.Role != "" {
			v.By.Seats = append(v.By.Seats, r.seat)
		}
	}
	if !v.By.IsStaff() {
		v.By.Scopes = nil
		return v, nil
	}
	if rows[0].acts {
		v.By, err = v.By.assisting(ctx, tx, v.SessionID)
	}
	if err == nil && rows[0].looks && v.State == Open {
		v.By, err = v.By.viewing(ctx, tx, v.SessionID)
	}
	return v, err
}

type visitRow struct {
	v                Visit
	verified, locked *time.Time
	totp, passwordAt *time.Time
	due, later       bool
	factor           string
	days             int
	seat             Seat
	membership       string // whose seat it is
	scope            *Scope // one of the person's; a row for each seat with each
	acts, looks      bool   // for an office, through somebody's eyes
}

func scanVisit(r db.Row) (v visitRow, err error) {
	var first, last string
	var limited, mailed *bool
	var membership, plan, program *string
	err = r.Scan(&v.v.SessionID, &v.v.Began, &v.v.seen, &v.v.Ends, &v.verified, &v.locked,
		(*string)(&v.v.By.ID), &first, &last, &v.v.By.Email, &v.v.By.Zone, &v.v.By.Theme, (*string)(&v.v.By.Language), &v.totp, &v.passwordAt, &v.due, &v.days, &v.factor, &v.later,
		&v.seat.OrganizationID, &v.seat.Organization, (*string)(&v.seat.Role), &v.seat.LocationID, &v.seat.PractitionerID, &limited, &v.seat.Sees, &mailed, &v.v.HasPasskey,
		&membership, &plan, &program, &v.acts, &v.looks)
	if membership != nil {
		v.membership = *membership
	}
	if plan != nil && program != nil {
		v.scope = &Scope{*plan, *program}
	}
	v.v.By.Name = first + " " + last
	v.seat.Limited = limited != nil && *limited
	v.seat.MailedCodes = mailed != nil && *mailed
	return v, err
}

func (r visitRow) visit(now time.Time, l Limits) Visit {
	v := r.v
	v.HasTOTP = r.totp != nil
	v.WantsPasskey = (r.factor == "mailed code" || r.factor == "authenticator") && !v.HasPasskey && r.passwordAt != nil && !r.later
	v.By.Verified = r.verified != nil
	switch {
	case now.Sub(v.Ends) >= 24*time.Hour:
		return Visit{}
	case !now.Before(v.Ends):
		return Visit{Former: Actor{ID: v.By.ID}}
	case r.locked != nil, now.Sub(v.seen) >= l.Idle:
		v.State = Locked
	case !v.By.Verified:
		v.State = Half
	case r.due:
		v.State = Expired
	default:
		v.State = Open
	}
	return v
}

func scopes(ctx context.Context, tx *db.Tx, id PersonID) ([]Scope, error) {
	return db.All(ctx, tx, func(r db.Row) (s Scope, err error) {
		return s, r.Scan(&s.PlanID, &s.ProgramID)
	}, `select plan_id, program_id from staff_scope where person_id = $1 order by plan_id, program_id`, string(id))
}

// touchEvery keeps a read from writing more than this often, which costs at
// most as much of the idle limit.
const touchEvery = time.Minute

// Touch notes that the session was used just now.
func Touch(ctx context.Context, tx *db.Tx, v Visit) error {
	if tx.Now().Sub(v.seen) < touchEvery {
		return nil
	}
	return tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update session set seen_at = $1 where id = $2 and ended_at is null and locked_at is null`, tx.Now(), v.SessionID)
		return err
	})
}

// Extend notes that the person is there, however recently it was noted.
func Extend(ctx context.Context, tx *db.Tx, v Visit) error {
	v.seen = time.Time{}
	return Touch(ctx, tx, v)
}

// Topic is what is told (db.Tell) when a session of the person ends or is
// locked, or when what they may do changes.
func Topic(id PersonID) string { return "person:" + string(id) }

// Lock shuts a session until its owner gives the password again.
func Lock(ctx context.Context, tx *db.Tx, v Visit) error {
	tx.Tell(Topic(v.By.ID))
	_, err := tx.Exec(ctx, `update session set locked_at = $1 where id = $2 and ended_at is null and locked_at is null`, tx.Now(), v.SessionID)
	return err
}

// End ends one of a person's sessions; ending it twice does no harm. Another
// person's session is NotFound.
func End(ctx context.Context, tx *db.Tx, by Actor, sessionID string) error {
	if err := end(ctx, tx, by, sessionID); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.session_ended", by.ID, "")
}

func end(ctx context.Context, tx *db.Tx, by Actor, sessionID string) error {
	tx.Tell(Topic(by.ID))
	n, err := tx.Exec(ctx, `update session set ended_at = coalesce(ended_at, $1) where id = $2 and person_id = $3`, tx.Now(), sessionID, string(by.ID))
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "We can't find that session.")
	}
	return err
}

// EndOthers ends every session of a person but the one kept ("" for none).
func EndOthers(ctx context.Context, tx *db.Tx, id PersonID, keep string) error {
	tx.Tell(Topic(id))
	_, err := tx.Exec(ctx, `update session set ended_at = $1 where person_id = $2 and id <> $3 and ended_at is null`, tx.Now(), string(id), keep)
	return err
}

// SignOutOthers ends every session of a person but the one they ask from.
func SignOutOthers(ctx context.Context, tx *db.Tx, v Visit) error {
	if err := EndOthers(ctx, tx, v.By.ID, v.SessionID); err != nil {
		return err
	}
	return record(ctx, tx, v.By, "person.session_ended", v.By.ID, "all others")
}

// Sessions lists a person's sessions that still stand, the last used first.
func Sessions(ctx context.Context, tx *db.Tx, by Actor) ([]Session, error) {
	return db.All(ctx, tx, func(r db.Row) (s Session, err error) {
		return s, r.Scan(&s.ID, &s.Agent, &s.Address, &s.Began, &s.Seen, &s.Ended)
	}, `select id, agent, address, created_at, seen_at, ended_at from session
		where person_id = $1 and ended_at is null and expires_at > $2 order by seen_at desc, id`, string(by.ID), tx.Now())
}
