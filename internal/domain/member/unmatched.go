package member

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Stated patient is one whom no list has, as an office entered them from
// the card.
type Stated struct {
	ID          ID // "" until entered
	First, Last string
	Born        civil.Date
	Sex         string // "female", "male", "other" or "" for not said
	Line, City  string // of the address; may be ""
	State       string
	PlanID      plan.ID
	Business    string // line of business
	Number      string // on the card
	AsOnCard    bool   // it is, though it doesn't look like the plan's
}

// Enter keeps a patient whom no list has, for by's office and for nobody else:
// no search finds them and no import takes them for somebody. A Stated that
// has an ID replaces what was entered before. Who may: those who send
// requests, for plans that allow it.
func Enter(ctx context.Context, tx *db.Tx, by account.Actor, s Stated) (Member, Coverage, error) {
	m := Member{ID: s.ID, First: s.First, Last: s.Last, Born: s.Born, Sex: s.Sex, Line: s.Line, City: s.City, State: s.State}
	c := Coverage{PlanID: s.PlanID, Line: s.Business, Number: s.Number, Rank: 1}
	if err := by.Must(account.SendRequests); err != nil {
		return m, c, err
	}
	if err := s.check(ctx, tx, civil.DateIn(tx.Now(), time.UTC)); err != nil {
		return m, c, err
	}
	if s.ID == "" {
		m.ID, c.ID = ID(db.NewID("mem")), db.NewID("cov")
	} else if err := entered(ctx, tx, by, s.ID, &c); err != nil {
		return m, c, err
	}
	c.MemberID = m.ID
	if err := save(ctx, tx, m); err != nil {
		return m, c, err
	}
	if _, err := tx.Exec(ctx, `update member set entered_for = $1 where id = $2`, by.Seat().OrganizationID, string(m.ID)); err != nil {
		return m, c, err
	}
	if err := saveCoverage(ctx, tx, c); err != nil {
		return m, c, err
	}
	e := by.Audit("member.entered", "member", string(m.ID))
	e.MemberID = string(m.ID)
	return m, c, audit.Record(ctx, tx, e)
}

// entered reads what by's office entered before, for c to replace.
func entered(ctx context.Context, tx *db.Tx, by account.Actor, id ID, c *Coverage) error {
	if _, err := db.One(ctx, tx, scan, `select `+columns+` from member where id = $1 and entered_for = $2`, string(id), by.Seat().OrganizationID); err != nil {
		return err
	}
	spans, err := Coverages(ctx, tx, id)
	if err == nil && len(spans) > 0 {
		c.ID = spans[0].ID
	}
	return err
}

func (s Stated) check(ctx context.Context, tx *db.Tx, today civil.Date) error {
	f := fault.Fields{}
	for name, text := range map[string]string{"first": s.First, "last": s.Last, "address": s.Line, "city": s.City} {
		f.Check(len([]rune(text)) <= 100, name, "Use 100 characters or less")
	}
	f.Check(nameKey(s.First) != "", "first", "Enter the first name")
	f.Check(nameKey(s.Last) != "", "last", "Enter the last name")
	f.Check(!s.Born.After(today), "born", "Date of birth must be in the past")
	f.Check(!s.Born.IsZero(), "born", "Enter the date of birth")
	n := len(numberKey(s.Number))
	f.Check(n >= 3 && n <= 30 && len(s.Number) <= 40, "number", "Member ID must be 3 to 30 letters and numbers")
	f.Check(slices.Contains([]string{"", "female", "male", "other"}, s.Sex), "sex", "Select the sex as recorded")
	f.Check(s.State == "" || isState(s.State), "state", "State must be two letters, like TX")
	p, allowed, err := allows(ctx, tx, s.PlanID, s.Business)
	if err != nil {
		return err
	}
	f.Check(allowed, "plan", "Select the plan on the card")
	_, alike := p.MemberIDs.Fit(s.Number)
	f.Check(!allowed || alike || s.AsOnCard, "number", words.Say("Member IDs of %s look like %s. Check the card", p.Name, p.MemberIDs.Words()))
	return f.Err()
}

func isState(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// allows is a plan, and reports whether it takes requests for patients whom no
// list has, for a line of business that it has.
func allows(ctx context.Context, tx *db.Tx, id plan.ID, line string) (plan.Plan, bool, error) {
	p, err := plan.Get(ctx, tx, id)
	if err != nil || !p.Unmatched {
		return p, false, ignoreMissing(err)
	}
	_, err = plan.GetLine(ctx, tx, id, line)
	return p, err == nil, ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// A Candidate is a member of a list who could be the one whom an office
// entered by hand, with what agrees.
type Candidate struct {
	Member
	Coverage                       // of the plan that was named, the one that agrees best
	SameNumber, SameName, SameBorn bool
}

// Exact reports whether number, name and date of birth are all the same: what
// may be matched without a person looking.
func (c Candidate) Exact() bool { return c.SameNumber && c.SameName && c.SameBorn }

func (c Candidate) agrees() int {
	n := 0
	for _, same := range []bool{c.SameNumber, c.SameBorn, c.SameName} {
		if same {
			n++
		}
	}
	return n
}

// Candidates returns the members of one plan who could be the patient m that
// an office entered under number: two of number, name and date of birth agree.
// Those who agree best come first. Each is a read that leaves an audit row.
// Who may: reviewers, and the program.
func Candidates(ctx context.Context, tx *db.Tx, by account.Actor, m Member, planID plan.ID, number string) ([]Candidate, error) {
	if err := by.Must(account.ReviewOrders); err != nil && !by.IsProgram() {
		return nil, err
	}
	born, err := bornOn(ctx, tx, m.Born)
	if err != nil {
		return nil, err
	}
	numbered, err := numbered(ctx, tx, planID, number)
	if err != nil {
		return nil, err
	}
	var all []Candidate
	seen := map[ID]bool{}
	for _, f := range append(born, numbered...) {
		if c, ok := compare(f, m, planID, number); ok && !seen[f.ID] {
			seen[f.ID] = true
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return b.agrees() - a.agrees() })
	return all, readAll(ctx, tx, by, all)
}

func readAll(ctx context.Context, tx *db.Tx, by account.Actor, all []Candidate) error {
	for _, c := range all {
		e := by.Audit("member.compared", "member", string(c.Member.ID))
		e.MemberID = string(c.Member.ID)
		if err := audit.Record(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// compare says how f agrees with what was entered, and whether that is enough
// to be looked at.
func compare(f Found, m Member, planID plan.ID, number string) (c Candidate, ok bool) {
	c = Candidate{Member: f.Member, SameBorn: f.Born == m.Born, SameName: nameKey(f.First) == nameKey(m.First) && nameKey(f.Last) == nameKey(m.Last)}
	for _, span := range f.Coverages {
		same := sameNumber(number, span.Number, false)
		if span.PlanID == planID && (c.Coverage.ID == "" || same && !c.SameNumber) {
			c.Coverage, c.SameNumber = span, same
		}
	}
	return c, c.Coverage.ID != "" && c.agrees() >= 2
}

// numbered returns the members whom a plan covers under a number to the
// letter, with their coverages.
func numbered(ctx context.Context, tx *db.Tx, planID plan.ID, number string) ([]Found, error) {
	members, err := db.All(ctx, tx, scan, `select `+columns+` from member where entered_for = ''
		and id in (select member_id from coverage where plan_id = $1 and number_key = $2) order by last_key, first_key, id limit 50`, string(planID), numberKey(number))
	if err != nil {
		return nil, err
	}
	return withCoverages(ctx, tx, members)
}

// Chosen returns a member of a list with the span of theirs that a person
// chose, or a NotFound fault. The caller audits what is done with it.
func Chosen(ctx context.Context, tx *db.Tx, id ID, coverage string) (Member, Coverage, error) {
	m, err := db.One(ctx, tx, scan, `select `+columns+` from member where id = $1 and entered_for = ''`, string(id))
	if err != nil {
		return m, Coverage{}, err
	}
	c, err := db.One(ctx, tx, scanCoverage, `select `+coverageColumns+` from coverage where id = $1 and member_id = $2`, coverage, string(id))
	return m, c, err
}
