package review

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// LicenseStates are where a license can be from: the states, the District of
// Columbia and the territories, by their postal abbreviations.
var LicenseStates = strings.Fields("AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI")

const longestLicense = 10 * 366 // days from now: more is a slip of the pen

// MayKeepLicenses reports whether by keeps reviewers' licenses: administrators
// and supervisors.
func MayKeepLicenses(by account.Actor) bool {
	return by.Can(account.ManageProgram) || by.Can(account.Supervise)
}

func mayKeepLicenses(by account.Actor) error {
	if MayKeepLicenses(by) {
		return nil
	}
	return fault.New(fault.Denied, "Administrators and supervisors keep licenses. Ask one of them.")
}

// Today is the day it is where a reviewer works: licenses end with it.
func (r Reviewer) Today(now time.Time) civil.Date { return civil.DateIn(now, r.zone()) }

// Of is the license of a state; the zero License for none.
func (r Reviewer) Of(state string) License {
	for _, l := range r.Licenses {
		if l.State == state {
			return l
		}
	}
	return License{}
}

// FindLicensed is a reviewer whose licenses by may keep, or a NotFound fault.
func FindLicensed(ctx context.Context, tx *db.Tx, by account.Actor, id account.PersonID) (Reviewer, error) {
	if err := mayKeepLicenses(by); err != nil {
		return Reviewer{}, err
	}
	return one(ctx, tx, id)
}

// AddLicense notes that a reviewer has a license of another state. Invalid
// faults are at "state", "number" and "expires". Who may: administrators and
// supervisors.
func AddLicense(ctx context.Context, tx *db.Tx, by account.Actor, id account.PersonID, l License) error {
	r, err := FindLicensed(ctx, tx, by, id)
	if err != nil {
		return err
	}
	l.State = strings.ToUpper(strings.TrimSpace(l.State))
	f := l.check(r, tx.Now())
	f.Check(slices.Contains(LicenseStates, l.State), "state", "Enter a state with its two letters, like TX")
	f.Check(r.Of(l.State).State == "", "state", words.Say("There is a license of %s already. Change that one", l.State))
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into reviewer_license (person_id, state, number, expires_on) values ($1, $2, $3, $4)`, string(id), l.State, l.number(), l.Expires); err != nil {
		return err
	}
	return l.record(ctx, tx, by, "license.added", id)
}

// ChangeLicense changes the number or the last day of the license that a
// reviewer has of a state. Invalid faults are at "number" and "expires". Who
// may: administrators and supervisors.
func ChangeLicense(ctx context.Context, tx *db.Tx, by account.Actor, id account.PersonID, l License) error {
	r, err := FindLicensed(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if err := l.check(r, tx.Now()).Err(); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update reviewer_license set number = $1, expires_on = $2 where person_id = $3 and state = $4`, l.number(), l.Expires, string(id), l.State)); err != nil {
		return err
	}
	return l.record(ctx, tx, by, "license.changed", id)
}

// RemoveLicense takes the license of a state from a reviewer, for one that was
// given back or entered by mistake. Who may: administrators and supervisors.
func RemoveLicense(ctx context.Context, tx *db.Tx, by account.Actor, id account.PersonID, state string) error {
	r, err := FindLicensed(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `delete from reviewer_license where person_id = $1 and state = $2`, string(id), state)); err != nil {
		return err
	}
	return r.Of(state).record(ctx, tx, by, "license.removed", id)
}

func (l License) number() string { return strings.TrimSpace(l.Number) }

// check doesn't ask for a day to come: a license that ended is what is on file.
func (l License) check(r Reviewer, now time.Time) fault.Fields {
	f := fault.Fields{}
	f.Check(l.number() != "", "number", "Enter the license number")
	f.Check(utf8.RuneCountInString(l.number()) <= 40, "number", "The license number must be 40 characters or less")
	f.Check(!l.Expires.IsZero(), "expires", "Enter the last day it holds")
	f.Check(l.Expires.IsZero() || r.Today(now).DaysUntil(l.Expires) <= longestLicense, "expires", "Check the year: this is more than 10 years away")
	return f
}

func (l License) record(ctx context.Context, tx *db.Tx, by account.Actor, action string, id account.PersonID) error {
	e := by.Audit(action, "reviewer", string(id))
	e.Detail = l.State + " " + l.number() + " until " + l.Expires.String()
	return audit.Record(ctx, tx, e)
}

// A LicenseEnding asks that a reviewer be told that a license of theirs ends, or
// ended (Days is 0), and those who keep licenses when it is soon.
type LicenseEnding struct {
	PersonID account.PersonID
	State    string
	Expires  civil.Date
	Days     int // the mark that was reached: 60, 30, 7 or 0
}

// Kind names the event.
func (LicenseEnding) Kind() string { return "review.license_ending" }

// licenseMarks are the days before the end at which people are told, the
// smallest first; 0 is after it.
var licenseMarks = []int{0, 7, 30, 60}

// longOver is for how many days after the end somebody is still told.
const longOver = 7

// mark is the one that a license reached on a day; ok is false for one that
// holds for longer, or ended long ago.
func (l License) mark(today civil.Date) (days int, ok bool) {
	left := today.DaysUntil(l.Expires)
	if left < -longOver {
		return 0, false
	}
	for _, m := range licenseMarks {
		if m == 0 && left < 0 || m > 0 && left >= 0 && left <= m {
			return m, true
		}
	}
	return 0, false
}

// RemindOfLicenses has those be told whose licenses end soon: each once for
// each mark and last day. It runs daily.
func RemindOfLicenses(ctx context.Context, tx *db.Tx) error {
	all, err := All(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range all {
		for _, l := range r.Licenses {
			days, ok := l.mark(r.Today(tx.Now()))
			if !ok {
				continue
			}
			e := LicenseEnding{r.PersonID, l.State, l.Expires, days}
			key := "license:" + string(e.PersonID) + ":" + e.State + ":" + e.Expires.String() + ":" + strconv.Itoa(days)
			if err := job.Add(ctx, tx, e, job.Key(key)); err != nil {
				return err
			}
		}
	}
	return nil
}
