package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Person is somebody with an account.
type Person struct {
	ID                  PersonID
	Email               string // lower case; what they sign in with
	FirstName, LastName string
	Credential          string // "MD", "RN"
	Phone               string // "(800) 555-0147"
	Zone, Theme         string
	Language            words.Language
	HasPassword         bool
	HasTOTP             bool
	HasPasskey          bool
	CreatedAt           time.Time
	DisabledAt          *time.Time
}

// HasFactor reports whether the person has a second factor of their own.
func (p Person) HasFactor() bool { return p.HasTOTP || p.HasPasskey }

// Name is how a person is called on pages.
func (p Person) Name() string { return p.FirstName + " " + p.LastName }

// AddPerson adds somebody who has no role yet and no password. An address
// that is taken is at fault; only administrators are told, nobody who signs in.
func AddPerson(ctx context.Context, tx *db.Tx, by Actor, p Person) (Person, error) {
	if err := by.mustManage(); err != nil {
		return p, err
	}
	p = p.tidy()
	if err := p.check(); err != nil {
		return p, err
	}
	p.ID, p.CreatedAt = PersonID(db.NewID("per")), tx.Now()
	if added, err := insertPerson(ctx, tx, p); err != nil {
		return p, err
	} else if !added {
		return p, fault.Fields{"email": "This email address already has an account"}.Err()
	}
	return p, record(ctx, tx, by, "person.added", p.ID, "")
}

func (p Person) tidy() Person {
	p.Email = tidyEmail(p.Email)
	p.FirstName, p.LastName = squeeze(p.FirstName), squeeze(p.LastName)
	p.Credential, p.Phone = squeeze(p.Credential), strings.TrimSpace(p.Phone)
	if digits, ok := tenDigits(p.Phone); ok {
		p.Phone = "(" + digits[:3] + ") " + digits[3:6] + "-" + digits[6:]
	}
	return p
}

func (p Person) check() error {
	f := fault.Fields{}
	checkEmail(f, "email", p.Email)
	p.checkProfile(f)
	return f.Err()
}

func (p Person) checkProfile(f fault.Fields) {
	f.Check(p.FirstName != "", "first_name", "Enter the first name")
	f.Check(p.LastName != "", "last_name", "Enter the last name")
	f.Check(utf8.RuneCountInString(p.FirstName) <= 60, "first_name", "First name must be 60 characters or less")
	f.Check(utf8.RuneCountInString(p.LastName) <= 60, "last_name", "Last name must be 60 characters or less")
	f.Check(utf8.RuneCountInString(p.Credential) <= 20, "credential", "Credential must be 20 characters or less")
	if p.Phone != "" {
		_, ok := tenDigits(p.Phone)
		f.Check(ok, "phone", "Phone number must be 10 digits")
	}
}

func checkEmail(f fault.Fields, field, email string) {
	name, host, at := strings.Cut(email, "@")
	f.Check(email != "", field, "Enter an email address")
	f.Check(at && name != "" && strings.Contains(strings.Trim(host, "."), ".") && len(email) <= 254 &&
		!strings.Contains(host, "@") && !strings.ContainsAny(email, " \t\n<>,;\"()"),
		field, "Enter an email address in the correct format, like name@example.com")
}

func tidyEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// tenDigits is a number of the North American plan without its 1.
func tenDigits(phone string) (digits string, ok bool) {
	digits = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-.+", r) {
			return -1
		}
		return r
	}, phone)
	if len(digits) == 11 {
		digits = strings.TrimPrefix(digits, "1")
	}
	return digits, len(digits) == 10 && strings.Trim(digits, "0123456789") == ""
}

// mustManage lets administrators, and the program for the shell, change
// other people's accounts.
func (a Actor) mustManage() error {
	if a.IsProgram() {
		return nil
	}
	return a.Must(ManageProgram)
}

// AddSeat gives a person a role in an organization. It counts from their next
// request. Nobody gives one to themselves.
func AddSeat(ctx context.Context, tx *db.Tx, by Actor, id PersonID, s Seat) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	if held, err := hasSeat(ctx, tx, id, s); err != nil || held {
		return err
	}
	if err := insertSeat(ctx, tx, id, s); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.role_given", id, string(s.Role)+" in "+s.OrganizationID)
}

func (a Actor) mustManageRoles(id PersonID) error {
	if a.ID == id {
		return fault.New(fault.Denied, "Nobody changes their own roles. Ask another administrator.")
	}
	return a.mustManage()
}

func (s Seat) check() error {
	f := fault.Fields{}
	f.Check(s.OrganizationID != "", "organization", "Select an organization")
	real := false
	for _, r := range Roles {
		real = real || r == s.Role
	}
	f.Check(real, "role", "Select a role")
	return f.Err()
}

// RemoveSeat takes a role in an organization, wherever in it, from a person.
// It counts from their next request.
func RemoveSeat(ctx context.Context, tx *db.Tx, by Actor, id PersonID, organizationID string, role Role) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	if err := deleteSeat(ctx, tx, id, organizationID, role); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.role_taken", id, string(role)+" in "+organizationID)
}

// AddScope limits a member of staff to a plan, a program or both; each further
// scope widens that. Without any they work on all.
func AddScope(ctx context.Context, tx *db.Tx, by Actor, id PersonID, s Scope) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	if err := insertScope(ctx, tx, id, s); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.scope_given", id, "plan "+s.PlanID+", program "+s.ProgramID)
}

// Get returns a person, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id PersonID) (Person, error) {
	return db.One(ctx, tx, scanPerson, `select `+personColumns+` from person where id = $1`, string(id))
}

// ByEmail returns the person who signs in with an address, or a NotFound fault.
func ByEmail(ctx context.Context, tx *db.Tx, email string) (Person, error) {
	return db.One(ctx, tx, scanPerson, `select `+personColumns+` from person where email = $1`, tidyEmail(email))
}

// Act is a person as an Actor without a session: to do, in a job, what they
// asked for. A disabled person is NotFound.
func Act(ctx context.Context, tx *db.Tx, id PersonID) (Actor, error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return Actor{}, err
	}
	if p.DisabledAt != nil {
		return Actor{}, fault.New(fault.NotFound, "This account is closed.")
	}
	return p.actor(ctx, tx)
}

func (p Person) actor(ctx context.Context, tx *db.Tx) (a Actor, err error) {
	a = Actor{ID: p.ID, Name: p.Name(), Email: p.Email, Zone: p.Zone, Theme: p.Theme, Language: p.Language}
	if a.Seats, err = Seats(ctx, tx, p.ID); err == nil && a.IsStaff() {
		a.Scopes, err = scopes(ctx, tx, p.ID)
	}
	return a, err
}

// Disable closes an account: its sessions end at once and nothing opens it.
func Disable(ctx context.Context, tx *db.Tx, by Actor, id PersonID) error {
	if err := by.mustManageRoles(id); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update person set disabled_at = coalesce(disabled_at, $1), version = version + 1 where id = $2`, tx.Now(), string(id))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "We can't find that person.")
	}
	if err := shutOut(ctx, tx, id, ""); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.disabled", id, "")
}

// shutOut ends every session of a person but the one kept, and has every
// device asked for a code again.
func shutOut(ctx context.Context, tx *db.Tx, id PersonID, keep string) error {
	if err := EndOthers(ctx, tx, id, keep); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from trusted_device where person_id = $1`, string(id))
	return err
}

func record(ctx context.Context, tx *db.Tx, by Actor, action string, id PersonID, detail string) error {
	e := by.Audit(action, "person", string(id))
	e.Detail = detail
	return audit.Record(ctx, tx, e)
}
