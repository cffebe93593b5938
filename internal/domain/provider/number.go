package provider

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// Kinds of numbers.
const (
	Phone = "phone"
	Fax   = "fax"
)

// A Number is a location's phone or fax number, and how sure it is that it is
// the office's. Nothing about a member is faxed to one that isn't confirmed.
type Number struct {
	LocationID, Location string
	OrganizationID       string
	Organization         string
	Kind, Number         string
	ProvenAt             *time.Time // by a code; nil until then
	ProvenBy             string
	StillAt              *time.Time // when somebody last said that it is still right
	AskedAt              *time.Time // nil unless a code is asked for or on its way
	codeHash             string
	codeUntil            *time.Time
	tries, asked         int
}

const (
	// A number is asked about again after a year (CMS and plans ask for at
	// least that often), and its office is reminded a month before.
	numberHolds   = 365 * 24 * time.Hour
	numberReminds = 335 * 24 * time.Hour

	faxCodeHolds   = 24 * time.Hour
	phoneCodeHolds = 15 * time.Minute
	mostTries      = 5
	mostAsked      = 5 // codes in a day
)

// Said is when somebody last said that the number is right; nil if nobody did.
func (n Number) Said() *time.Time {
	if n.StillAt != nil && n.ProvenAt != nil && n.StillAt.After(*n.ProvenAt) {
		return n.StillAt
	}
	return n.ProvenAt
}

// Confirmed reports whether the number counts: it was proven by a code, and
// said to be right within a year.
func (n Number) Confirmed(now time.Time) bool {
	said := n.Said()
	return said != nil && now.Sub(*said) < numberHolds
}

// Due reports whether it is time to say again that a number is right.
func (n Number) Due(now time.Time) bool {
	said := n.Said()
	return said != nil && now.Sub(*said) >= numberReminds
}

// Waits reports whether a code for the number is asked for or can be entered.
func (n Number) Waits(now time.Time) bool {
	return n.AskedAt != nil && now.Sub(*n.AskedAt) < faxCodeHolds
}

// NumberAsked asks that a code be drawn and faxed. It holds no code: see
// DrawFaxCode.
type NumberAsked struct {
	LocationID string
	Language   words.Language // of the page on which it was asked for
}

// Kind names the event.
func (NumberAsked) Kind() string { return "provider.number_asked" }

const numberSelect = `
	select l.id, l.name, l.organization_id, o.name, k.kind, case when k.kind = 'fax' then l.fax else l.phone end,
		c.proven_at, coalesce(c.proven_name, ''), c.still_at, c.asked_at, coalesce(c.code_hash, ''), c.code_until, coalesce(c.tries, 0), coalesce(c.asked, 0)
	from location l join organization o on o.id = l.organization_id
	join (select 'phone' as kind union all select 'fax') k on case when k.kind = 'fax' then l.fax else l.phone end <> ''
	left join number_check c on c.location_id = l.id and c.kind = k.kind and c.number = case when k.kind = 'fax' then l.fax else l.phone end
	where l.retired_at is null and `

func scanNumber(r db.Row) (n Number, err error) {
	return n, r.Scan(&n.LocationID, &n.Location, &n.OrganizationID, &n.Organization, &n.Kind, &n.Number, &n.ProvenAt, &n.ProvenBy, &n.StillAt, &n.AskedAt, &n.codeHash, &n.codeUntil, &n.tries, &n.asked)
}

// Numbers are those of an organization's locations. Who may: its
// administrators.
func Numbers(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) ([]Number, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanNumber, numberSelect+`l.organization_id = $1 order by l.name, l.id, k.kind`, organizationID)
}

// FindNumber is one of them; a NotFound fault if the location has no such
// number. Who may: administrators of the organization.
func FindNumber(ctx context.Context, tx *db.Tx, by account.Actor, organizationID, locationID, kind string) (Number, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return Number{}, err
	}
	return oneNumber(ctx, tx, organizationID, locationID, kind)
}

func oneNumber(ctx context.Context, tx *db.Tx, organizationID, locationID, kind string) (Number, error) {
	n, err := db.One(ctx, tx, scanNumber, numberSelect+`l.organization_id = $1 and l.id = $2 and k.kind = $3`, organizationID, locationID, kind)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "We can't find that number.")
	}
	return n, err
}

// Ask asks for a code: by fax at once, by phone as soon as staff call the
// number and read it. One before is void. Who may: administrators of the
// organization.
func Ask(ctx context.Context, tx *db.Tx, by account.Actor, n Number) error {
	if err := by.MustAdminister(n.OrganizationID); err != nil {
		return err
	}
	return ask(ctx, tx, by, n)
}

func ask(ctx context.Context, tx *db.Tx, by account.Actor, n Number) error {
	if n.AskedAt != nil {
		since := tx.Now().Sub(*n.AskedAt)
		if since < time.Minute {
			return fault.New(fault.TooMany, "We were just asked for a code. Wait a minute before you ask for another.")
		}
		if since >= 24*time.Hour {
			n.asked = 0
		}
	}
	if n.asked >= mostAsked {
		return fault.New(fault.TooMany, "We sent %s codes to this number today. Try again tomorrow, or call the support line.", n.asked)
	}
	now := tx.Now()
	n.AskedAt, n.codeHash, n.codeUntil, n.tries = &now, "", nil, 0
	n.asked++
	if err := n.save(ctx, tx); err != nil {
		return err
	}
	if err := n.record(ctx, tx, by, "number.asked"); err != nil || n.Kind != Fax {
		return err
	}
	return job.Add(ctx, tx, NumberAsked{n.LocationID, words.Of(ctx)})
}

// save writes what is known of the number; what was known of another, which
// the location had before, is gone.
func (n Number) save(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `
		insert into number_check (location_id, kind, number, code_hash, asked_at, code_until, tries, asked, proven_at, proven_name, still_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (location_id, kind) do update set number = excluded.number, code_hash = excluded.code_hash, asked_at = excluded.asked_at,
			code_until = excluded.code_until, tries = excluded.tries, asked = excluded.asked, proven_at = excluded.proven_at,
			proven_name = excluded.proven_name, still_at = excluded.still_at`,
		n.LocationID, n.Kind, n.Number, n.codeHash, n.AskedAt, n.codeUntil, n.tries, n.asked, n.ProvenAt, n.ProvenBy, n.StillAt)
	return err
}

func (n Number) record(ctx context.Context, tx *db.Tx, by account.Actor, action string) error {
	e := by.Audit(action, "location", n.LocationID)
	e.Detail = n.Kind
	return audit.Record(ctx, tx, e)
}

// draw draws the code that was asked for and keeps only its hash.
func (n Number) draw(ctx context.Context, tx *db.Tx, holds time.Duration) (code string, err error) {
	code = secret.Code6()
	if n.codeHash, err = secret.Hash(code); err != nil {
		return "", err
	}
	until := tx.Now().Add(holds)
	n.codeUntil, n.tries = &until, 0
	return code, n.save(ctx, tx)
}

// DrawFaxCode draws the code for a location's fax number, once: it is in
// nothing but the fax that the caller queues in the same transaction. ok is
// false when there is nothing to send any more.
func DrawFaxCode(ctx context.Context, tx *db.Tx, e NumberAsked) (n Number, code string, ok bool, err error) {
	all, err := db.All(ctx, tx, scanNumber, numberSelect+`l.id = $1 and k.kind = 'fax'`, e.LocationID)
	if err != nil || len(all) == 0 || !all[0].Waits(tx.Now()) || all[0].codeHash != "" {
		return n, "", false, err
	}
	code, err = all[0].draw(ctx, tx, faxCodeHolds)
	return all[0], code, err == nil, err
}

// ToCall are the phone numbers to which a code is to be read, the oldest
// first. Who may: who handles letters.
func ToCall(ctx context.Context, tx *db.Tx, by account.Actor) ([]Number, error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanNumber, numberSelect+`k.kind = 'phone' and c.asked_at > $1 order by c.asked_at, l.id limit 100`, tx.Now().Add(-faxCodeHolds))
}

// ReadOut draws the code that staff read to who answers the phone; one before
// is void. Who may: who handles letters.
func ReadOut(ctx context.Context, tx *db.Tx, by account.Actor, locationID string) (n Number, code string, err error) {
	if err := by.Must(account.HandleLetters); err != nil {
		return n, "", err
	}
	all, err := db.All(ctx, tx, scanNumber, numberSelect+`k.kind = 'phone' and l.id = $1`, locationID)
	if err != nil {
		return n, "", err
	}
	if len(all) == 0 || !all[0].Waits(tx.Now()) {
		return n, "", fault.New(fault.NotFound, "Nobody waits for a code at this number.")
	}
	if code, err = all[0].draw(ctx, tx, phoneCodeHolds); err != nil {
		return n, "", err
	}
	return all[0], code, all[0].record(ctx, tx, by, "number.read_out")
}

// Prove confirms a number by the code that came to it. The error is Invalid at
// "code"; the caller commits even that, because the try counts. Who may:
// administrators of the organization.
func Prove(ctx context.Context, tx *db.Tx, by account.Actor, n Number, code string) error {
	if err := by.MustAdminister(n.OrganizationID); err != nil {
		return err
	}
	return prove(ctx, tx, by, n, code)
}

func prove(ctx context.Context, tx *db.Tx, by account.Actor, n Number, code string) error {
	code = digitsOf(code)
	f := fault.Fields{}
	f.Check(code != "", "code", "Enter the 6-digit code")
	f.Check(len(code) == 6, "code", "Code must be 6 digits")
	f.Check(n.codeHash != "", "code", "We have not sent a code. Ask for one")
	f.Check(n.codeUntil == nil || tx.Now().Before(*n.codeUntil), "code", "This code has expired. Ask for a new one")
	f.Check(n.tries < mostTries, "code", "Too many tries. Ask for a new code")
	if err := f.Err(); err != nil {
		return err
	}
	if !secret.Verify(n.codeHash, code) {
		n.tries++
		if err := n.save(ctx, tx); err != nil {
			return err
		}
		return fault.Fields{"code": words.Say("This code doesn’t match. You have %s left", triesWords(mostTries-n.tries))}.Err()
	}
	now := tx.Now()
	n.ProvenAt, n.ProvenBy, n.StillAt, n.AskedAt, n.codeHash, n.codeUntil, n.tries = &now, by.Name, nil, nil, "", nil, 0
	if err := n.save(ctx, tx); err != nil {
		return err
	}
	return n.record(ctx, tx, by, "number.proven")
}

func triesWords(n int) words.Text {
	if n == 1 {
		return "1 try"
	}
	return words.Say("%s tries", n)
}

func digitsOf(s string) string {
	var digits []rune
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	return string(digits)
}

// Still notes that a number is still right, which was proven by a code before.
// Who may: administrators of the organization.
func Still(ctx context.Context, tx *db.Tx, by account.Actor, n Number) error {
	if err := by.MustAdminister(n.OrganizationID); err != nil {
		return err
	}
	if n.ProvenAt == nil {
		return fault.New(fault.Conflict, "This number was never confirmed by a code. Ask for one.")
	}
	now := tx.Now()
	n.StillAt = &now
	if err := n.save(ctx, tx); err != nil {
		return err
	}
	return n.record(ctx, tx, by, "number.still_right")
}

// FaxConfirmed reports whether a fax number is one of an organization's that
// counts as confirmed: only then is anything about a member faxed to it.
func FaxConfirmed(ctx context.Context, tx *db.Tx, organizationID, number string) (bool, error) {
	all, err := db.All(ctx, tx, scanNumber, numberSelect+`k.kind = 'fax' and l.organization_id = $1 and l.fax = $2 order by l.id`, organizationID, number)
	for _, n := range all {
		if n.Confirmed(tx.Now()) {
			return true, err
		}
	}
	return false, err
}
