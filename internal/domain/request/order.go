package request

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/deadline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Most that one request can hold.
const (
	MostServices  = 10
	MostDiagnoses = 12
	MostWhy       = 1000 // letters of why it is urgent
)

// Tests are the two conditions by one of which a request is urgent: the
// definition of urgent care in 29 CFR 2560.503-1(m)(1) and 42 CFR 422.570,
// in its words.
var Tests = []struct{ Value, Words string }{
	{"jeopardy", "A delay could seriously jeopardize the patient’s life, health or ability to regain maximum function"},
	{"pain", "A delay would subject the patient to severe pain that can’t be adequately managed without this care"},
}

// An Asked is what an office entered on the page of what is ordered, as it was
// typed.
type Asked struct {
	Services  []AskedService
	Diagnoses []string // codes, or words where no code was chosen
	Program   string   // where a code has several
	Urgency   string
	Urgent    string
	Why       string
	Restart   bool // agreed that clinical questions start again, if another service needs that
}

// An AskedService is one line of it.
type AskedService struct{ Code, Side, Units string }

// Reading is what r's office asked for, as far as it could be understood.
// Fields are named service, units, side and diagnosis, with "_2" and so on
// from the second line.
type reading struct {
	Ordered
	f        fault.Fields
	programs [][]plan.Procedure // of each service, those it is listed for
}

// SaveOrder keeps what is ordered, if all of it is right; else the error says
// what is not, and nothing is kept. Services must be on the plan's list unless
// insisted, and the diagnoses in ICD-10-CM, as far as it has been imported.
// Where clinical answers would be lost, the error is a Conflict at "restart"
// until that is agreed. Where the office doesn't send requests for the program
// here, that is said at "service", before more is filled in.
func SaveOrder(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, a Asked) (Request, error) {
	o, err := read(ctx, tx, r, a)
	if err != nil {
		return r, err
	}
	if err := offered(ctx, tx, by, r, o.ProgramID); err != nil {
		return r, err
	}
	lost, err := restarts(ctx, tx, by, r, o)
	if err != nil {
		return r, err
	}
	if lost != "" && !a.Restart {
		return r, &fault.Error{Kind: fault.Conflict, Text: lost, Fields: fault.Fields{"restart": lost}}
	}
	r, err = Save(ctx, tx, by, r, OrderPart, since, func(c *Content) {
		o.Insisted = c.Order.Insisted && sameCodes(c.Order, o)
		c.Order = o
	})
	if err != nil {
		return r, err
	}
	return Prepare(ctx, tx, by, r)
}

func sameCodes(a, b Ordered) bool {
	return slices.EqualFunc(a.Services, b.Services, func(x, y Service) bool { return x.Code == y.Code })
}

// Insist keeps that the office wants to send r although the list says that no
// authorization is needed, or that the plan decides.
func Insist(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int) (Request, error) {
	return Save(ctx, tx, by, r, OrderPart, since, func(c *Content) { c.Order.Insisted = true })
}

func read(ctx context.Context, tx *db.Tx, r Request, a Asked) (Ordered, error) {
	in := reading{f: fault.Fields{}}
	for i, s := range a.Services {
		if err := in.service(ctx, tx, r, i, s); err != nil {
			return in.Ordered, err
		}
	}
	in.f.Check(len(a.Services) > 0, "service", "Enter a procedure code or choose one from the list")
	in.f.Check(len(a.Services) <= MostServices, "service", words.Say("You can enter up to %s services", strconv.Itoa(MostServices)))
	for i, d := range a.Diagnoses {
		if err := in.diagnosis(ctx, tx, i, d); err != nil {
			return in.Ordered, err
		}
	}
	in.f.Check(len(a.Diagnoses) > 0, "diagnosis", "Enter a diagnosis")
	in.f.Check(len(a.Diagnoses) <= MostDiagnoses, "diagnosis", words.Say("You can enter up to %s diagnoses", strconv.Itoa(MostDiagnoses)))
	could, err := couldBe(ctx, tx, r, in.programs)
	if err != nil {
		return in.Ordered, err
	}
	in.program(could, a.Program)
	in.urgency(r, a, civil.DateIn(tx.Now(), time.UTC).AddDays(-1))
	return in.Ordered, in.f.Err()
}

// Field names the ith field of a kind, from 0.
func Field(kind string, i int) string {
	if i == 0 {
		return kind
	}
	return kind + "_" + strconv.Itoa(i+1)
}

func (in *reading) service(ctx context.Context, tx *db.Tx, r Request, i int, s AskedService) error {
	name, typed := Field("service", i), code.Plain(s.Code)
	listed, err := plan.ProceduresOf(ctx, tx, r.Patient.PlanID, r.Patient.Line, r.Patient.Typed.Service, typed)
	if err != nil {
		return err
	}
	one := Service{System: code.CPT, Code: typed, Side: s.Side}
	switch {
	case typed == "":
		in.f.Check(false, name, "Enter a procedure code or choose one from the list")
		return nil
	case len(listed) > 0:
		one.System, one.Wording, one.Unit = listed[0].System, listed[0].Wording, listed[0].Unit
	default:
		if one, err = unlisted(ctx, tx, one); err != nil {
			in.f.Check(false, name, fault.Of(err).Text)
			return nil
		}
	}
	in.f.Check(!slices.ContainsFunc(in.Services, func(had Service) bool { return had.Code == one.Code && had.Side == one.Side }), name, "This service is on the request already")
	in.size(i, s, listed, &one)
	in.Services, in.programs = append(in.Services, one), append(in.programs, listed)
	return nil
}

// LooksLikeProcedure reports whether s has the form of a procedure code: five
// characters, three digits in the middle, a digit or a capital at both ends.
func LooksLikeProcedure(s string) bool {
	return len(s) == 5 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" && strings.Trim(s[1:4], "0123456789") == ""
}

// looksLikeDiagnosis reports whether s, without its dot, has the form of an
// ICD-10-CM code: a letter, a digit, a digit or letter, and up to four more.
func looksLikeDiagnosis(s string) bool {
	const digits, both = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return len(s) >= 3 && len(s) <= 7 && strings.ContainsAny(s[:1], both[:26]) && strings.ContainsAny(s[1:2], digits) && strings.Trim(s[2:], both) == ""
}

// unlisted is a service that is on none of our lists: a code of HCPCS that we
// know, or one of the form that CPT codes have, whose words are licensed.
func unlisted(ctx context.Context, tx *db.Tx, s Service) (Service, error) {
	if !LooksLikeProcedure(s.Code) {
		return s, fault.New(fault.Invalid, "We don’t recognize code %s. Procedure codes have 5 characters", s.Code)
	}
	if s.Code[0] >= '0' && s.Code[0] <= '9' {
		s.Wording = "Procedure " + s.Code
		return s, nil
	}
	c, err := code.Lookup(ctx, tx, code.HCPCS, s.Code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return s, err
	}
	if err != nil || !c.Billable {
		return s, fault.New(fault.Invalid, "We don’t recognize code %s. Check for a mistyped letter", s.Code)
	}
	s.System, s.Wording = code.HCPCS, c.Short
	return s, nil
}

func (in *reading) size(i int, s AskedService, listed []plan.Procedure, one *Service) {
	most, sides := 999, false
	if len(listed) > 0 {
		most, sides = listed[0].MostUnits, listed[0].Sides
	}
	one.Units = 1
	typed := strings.TrimSpace(s.Units)
	if in.f.Check(typed != "" || len(listed) == 0 || most == 1, Field("units", i), "Enter the number of units"); typed != "" {
		n, err := strconv.Atoi(typed)
		in.f.Check(err == nil && n >= 1 && n <= most, Field("units", i), words.Say("Units must be between 1 and %s for this procedure", strconv.Itoa(most)))
		one.Units = n
	}
	in.f.Check(!sides || one.Side != "", Field("side", i), "Select which side")
	in.f.Check(slices.Contains([]string{"", "left", "right", "both"}, one.Side), Field("side", i), "Select which side")
	if !sides {
		one.Side = ""
	}
}

func (in *reading) diagnosis(ctx context.Context, tx *db.Tx, i int, typed string) error {
	name := Field("diagnosis", i)
	if strings.TrimSpace(typed) == "" {
		in.f.Check(false, name, "Enter a diagnosis")
		return nil
	}
	d, err := diagnosisOf(ctx, tx, typed)
	if fault.Is(err, fault.Invalid) {
		in.f.Check(false, name, fault.Of(err).Text)
		return nil
	}
	if err == nil {
		in.f.Check(!slices.Contains(in.Diagnoses, d), name, "This diagnosis is on the request already")
		in.Diagnoses = append(in.Diagnoses, d)
	}
	return err
}

// diagnosisOf is what a code means, or an Invalid fault. Where no list of
// codes was imported, whatever has the form of one is taken.
func diagnosisOf(ctx context.Context, tx *db.Tx, typed string) (Diagnosis, error) {
	c, err := code.Lookup(ctx, tx, code.ICD10CM, typed)
	if err == nil && c.Billable {
		return Diagnosis{c.Dotted(), c.Long}, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Diagnosis{}, err
	}
	listed, err := code.Listed(ctx, tx, code.ICD10CM)
	if err != nil {
		return Diagnosis{}, err
	}
	if plain := code.Plain(typed); !listed && looksLikeDiagnosis(plain) {
		dotted := code.Code{System: code.ICD10CM, Code: plain}.Dotted()
		return Diagnosis{dotted, "Diagnosis " + dotted}, nil
	}
	close, _, err := code.Search(ctx, tx, code.ICD10CM, typed, 1)
	if err != nil {
		return Diagnosis{}, err
	}
	if len(close) > 0 {
		return Diagnosis{}, fault.New(fault.Invalid, "We don’t recognize %s. Did you mean %s, %s?", strings.TrimSpace(typed), close[0].Dotted(), close[0].Long)
	}
	return Diagnosis{}, fault.New(fault.Invalid, "We don’t recognize %s. Enter a code or choose one from the list", strings.TrimSpace(typed))
}

// program is the one that looks after all services; where several could, the
// office says which.
func (in *reading) program(could []plan.ProgramID, chosen string) {
	switch {
	case len(in.programs) == 0:
	case len(could) == 0:
		in.f.Check(false, Field("service", len(in.programs)-1), "These services are reviewed by different programs. Send a request for each")
	case len(could) == 1:
		in.ProgramID = could[0]
	case slices.Contains(could, plan.ProgramID(chosen)):
		in.ProgramID = plan.ProgramID(chosen)
	default:
		in.f.Check(chosen == "", "program", "Select one of the programs")
	}
}

// couldBe are the programs that could look after a request: those for which
// every service is listed; where none is listed anywhere, all whose decisions
// the plan has given to us.
func couldBe(ctx context.Context, tx *db.Tx, r Request, listed [][]plan.Procedure) (all []plan.ProgramID, err error) {
	every := func(id plan.ProgramID) bool {
		return !slices.ContainsFunc(listed, func(one []plan.Procedure) bool {
			return !slices.ContainsFunc(one, func(p plan.Procedure) bool { return p.ProgramID == id })
		})
	}
	none := !slices.ContainsFunc(listed, func(one []plan.Procedure) bool { return len(one) > 0 })
	programs, err := plan.Programs(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, p := range programs {
		ok := every(p.ID)
		if none {
			who, err := plan.DoneBy(ctx, tx, r.Patient.PlanID, r.Patient.Line, p.ID, plan.Utilization, r.Patient.Typed.Service)
			if err != nil {
				return nil, err
			}
			ok = who == plan.Us
		}
		if ok {
			all = append(all, p.ID)
		}
	}
	return all, nil
}

func (in *reading) urgency(r Request, a Asked, yesterday civil.Date) {
	in.Urgency = order.Urgency(a.Urgency)
	past := r.Patient.Typed.Service.Before(yesterday)
	switch in.Urgency {
	case order.Standard:
	case order.Retrospective:
		in.f.Check(r.Patient.Typed.Service.Before(yesterday.AddDays(2)), "urgency", "The date of service is still to come, so the care can’t be done already")
	case order.Urgent:
		in.f.Check(!past, "urgency", "The date of service is past. Choose “Already done”")
		in.f.Check(slices.ContainsFunc(Tests, func(t struct{ Value, Words string }) bool { return t.Value == a.Urgent }), "urgent", "Select why it is urgent")
		in.f.Check(strings.TrimSpace(a.Why) != "", "why", "Enter why it is urgent")
		in.f.Check(len([]rune(a.Why)) <= MostWhy, "why", "Answer must be 1,000 characters or less")
		in.Urgent, in.Why = a.Urgent, strings.TrimSpace(a.Why)
	default:
		in.f.Check(false, "urgency", "Select how soon this is needed")
	}
}

// Programs returns the programs between which the office has to choose for
// these codes, by name; one or none leaves nothing to choose.
func Programs(ctx context.Context, tx *db.Tx, r Request, codes []string) ([]plan.Program, error) {
	var listed [][]plan.Procedure
	for _, c := range codes {
		one, err := plan.ProceduresOf(ctx, tx, r.Patient.PlanID, r.Patient.Line, r.Patient.Typed.Service, code.Plain(c))
		if err != nil {
			return nil, err
		}
		listed = append(listed, one)
	}
	could, err := couldBe(ctx, tx, r, listed)
	if err != nil {
		return nil, err
	}
	all, err := plan.Programs(ctx, tx)
	return slices.DeleteFunc(slices.Clone(all), func(p plan.Program) bool { return !slices.Contains(could, p.ID) }), err
}

// Dues are when a decision would be due if r were sent now: a standard one,
// and an urgent one.
func Dues(ctx context.Context, tx *db.Tx, r Request) (standard, urgent time.Time, err error) {
	m, err := member.Get(ctx, tx, member.ID(r.Patient.MemberID))
	if err != nil {
		return standard, urgent, err
	}
	s := deadline.Subject{PlanID: r.Patient.PlanID, Line: r.Patient.Line, State: m.State, Received: tx.Now(), Kind: deadline.Standard, Electronic: true}
	if t := r.Taken; t != nil { // the clock began when it reached the staff who take it down
		s.Received, s.Electronic = t.ReceivedAt, false
	}
	slow, err := deadline.Forecast(ctx, tx, s)
	if err != nil {
		return standard, urgent, err
	}
	s.Kind = deadline.Urgent
	fast, err := deadline.Forecast(ctx, tx, s)
	return slow.Due, fast.Due, err
}

// Stops says why r need not be sent, "" if it does: the list says that no
// service of it needs authorization, or that the plan decides about them.
func Stops(ctx context.Context, tx *db.Tx, r Request) (plan.Need, error) {
	var stop plan.Need
	for _, s := range r.Order.Services {
		a, err := plan.Needs(ctx, tx, r.Patient.PlanID, r.Patient.Line, s.Code, r.Patient.Typed.Service)
		if err != nil || a.Need == plan.Needed || a.Need == plan.Unknown {
			return "", err
		}
		if stop != plan.Elsewhere {
			stop = a.Need
		}
	}
	return stop, nil
}
