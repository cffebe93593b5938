package provider

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Stated practitioner is one whom the national directory doesn't have, as an
// office entered them.
type Stated struct {
	Practitioner
	Address          // whose Phone and Fax are those of the practice
	By        string // name of who entered it
	At        time.Time
	CheckedBy string     // name of who checked it; "" until then
	CheckedAt *time.Time // nil until then
}

// EnterColleague puts a practitioner whom the directory doesn't have on the
// list of a location, marked as not checked. Who may: those who send requests
// for the location's organization. The error is Invalid at the fields "npi",
// "stated_first" and so on; an NPI that somebody here or in the directory has
// is Invalid at "stated_npi": they are added by that.
func EnterColleague(ctx context.Context, tx *db.Tx, by account.Actor, s Stated, locationID string) (Practitioner, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return s.Practitioner, err
	}
	l, err := GetLocation(ctx, tx, locationID)
	if err != nil || !by.ActsFor(l.OrganizationID) {
		return s.Practitioner, fault.Fields{"location": "Select the office location first"}.Err()
	}
	s.tidy()
	if err := s.check(ctx, tx); err != nil {
		return s.Practitioner, err
	}
	s.Practitioner.ID = db.NewID("prc")
	if err := savePractitioner(ctx, tx, s.Practitioner, []string{locationID}); err != nil {
		return s.Practitioner, err
	}
	if _, err := tx.Exec(ctx, `
		insert into stated_practitioner (practitioner_id, line, city, state, zip, phone, fax, entered_by, entered_name, entered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.Practitioner.ID, s.Line, s.City, s.State, s.ZIP, s.Address.Phone, s.Fax, string(by.ID), by.Name, tx.Now()); err != nil {
		return s.Practitioner, err
	}
	e := by.Audit("practitioner.entered", "practitioner", s.Practitioner.ID)
	e.Detail = locationID
	return s.Practitioner, audit.Record(ctx, tx, e)
}

func (s *Stated) tidy() {
	for _, text := range []*string{&s.First, &s.Last, &s.Credential, &s.Specialty, &s.Line, &s.City, &s.State, &s.ZIP} {
		*text = strings.TrimSpace(*text)
	}
	s.State = strings.ToUpper(s.State)
}

func (s *Stated) check(ctx context.Context, tx *db.Tx) error {
	f := fault.Fields{}
	for name, text := range map[string]string{"stated_first": s.First, "stated_last": s.Last, "stated_specialty": s.Specialty, "stated_line": s.Line, "stated_city": s.City} {
		f.Check(text != "", name, words.Say("Enter the %s", map[string]string{"stated_first": "first name", "stated_last": "last name", "stated_specialty": "specialty", "stated_line": "street address", "stated_city": "city"}[name]))
		f.Check(len([]rune(text)) <= 100, name, "Use 100 characters or less")
	}
	f.Check(len([]rune(s.Credential)) <= 20, "stated_credential", "Credential must be 20 characters or less")
	f.Check(len(s.State) == 2, "stated_state", "State must be two letters, like TX")
	f.Check(len(s.ZIP) == 5 && strings.Trim(s.ZIP, "0123456789") == "", "stated_zip", "ZIP code must be 5 digits")
	typed := s.Address.Phone
	s.Address.Phone = TidyPhone(typed)
	f.Check(s.Address.Phone != "", "stated_phone", "Phone number must be 10 digits")
	typed, s.Fax = s.Fax, TidyPhone(s.Fax)
	f.Check(typed == "" || s.Fax != "", "stated_fax", "Fax number must be 10 digits")
	s.Practitioner.Phone = s.Address.Phone
	switch {
	case len(s.NPI) != 10:
		f.Check(false, "stated_npi", "NPI must be 10 digits")
	case !ValidNPI(s.NPI):
		f.Check(false, "stated_npi", "This NPI doesn’t pass its check digit. Check for a mistyped number")
	default:
		taken, err := isTaken(ctx, tx, s.NPI)
		if err != nil {
			return err
		}
		f.Check(!taken, "stated_npi", "We know somebody with this NPI. Choose “Someone else” and enter it there")
	}
	return f.Err()
}

// isTaken reports whether somebody here or in the directory has an NPI.
func isTaken(ctx context.Context, tx *db.Tx, npi string) (bool, error) {
	here, err := db.Count(ctx, tx, `select count(*) from practitioner where npi = $1`, npi)
	if err != nil || here > 0 {
		return here > 0, err
	}
	_, err = FindListing(ctx, tx, npi)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// StatedOf is what an office entered of a practitioner by hand, or a NotFound
// fault. The caller may read an order of theirs.
func StatedOf(ctx context.Context, tx *db.Tx, practitionerID string) (Stated, error) {
	return db.One(ctx, tx, func(r db.Row) (s Stated, err error) {
		return s, r.Scan(&s.Practitioner.ID, &s.NPI, &s.First, &s.Last, &s.Credential, &s.Specialty, &s.Line, &s.City, &s.State, &s.ZIP, &s.Address.Phone, &s.Fax,
			&s.By, &s.At, &s.CheckedBy, &s.CheckedAt)
	}, `select p.id, p.npi, p.first_name, p.last_name, p.credential, p.specialty, s.line, s.city, s.state, s.zip, s.phone, s.fax,
			s.entered_name, s.entered_at, s.checked_name, s.checked_at
		from stated_practitioner s join practitioner p on p.id = s.practitioner_id where s.practitioner_id = $1`, practitionerID)
}

// Unchecked reports whether an office entered a practitioner by hand, and
// nobody has checked it yet.
func Unchecked(ctx context.Context, tx *db.Tx, practitionerID string) (bool, error) {
	if practitionerID == "" {
		return false, nil
	}
	n, err := db.Count(ctx, tx, `select count(*) from stated_practitioner where practitioner_id = $1 and checked_at is null`, practitionerID)
	return n > 0, err
}

// Check notes that somebody has looked into a practitioner whom an office
// entered by hand, and found them to be who they are said to be. Checking twice
// is a Conflict. Who may: reviewers.
func Check(ctx context.Context, tx *db.Tx, by account.Actor, practitionerID string) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update stated_practitioner set checked_by = $1, checked_name = $2, checked_at = $3 where practitioner_id = $4 and checked_at is null`,
		string(by.ID), by.Name, tx.Now(), practitionerID)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This practitioner is checked.")
	}
	return audit.Record(ctx, tx, by.Audit("practitioner.checked", "practitioner", practitionerID))
}
