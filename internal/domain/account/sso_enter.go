package account

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

const ssoLasts = 10 * time.Minute

// An Errand is what somebody takes along to their organization's sign-in:
// state and nonce go there and come back, the verifier stays in their browser.
type Errand struct{ State, Nonce, Verifier string }

// A Returned errand is one that came back to the browser that left with it.
type Returned struct {
	Connection
	To      string // where they wanted to go
	nonce   string
	triedBy PersonID
}

// Fits reports whether a nonce is that of the errand.
func (r Returned) Fits(nonce string) bool {
	return subtle.ConstantTimeCompare([]byte(secret.HashToken(nonce)), []byte(r.nonce)) == 1
}

// SendThrough begins a sign-in through an organization. The error is TooMany
// for who begins too many. The caller commits even that.
func SendThrough(ctx context.Context, tx *db.Tx, c Connection, to, address string) (e Errand, err error) {
	return sendThrough(ctx, tx, c, to, address, "")
}

func sendThrough(ctx context.Context, tx *db.Tx, c Connection, to, address string, tries PersonID) (e Errand, err error) {
	if _, err := ssoLimit(address).count(ctx, tx); err != nil {
		return e, err
	}
	var state, nonce, browser string
	e.State, state = secret.Token()
	e.Nonce, nonce = secret.Token()
	e.Verifier, browser = secret.Token()
	_, err = tx.Exec(ctx, `insert into sso_visit (state_hash, organization_id, browser_hash, nonce_hash, see_other, expires_at, tried_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		state, c.OrganizationID, browser, nonce, cut(to, 2000), tx.Now().Add(ssoLasts), string(tries))
	return e, err
}

// Each sign-in that is begun is a row. An office has many people behind one address.
func ssoLimit(address string) limit {
	return limit{"sso|" + address, 300, pause, ", or sign in with your password", "sign-ins"}
}

// TakeThrough ends the errand whose state came back, and is what it was. Of
// two who bring the same one has it; nobody has who didn't leave with it. The
// error is Invalid.
func TakeThrough(ctx context.Context, tx *db.Tx, state, verifier string) (r Returned, err error) {
	late := fault.New(fault.Invalid, "This sign-in took too long, was used before, or began in another browser. Start again.")
	all, err := db.All(ctx, tx, func(row db.Row) (r Returned, err error) {
		return r, row.Scan(&r.OrganizationID, &r.nonce, &r.To, (*string)(&r.triedBy))
	}, `delete from sso_visit where state_hash = $1 and browser_hash = $2 and expires_at > $3 returning organization_id, nonce_hash, see_other, tried_by`,
		secret.HashToken(state), secret.HashToken(verifier), tx.Now())
	if err != nil {
		return r, err
	}
	if len(all) == 0 || state == "" || verifier == "" {
		return r, late
	}
	c, err := connection(ctx, tx, all[0].OrganizationID)
	if err != nil {
		return r, err
	}
	if c == nil || !c.Live && all[0].triedBy == "" {
		return r, late
	}
	all[0].Connection = *c
	return all[0], nil
}

// Distrust leaves a trace of an answer that nobody can come in by. why holds
// nothing of what came.
func (r Returned) Distrust(ctx context.Context, tx *db.Tx, why error) error {
	return r.record(ctx, tx, Actor{}, "sso.refused", why.Error())
}

// EnterThrough begins a session for whom an organization vouches. Who comes
// for the first time gets an account and the organization's post for that;
// nobody's roles are changed. The second factor is due as after a password, but
// where the organization says that it asked for one. The error is Denied with
// what to do; then nothing was changed but that it is on record, which the
// caller commits. a has no address and password.
func EnterThrough(ctx context.Context, tx *db.Tx, r Returned, said openid.Claims, a Attempt, l Limits) (Entry, error) {
	if r.Trial() {
		return Entry{}, denied("Nobody comes in by a trial. Sign in again.")
	}
	p, err := r.person(ctx, tx, said)
	if fault.Is(err, fault.Denied) {
		if err := r.record(ctx, tx, Actor{}, "sso.refused", fault.Of(err).Text.String()); err != nil {
			return Entry{}, err
		}
	}
	if err != nil {
		return Entry{}, err
	}
	by, err := p.actor(ctx, tx)
	if err != nil {
		return Entry{}, err
	}
	device, err := trusted(ctx, tx, p.ID, a.Device)
	if err != nil {
		return Entry{}, err
	}
	factor := ""
	switch {
	case r.Second && by.onlyAt(r.OrganizationID):
		factor = "organization"
	case device != "" && (p.HasFactor() || by.MailedCodes()):
		factor = "device"
	}
	e, err := a.begin(ctx, tx, p, by, factor, "person.came_through", l)
	if err != nil {
		return e, err
	}
	return e, r.came(ctx, tx, e, said.SID)
}

// onlyAt reports whether all of a's roles are in one organization, which then
// may answer for the second factor: it must not for what another keeps here.
func (a Actor) onlyAt(organizationID string) bool {
	return !slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.OrganizationID != organizationID })
}

func denied(format words.Text, args ...any) error { return fault.New(fault.Denied, format, args...) }

// person is whom the organization vouches for, with an account.
func (r Returned) person(ctx context.Context, tx *db.Tx, said openid.Claims) (Person, error) {
	email := tidyEmail(said.Email)
	f := fault.Fields{}
	checkEmail(f, "email", email)
	switch {
	case !said.Verified || len(f) > 0:
		return Person{}, denied("%s doesn't say that your mail address is verified. Ask whoever keeps your account there.", r.Organization)
	case !slices.ContainsFunc(r.Domains, func(d string) bool { return strings.HasSuffix(email, "@"+d) }):
		return Person{}, denied("Your mail address there isn't one that %s vouches for here. Ask whoever keeps your account there.", r.Organization)
	}
	known, err := db.All(ctx, tx, scanPerson, `select `+personColumns+` from person where id = (select person_id from sso_identity where organization_id = $1 and subject = $2)`,
		r.OrganizationID, said.Subject)
	if err != nil {
		return Person{}, err
	}
	if len(known) > 0 {
		return known[0], r.may(ctx, tx, known[0])
	}
	p, err := ByEmail(ctx, tx, email)
	if fault.Is(err, fault.NotFound) {
		return r.welcome(ctx, tx, email, said)
	}
	if err != nil {
		return p, err
	}
	if err := r.may(ctx, tx, p); err != nil {
		return p, err
	}
	other, err := db.Exists(ctx, tx, `select 1 from sso_identity where organization_id = $1 and person_id = $2`, r.OrganizationID, string(p.ID))
	if err != nil {
		return p, err
	}
	if other {
		return p, denied("Somebody else came in with this mail address before. Call the support line.")
	}
	return p, r.link(ctx, tx, said.Subject, p)
}

// may says whether the organization answers for somebody with an account: it
// is open, and they work there. An office answers for nobody who is staff.
func (r Returned) may(ctx context.Context, tx *db.Tx, p Person) error {
	if p.DisabledAt != nil {
		return denied("This account is closed. Ask your administrator.")
	}
	by, err := p.actor(ctx, tx)
	if err != nil {
		return err
	}
	works := slices.ContainsFunc(by.Seats, func(s Seat) bool { return s.OrganizationID == r.OrganizationID })
	if !works || by.IsStaff() && r.Kind != "um" {
		return denied("This account isn't one of %s. Sign in with your password, or ask your administrator.", r.Organization)
	}
	return nil
}

func (r Returned) link(ctx context.Context, tx *db.Tx, subject string, p Person) error {
	if _, err := tx.Exec(ctx, `insert into sso_identity (organization_id, subject, person_id, linked_at) values ($1, $2, $3, $4)`,
		r.OrganizationID, subject, string(p.ID), tx.Now()); err != nil {
		return err
	}
	return record(ctx, tx, Actor{ID: p.ID, Name: p.Name()}, "person.recognized", p.ID, r.OrganizationID)
}

// welcome makes an account for somebody who has none, with the post of the
// organization's invitation to them, or else that of whoever is new.
func (r Returned) welcome(ctx context.Context, tx *db.Tx, email string, said openid.Claims) (Person, error) {
	invited, err := db.All(ctx, tx, scanInvitation, openInvitations+`i.organization_id = $1 and i.email = $2 and i.expires_at > $3`, r.OrganizationID, email, tx.Now())
	if err != nil {
		return Person{}, err
	}
	if len(r.Post.Roles) == 0 && len(invited) == 0 {
		return Person{}, denied("You have no account here. Ask your administrator for an invitation.")
	}
	p := Person{Email: email, FirstName: said.First, LastName: said.Last}.tidy()
	if err := p.check(); err != nil {
		return p, denied("%s doesn't say your name. Ask whoever keeps your account there.", r.Organization)
	}
	p.ID, p.CreatedAt = PersonID(db.NewID("per")), tx.Now()
	if added, err := insertPerson(ctx, tx, p); err != nil || !added {
		return p, orConflict(err)
	}
	if err := r.link(ctx, tx, said.Subject, p); err != nil {
		return p, err
	}
	by := Actor{ID: p.ID, Name: p.Name(), Email: p.Email}
	if len(invited) > 0 {
		return p, invited[0].take(ctx, tx, by)
	}
	for _, s := range r.Post.seats(r.OrganizationID) {
		if err := insertSeat(ctx, tx, p.ID, s); err != nil {
			return p, err
		}
	}
	return p, record(ctx, tx, by, "person.joined", p.ID, r.OrganizationID+" by its sign-in")
}

// orConflict is err, or that somebody else was faster.
func orConflict(err error) error {
	if err == nil {
		err = fault.New(fault.Conflict, "Two sign-ins came at once. Try again.")
	}
	return err
}

// mayUsePassword returns an Invalid fault at field where an address's
// organization keeps passwords for itself.
func mayUsePassword(ctx context.Context, tx *db.Tx, field, email string) error {
	c, err := ConnectionFor(ctx, tx, email)
	if err != nil || c == nil || c.Password {
		return err
	}
	return fault.Fields{field: words.Say("People of %s sign in through their organization", c.Domains[0])}.Err()
}
