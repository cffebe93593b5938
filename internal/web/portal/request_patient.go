package portal

import (
	"context"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// patientPage finds the patient and the plan.
type patientPage struct {
	*requestPage
	typed    typedPatient
	people   []request.Person
	chosen   string
	unlike   words.Text   // the number looks like none of any plan; "" where it may be one
	unlisted bool         // a patient whom no list has can be entered by hand
	cut      plan.Cutover // of the plan chosen, while its requests are made on an older platform
}

// typedPatient is the form as it was typed.
type typedPatient struct {
	Number, First, Last string
	Service, Born       typedDate
	ByName, NoPrefix    bool
}

// A typedDate is a date's three boxes.
type typedDate struct{ Month, Day, Year string }

func typedOf(d civil.Date) typedDate {
	if d.IsZero() {
		return typedDate{}
	}
	s := d.String()
	return typedDate{strings.TrimLeft(s[5:7], "0"), strings.TrimLeft(s[8:10], "0"), s[:4]}
}

func readTyped(r *web.Request, name string) typedDate {
	return typedDate{r.Value(name + "_month"), r.Value(name + "_day"), r.Value(name + "_year")}
}

func (d typedDate) input(name string, legend, hint words.Text, problem words.Text) ui.DateInput {
	return ui.DateInput{Name: name, Legend: legend, Hint: hint, Error: problem, Month: d.Month, Day: d.Day, Year: d.Year}
}

// newRequest asks for whom a request is; nothing is kept until that is sent.
func newRequest(_ context.Context, r *web.Request) (web.Answer, error) {
	p := &patientPage{requestPage: &requestPage{key: r.Key(), assists: r.By.Assists != nil, faults: map[string]words.Text{}}}
	return p.show(), nil
}

func (p *patientPage) show() web.Answer {
	if p.Number == "" {
		return web.Answer{Title: "Find the patient", Body: findPatientView(p), Errors: p.errors}
	}
	return p.ask("Find the patient", web.Answer{Body: findPatientView(p)})
}

func (p *patientPage) action() string {
	if p.Number == "" {
		return "/requests/new"
	}
	return p.path("/patient")
}

func askPatient(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := q.gone(); yes {
		return away, nil
	}
	p := &patientPage{requestPage: q}
	if locked, err := p.enter(ctx, r, request.PatientPart, "patient", p.Changed[request.PatientPart].At); err != nil || locked != nil {
		return answered(locked), err
	}
	t := q.Patient.Typed
	p.typed = typedPatient{Number: t.Number, First: t.First, Last: t.Last, Service: typedOf(t.Service), Born: typedOf(t.Born), ByName: t.First != "" && t.Number == ""}
	if p.kept != nil {
		p.typed = readTypedPatient(r)
	}
	return p.show(), nil
}

// findPatient keeps what was typed and goes on to whom it could mean. The
// first time it begins the request.
func findPatient(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &patientPage{requestPage: &requestPage{key: r.Key(), assists: r.By.Assists != nil, faults: map[string]words.Text{}}}
	if r.PathValue("request") != "" {
		q, err := openRequest(ctx, r)
		if err != nil {
			return web.Answer{}, err
		}
		p.requestPage = q
	}
	p.typed = readTypedPatient(r)
	f := fault.Fields{}
	t := p.typed.read(f)
	err := f.Err()
	if err == nil {
		var saved request.Request
		if saved, err = request.EnterPatient(ctx, r.Tx, r.By, p.Request, p.since, t); err == nil {
			return web.Answer{SeeOther: "/requests/" + saved.Number + "/patient/confirm"}, nil
		}
	}
	if fault.Is(err, fault.TooMany) {
		return web.Answer{Keep: true}, err
	}
	if !p.refused(err, "service", "number", "born", "first", "last") {
		return web.Answer{}, err
	}
	p.toMonths()
	return p.show(), err
}

func readTypedPatient(r *web.Request) typedPatient {
	return typedPatient{Number: r.Value("number"), First: r.Value("first"), Last: r.Value("last"), Service: readTyped(r, "service"), Born: readTyped(r, "born"),
		ByName: r.Value("first")+r.Value("last") != "", NoPrefix: r.Value("without") == "prefix"}
}

// toMonths has errors about dates lead to the first box, since a fieldset
// takes no focus.
func (p *patientPage) toMonths() {
	for i, e := range p.errors {
		if e.Field == "service" || e.Field == "born" {
			p.errors[i].Field += "_month"
		}
	}
}

func (t typedPatient) read(f fault.Fields) request.Typed {
	typed := request.Typed{Number: strings.TrimSpace(t.Number), First: strings.TrimSpace(t.First), Last: strings.TrimSpace(t.Last), NoPrefix: t.NoPrefix}
	if s := t.Service; s != (typedDate{}) {
		typed.Service = readDate(f, "service", "Date of service", s.Month, s.Day, s.Year)
	}
	if b := t.Born; b != (typedDate{}) {
		typed.Born = readDate(f, "born", "Date of birth", b.Month, b.Day, b.Year)
	}
	return typed
}

func openConfirm(ctx context.Context, r *web.Request) (*patientPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &patientPage{requestPage: q}
	if p.people, err = request.FindPatient(ctx, r.Tx, r.By, q.Request); err != nil || len(p.people) > 0 {
		return p, err
	}
	if p.unlike, err = request.UnlikeAny(ctx, r.Tx, q.Patient.Typed.Number); err != nil {
		return p, err
	}
	allowed, err := request.Unlisted(ctx, r.Tx)
	p.unlisted = len(allowed) > 0
	return p, err
}

// askConfirm shows whom what was typed could mean, or that it is nobody, with
// ways to try that change one thing each.
func askConfirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openConfirm(ctx, r)
	if fault.Is(err, fault.Invalid) && p != nil { // typed before a day has passed since
		return web.Answer{SeeOther: p.path("/patient")}, nil
	}
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.gone(); yes {
		return away, nil
	}
	return p.confirm(), nil
}

func (p *patientPage) confirm() web.Answer {
	if len(p.people) == 0 {
		return p.ask("We couldn’t find this member", web.Answer{Body: noPatientView(p)})
	}
	return p.ask("Is this the patient?", web.Answer{Body: confirmPatientView(p)})
}

func confirmPatient(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openConfirm(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen = r.Value("patient")
	id, coverage, _ := strings.Cut(p.chosen, "|")
	if choices := p.choices(); p.chosen == "" && len(choices) == 1 {
		id, coverage = string(choices[0].person.ID), choices[0].plan.ID
	}
	if id == "" {
		err = fault.Fields{"patient": p.askWords()}.Err()
	} else {
		var saved request.Request
		if saved, err = request.ChoosePatient(ctx, r.Tx, r.By, p.Request, p.since, member.ID(id), coverage); err == nil {
			return web.Answer{SeeOther: p.after(r, saved)}, nil
		}
	}
	if !p.refused(err, "cutover", "patient", "coverage") {
		return web.Answer{}, err
	}
	if p.faults["cutover"] != "" {
		if cutErr := p.findCut(ctx, r, id, coverage); cutErr != nil {
			return web.Answer{}, cutErr
		}
	}
	return p.confirm(), err
}

// findCut finds the older platform on which a request for the chosen plan is
// made.
func (p *patientPage) findCut(ctx context.Context, r *web.Request, id, coverage string) (err error) {
	for _, c := range p.choices() {
		if string(c.person.ID) == id && (coverage == "" || c.plan.ID == coverage) {
			p.cut, _, err = plan.MadeElsewhere(ctx, r.Tx, c.plan.PlanID, c.plan.Line)
			return err
		}
	}
	return nil
}

// A choice is a person under one of the plans that cover them.
type choice struct {
	person request.Person
	plan   request.Plan
}

// choices are the people and plans to choose from: those covered on the day of
// service.
func (p *patientPage) choices() (all []choice) {
	for _, who := range p.people {
		for _, pl := range who.Plans {
			if pl.Holds {
				all = append(all, choice{who, pl})
			}
		}
	}
	return all
}

// askWords ask for what has to be chosen.
func (p *patientPage) askWords() words.Text {
	if len(p.people) == 1 {
		return "Select the plan for this request"
	}
	return "Select the patient"
}

// endedWords say that nobody who was found is covered on the day of service.
func (p *patientPage) endedWords() words.Text {
	for _, who := range p.people {
		for _, pl := range who.Plans {
			switch day := p.Patient.Typed.Service; {
			case !pl.To.IsZero() && pl.To.Before(day):
				return words.Say("Coverage ended %s. Check the date of service, or ask the member for a new card.", civil.MediumDate(pl.To))
			case day.Before(pl.From):
				return words.Say("Coverage begins %s. Check the date of service, or ask the member for the card they have now.", civil.MediumDate(pl.From))
			}
		}
	}
	return "No plan we handle covers this date. Check the date of service, or ask the member for a new card."
}

// fact is one line about a person; those that differ between the people shown
// are set in bold.
type fact struct {
	key, value words.Text
	differs    bool
}

func (c choice) facts() []fact {
	return []fact{
		{key: "Name", value: words.AsIs(strings.TrimSpace(c.person.First + " " + c.person.Middle + " " + c.person.Last + " " + c.person.Suffix))},
		{key: "Date of birth", value: ui.BirthDate(c.person.Born)},
		{key: "Sex as recorded", value: words.Text(c.person.Sex)},
		{key: "Address", value: words.AsIs(strings.Trim(c.person.Line+", "+c.person.City, ", "))},
		{key: "Plan", value: words.AsIs(c.plan.Name + ", " + c.plan.LineName)},
		{key: "Member ID", value: words.AsIs(c.plan.Number)},
		{key: "Covered", value: coveredWords(c.plan)},
		{key: "Pays", value: map[int]words.Text{1: "First", 2: "Second"}[c.plan.Rank]},
	}
}

func coveredWords(c request.Plan) words.Text {
	switch {
	case c.From.IsZero() && c.To.IsZero():
		return "Yes, no end recorded"
	case c.To.IsZero():
		return words.Say("Since %s", civil.MediumDate(c.From))
	}
	return civil.DateRange(c.From, c.To)
}

// compared are the facts of each choice, with those marked that tell the
// choices apart.
func compared(all []choice) [][]fact {
	facts := make([][]fact, len(all))
	for i, c := range all {
		facts[i] = c.facts()
	}
	for i := range facts {
		for k := range facts[i] {
			for j := range facts {
				facts[i][k].differs = facts[i][k].differs || facts[j][k].value != facts[i][k].value
			}
		}
	}
	return facts
}
