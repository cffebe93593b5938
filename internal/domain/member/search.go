package member

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Query is what an office has of a patient: the date of birth always, with
// the number on the card or the beginnings of the name.
type Query struct {
	Number      string
	First, Last string // of each at least the beginning: one letter of the first, two of the last
	Born        civil.Date
	NoPrefix    bool // look for the number without the three characters it begins with
}

// A Found is a member whom a query could mean, with what covers them.
type Found struct {
	Member
	Coverages []Coverage // those with the number that was asked for; all, if a name was
}

// On returns the spans that hold on a day.
func (f Found) On(day civil.Date) []Coverage {
	var all []Coverage
	for _, c := range f.Coverages {
		if c.Holds(day) {
			all = append(all, c)
		}
	}
	return all
}

// Search returns whom q could mean, by name. Nothing tells a number that is
// unknown from one of somebody born on another day, so that who guesses learns
// nothing. Who may: those who send requests, reviewers, who
// puts faxes on orders, and who handles privacy incidents. Each member found is a read that
// leaves an audit row.
func Search(ctx context.Context, tx *db.Tx, by account.Actor, q Query) ([]Found, error) {
	if err := maySearch(by); err != nil {
		return nil, err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	all, err := bornOn(ctx, tx, q.Born)
	if err != nil {
		return nil, err
	}
	var found []Found
	for _, f := range all {
		if f, ok := q.matches(f); ok {
			found = append(found, f)
		}
	}
	for _, f := range found {
		e := by.Audit("member.found", "member", string(f.ID))
		e.MemberID = string(f.ID)
		if err := audit.Record(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// maySearch reports whether by may look for members.
func maySearch(by account.Actor) error {
	if by.Can(account.ReviewOrders) || by.Can(account.HandleFaxes) || by.Can(account.HandlePrivacy) {
		return nil
	}
	return by.Must(account.SendRequests)
}

func (q Query) check() error {
	f := fault.Fields{}
	f.Check(!q.Born.IsZero(), "born", "Enter the date of birth")
	switch number := numberKey(q.Number); {
	case q.Number != "":
		f.Check(len(number) >= 3 && len(number) <= 30, "number", "Member ID must be 3 to 30 letters and numbers")
	case q.Last == "" && q.First == "":
		f.Check(false, "number", "Enter the member ID")
	default:
		f.Check(len(nameKey(q.Last)) >= 2, "last", "Enter at least 2 letters of the last name")
		f.Check(len(nameKey(q.First)) >= 1, "first", "Enter at least 1 letter of the first name")
	}
	return f.Err()
}

// matches reports whether q could mean f, and which of the coverages it means.
func (q Query) matches(f Found) (Found, bool) {
	if !strings.HasPrefix(nameKey(f.Last), nameKey(q.Last)) || !strings.HasPrefix(nameKey(f.First), nameKey(q.First)) {
		return f, false
	}
	if q.Number == "" {
		return f, true
	}
	var meant []Coverage
	for _, c := range f.Coverages {
		if sameNumber(q.Number, c.Number, q.NoPrefix) {
			meant = append(meant, c)
		}
	}
	f.Coverages = meant
	return f, len(meant) > 0
}

// sameNumber reports whether what was typed is the number on a card, but for
// what cards and records write differently: separators and asterisks; the two
// digits of a dependent code at the end, on either side; the letter R before
// the eight digits of the federal employees' program. Without prefix, neither
// has the three characters that begin it.
func sameNumber(typed, stored string, noPrefix bool) bool {
	a, b := numberKey(typed), numberKey(stored)
	if !noPrefix {
		return same(a, b)
	}
	return len(a) > 3 && len(b) > 3 && (same(a[3:], b[3:]) || same(a[3:], b) || same(a, b[3:]))
}

// same reports whether two numbers are one, but for a dependent code on one of
// them and a federal member's R.
func same(a, b string) bool {
	a, b = withoutR(a), withoutR(b)
	return a == b || withoutDependent(a) == b || a == withoutDependent(b)
}

// withoutR is a federal member's number as digits alone.
func withoutR(number string) string {
	if digits, ok := strings.CutPrefix(number, "R"); ok && (len(digits) == 8 || len(digits) == 10) && onlyDigits(digits) {
		return digits
	}
	return number
}

// withoutDependent is a number without the two digits that tell the members
// of a family apart, which begin with 0.
func withoutDependent(number string) string {
	if n := len(number) - 2; n >= 8 && onlyDigits(number[n:]) && number[n] == '0' {
		return number[:n]
	}
	return number
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// bornOn returns everyone born on a day with their coverages, by name.
func bornOn(ctx context.Context, tx *db.Tx, day civil.Date) ([]Found, error) {
	members, err := db.All(ctx, tx, scan, `select `+columns+` from member where birth_date = $1 and entered_for = '' order by last_key, first_key, id`, day)
	if err != nil {
		return nil, err
	}
	return withCoverages(ctx, tx, members)
}

// withCoverages returns members with all that covers them, in their order.
func withCoverages(ctx context.Context, tx *db.Tx, members []Member) ([]Found, error) {
	ids, at := make([]string, len(members)), map[ID]int{}
	found := make([]Found, len(members))
	for i, m := range members {
		ids[i], at[m.ID], found[i].Member = string(m.ID), i, m
	}
	list, args := db.In(1, ids)
	spans, err := db.All(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where member_id in `+list+` order by rank, starts_on desc, id`, args...)
	for _, c := range spans {
		f := &found[at[c.MemberID]]
		f.Coverages = append(f.Coverages, c)
	}
	return found, err
}
