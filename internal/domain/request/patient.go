package request

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Person is somebody whom what was typed could mean, with the plans that
// could be asked.
type Person struct {
	member.Member
	Plans []Plan // those that cover them on the day of service first
}

// A Plan is one coverage of a person, as a choice.
type Plan struct {
	member.Coverage
	Name, LineName string
	Holds          bool // on the day of service
}

// FindPatient returns whom what is typed on r could mean. Nobody is found
// where typed is not enough: the error says what to enter.
func FindPatient(ctx context.Context, tx *db.Tx, by account.Actor, r Request) ([]Person, error) {
	t := r.Patient.Typed
	if err := t.check(civil.DateIn(tx.Now(), zoneOf(by))); err != nil {
		return nil, err
	}
	found, err := member.Search(ctx, tx, by, member.Query{Number: t.Number, First: t.First, Last: t.Last, Born: t.Born, NoPrefix: t.NoPrefix})
	if err != nil {
		return nil, err
	}
	people := make([]Person, len(found))
	for i, f := range found {
		if people[i], err = personOf(ctx, tx, f, t.Service); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// LookUp returns whom t could mean, as FindPatient does for a request, and counts
// the search against who goes through names and numbers. The transaction must
// commit even when the error is a TooMany fault.
func LookUp(ctx context.Context, tx *db.Tx, by account.Actor, t Typed) ([]Person, error) {
	if err := CheckTyped(tx, by, t); err != nil {
		return nil, err
	}
	if err := account.CountPatientSearch(ctx, tx, by); err != nil {
		return nil, err
	}
	var r Request
	r.Patient.Typed = t
	found, err := FindPatient(ctx, tx, by, r)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return nil, account.CountPatientMiss(ctx, tx, by)
}

// EnterPatient keeps what was typed to find r's patient, and begins r if it is
// the zero Request. It counts as LookUp does. Who may: those who send requests.
func EnterPatient(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, t Typed) (Request, error) {
	if _, err := LookUp(ctx, tx, by, t); err != nil {
		return r, err
	}
	if r.ID == "" {
		begun, err := Begin(ctx, tx, by)
		if err != nil {
			return r, err
		}
		r, since = begun, begun.Version
	}
	return Save(ctx, tx, by, r, PatientPart, since, func(c *Content) { c.Patient = Patient{Typed: t} })
}

// Days of service that a request can be about: care that is a month past, to
// half a year ahead.
const (
	daysBack  = 30
	daysAhead = 180
)

func (t Typed) check(today civil.Date) error {
	f := fault.Fields{}
	first, last := today.AddDays(-daysBack), today.AddDays(daysAhead)
	f.Check(!t.Service.IsZero(), "service", "Enter the date of service")
	f.Check(t.Service.IsZero() || !t.Service.Before(first) && !t.Service.After(last), "service",
		words.Say("Date of service must be between %s and %s", civil.MediumDate(first), civil.MediumDate(last)))
	f.Check(!t.Born.After(today), "born", "Date of birth must be in the past")
	f.Check(!t.Born.IsZero(), "born", "Enter the date of birth")
	f.Check(t.Number != "" || t.First != "" || t.Last != "", "number", "Enter the member ID")
	return f.Err()
}

func personOf(ctx context.Context, tx *db.Tx, f member.Found, day civil.Date) (Person, error) {
	p := Person{Member: f.Member}
	for _, c := range f.Coverages {
		one, err := planOf(ctx, tx, c)
		if err != nil {
			return p, err
		}
		one.Holds = c.Holds(day)
		p.Plans = append(p.Plans, one)
	}
	slices.SortStableFunc(p.Plans, func(a, b Plan) int { return first(a.Holds) - first(b.Holds) })
	return p, nil
}

// planOf is a span with the names of its plan.
func planOf(ctx context.Context, tx *db.Tx, c member.Coverage) (Plan, error) {
	p, err := plan.Get(ctx, tx, c.PlanID)
	one := Plan{Coverage: c, Name: p.Name, LineName: c.Line}
	if l, lineErr := plan.GetLine(ctx, tx, c.PlanID, c.Line); lineErr == nil {
		one.LineName = l.Name
	}
	return one, err
}

// replan forgets what was found by the lists of the plan that was, where it is
// another now.
func (c *Content) replan(was Patient) {
	if was.PlanID != c.Patient.PlanID || was.Line != c.Patient.Line {
		c.Order.ProgramID, c.Order.Insisted = "", false
	}
}

func first(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

// ChoosePatient makes r one for a person whom FindPatient found, under one of
// their plans. coverage "" takes the only plan that covers them on the day of
// service; if there are several, the patient is chosen and the plan is not.
func ChoosePatient(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, id member.ID, coverage string) (Request, error) {
	people, err := FindPatient(ctx, tx, by, r)
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(people, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return r, fault.Fields{"patient": "Select the patient"}.Err()
	}
	p := people[i]
	c, ok := p.plan(coverage)
	if !ok && coverage != "" {
		return r, fault.Fields{"coverage": "Select the plan for this request"}.Err()
	}
	if ok {
		if err := madeHere(ctx, tx, c.PlanID, c.Line, "cutover"); err != nil {
			return r, err
		}
	}
	asked, err := askPlan(ctx, tx, by, r, c, ok)
	if err != nil {
		return r, err
	}
	r, err = Save(ctx, tx, by, r, PatientPart, since, func(content *Content) {
		was := content.Patient
		content.Patient = Patient{Typed: was.Typed, MemberID: string(p.ID), First: p.First, Last: p.Last, Born: p.Born, Sex: p.Sex, Address: address(p.Member)}
		if ok {
			content.Patient.cover(c)
			content.Patient.EligibilityID = asked
		}
		content.replan(was)
	})
	if err != nil {
		return r, err
	}
	if err := forget(ctx, tx, by, r); err != nil {
		return r, err
	}
	return Prepare(ctx, tx, by, r) // the day of service, age and plan decide what is asked
}

// askPlan asks the plan whether it covers the patient, unless it was asked for
// r before, and returns what to find the answer by.
func askPlan(ctx context.Context, tx *db.Tx, by account.Actor, r Request, c Plan, chosen bool) (string, error) {
	if !chosen {
		return "", nil
	}
	if r.Patient.EligibilityID != "" {
		e, err := member.EligibilityByID(ctx, tx, r.Patient.EligibilityID)
		if err != nil || e.CoverageID == c.ID && e.Service == r.Patient.Typed.Service {
			return e.ID, err
		}
	}
	e, err := member.AskEligibility(ctx, tx, by, c.Coverage, r.Patient.Typed.Service)
	return e.ID, err
}

// Eligible is what the plan says about r's patient; nil while none is chosen.
// The caller has opened r.
func Eligible(ctx context.Context, tx *db.Tx, r Request) (*member.Eligibility, error) {
	if r.Patient.EligibilityID == "" {
		return nil, nil
	}
	e, err := member.EligibilityByID(ctx, tx, r.Patient.EligibilityID)
	return &e, err
}

// AskPlanAgain has the plan asked once more that didn't answer about r's
// patient.
func AskPlanAgain(ctx context.Context, tx *db.Tx, by account.Actor, r Request) error {
	if err := r.open(tx); err != nil {
		return err
	}
	e, err := Eligible(ctx, tx, r)
	if err != nil || e == nil {
		return err
	}
	_, err = member.AskAgain(ctx, tx, by, *e)
	return err
}

// plan is the coverage that was chosen, or the only one that holds.
func (p Person) plan(coverage string) (Plan, bool) {
	var holds []Plan
	for _, c := range p.Plans {
		if c.ID == coverage && c.Holds {
			return c, true
		}
		if c.Holds {
			holds = append(holds, c)
		}
	}
	if coverage == "" && len(holds) == 1 {
		return holds[0], true
	}
	return Plan{}, false
}

func (p *Patient) cover(c Plan) {
	p.CoverageID, p.Number, p.PlanID, p.Line, p.PlanName = c.ID, c.Number, c.PlanID, c.Line, c.Name+", "+c.LineName
	p.CoveredFrom, p.Covers = c.From, c.To
}

func address(m member.Member) string {
	if m.Line == "" {
		return m.City
	}
	return m.Line + ", " + m.City
}

// Duplicates returns the office's orders for the same patient and a service
// that r asks for, which are not yet decided or are approved: the same care
// asked for twice.
func Duplicates(ctx context.Context, tx *db.Tx, by account.Actor, r Request) ([]order.Order, error) {
	var codes []string
	for _, s := range r.Order.Services {
		codes = append(codes, s.Code)
	}
	if r.Patient.MemberID == "" || len(codes) == 0 {
		return nil, nil
	}
	return order.Similar(ctx, tx, by, r.Patient.MemberID, codes, r.Patient.Typed.Service.AddDays(-similarDays))
}

// similarDays is how long before the day of service an order for the same can
// be and still be the same care.
const similarDays = 90

// CheckTyped says what is missing or wrong in what was typed to find a
// patient.
func CheckTyped(tx *db.Tx, by account.Actor, t Typed) error {
	return t.check(civil.DateIn(tx.Now(), zoneOf(by)))
}

// AskedAbout is whom an answer about coverage is about, and by which plan. The
// caller has read the answer.
func AskedAbout(ctx context.Context, tx *db.Tx, e member.Eligibility) (Person, Plan, error) {
	m, err := member.Get(ctx, tx, e.MemberID)
	if err != nil {
		return Person{}, Plan{}, err
	}
	spans, err := member.Coverages(ctx, tx, m.ID)
	if err != nil {
		return Person{}, Plan{}, err
	}
	p, err := personOf(ctx, tx, member.Found{Member: m, Coverages: spans}, e.Service)
	if err != nil {
		return p, Plan{}, err
	}
	i := slices.IndexFunc(p.Plans, func(c Plan) bool { return c.ID == e.CoverageID })
	if i < 0 {
		return p, Plan{}, fault.New(fault.NotFound, "We can’t find that answer.")
	}
	return p, p.Plans[i], nil
}
