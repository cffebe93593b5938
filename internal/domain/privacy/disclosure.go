package privacy

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Disclosure is one of a member's data to somebody else, other than for
// treatment, payment and operations (45 CFR 164.528(b)(2)).
type Disclosure struct {
	ID        string
	On        civil.Date
	Recipient string
	Address   string // "" if not known
	What      string // briefly
	Purpose   string // briefly
	Incident  int    // the number of the incident that it comes from; 0 for none
	Entered   string // who entered it
}

// years is how far an accounting goes back.
const years = 6

// Accounting is what was disclosed of a member in the six years before today,
// the latest first: what was entered, and the incidents that are about them.
// The read is audited. Who may: those who handle incidents.
func Accounting(ctx context.Context, tx *db.Tx, by account.Actor, id member.ID) (member.Member, []Disclosure, error) {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return member.Member{}, nil, err
	}
	m, err := member.Get(ctx, tx, id)
	if err != nil {
		return m, nil, err
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return m, nil, err
	}
	since := civil.DateIn(tx.Now(), zone).AddMonths(-12 * years)
	all, err := db.All(ctx, tx, func(r db.Row) (d Disclosure, err error) {
		return d, r.Scan(&d.ID, &d.On, &d.Recipient, &d.Address, &d.What, &d.Purpose, &d.Entered)
	}, `select id, disclosed_on, recipient, address, what, purpose, entered_name from disclosure where member_id = $1 and disclosed_on >= $2`, string(id), since)
	if err != nil {
		return m, nil, err
	}
	incidents, err := db.All(ctx, tx, scan, `select `+columns+` from privacy_incident where discovered_on >= $1 and id in (select incident_id from privacy_member where member_id = $2)`, since, string(id))
	if err != nil {
		return m, nil, err
	}
	for _, i := range incidents {
		all = append(all, Disclosure{ID: i.ID, On: i.Discovered, Recipient: i.Recipient, What: i.Nature, Purpose: "Not permitted: incident " + strconv.Itoa(i.Number), Incident: i.Number, Entered: i.Reporter})
	}
	slices.SortStableFunc(all, func(a, b Disclosure) int { return b.On.Compare(a.On) })
	return m, all, record(ctx, tx, by, "privacy.accounted", "", string(id))
}

// Disclose enters what was disclosed of a member. Who may: those who handle
// incidents. The error is Invalid by fields.
func Disclose(ctx context.Context, tx *db.Tx, by account.Actor, id member.ID, d Disclosure) error {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return err
	}
	if _, err := member.Get(ctx, tx, id); err != nil {
		return err
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return err
	}
	d.Recipient, d.Address, d.What, d.Purpose = strings.TrimSpace(d.Recipient), strings.TrimSpace(d.Address), strings.TrimSpace(d.What), strings.TrimSpace(d.Purpose)
	f := fault.Fields{}
	f.Check(!d.On.IsZero(), "on", "Enter the day on which it was disclosed")
	f.Check(!d.On.After(civil.DateIn(tx.Now(), zone)), "on", "It must have been disclosed by today")
	f.Check(d.Recipient != "", "recipient", "Enter to whom it was disclosed")
	f.Check(d.What != "", "what", "Say briefly what was disclosed")
	f.Check(d.Purpose != "", "purpose", "Say briefly what for")
	for _, one := range []struct{ field, text string }{{"recipient", d.Recipient}, {"address", d.Address}, {"what", d.What}, {"purpose", d.Purpose}} {
		f.Check(len([]rune(one.text)) <= 500, one.field, "This must be 500 characters or less")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into disclosure (id, member_id, disclosed_on, recipient, address, what, purpose, entered_by, entered_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		db.NewID("dis"), string(id), d.On, d.Recipient, d.Address, d.What, d.Purpose, string(by.ID), by.Name, tx.Now()); err != nil {
		return err
	}
	return record(ctx, tx, by, "privacy.disclosed", "", string(id))
}
