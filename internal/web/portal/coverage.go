package portal

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// coverageLine is what is known of whether a plan covers somebody, as a page
// says it.
type coverageLine struct {
	member.Eligibility
	plan string
	loc  *time.Location
	now  time.Time
}

// taking is after how long a plan's system counts as slow.
const taking = 10 * time.Second

// soon reports whether the plan was asked just now.
func (c *coverageLine) soon() bool { return c.State == member.Asking && c.now.Sub(c.AskedAt) < taking }

// slow reports whether the plan is being asked, and takes its time.
func (c *coverageLine) slow() bool { return c.State == member.Asking && !c.soon() }

// down reports whether the plan's system couldn't be reached.
func (c *coverageLine) down() bool { return c.State == member.NoAnswer || c.State == member.GaveUp }

// refused reports whether somebody who knows says no.
func (c *coverageLine) refused() bool { return !c.ToConfirm() && !c.Covered }

// heading is the answer in a few words.
func (c *coverageLine) heading() words.Text {
	switch {
	case c.ToConfirm():
		return "Coverage is to be confirmed"
	case c.Covered:
		return words.Say("Covered on %s", civil.MediumDate(c.Service))
	}
	return words.Say("Not covered on %s", civil.MediumDate(c.Service))
}

// listWords say what the list of members says, and as of when.
func (c *coverageLine) listWords() words.Text {
	word := words.Text("does not cover this patient on ")
	if c.Covered {
		word = "covers this patient on "
	}
	return words.Say("By the list of members of %s, %s %s%s.", civil.MediumDate(civil.DateIn(c.AsOf, c.loc)), c.plan, word, civil.MediumDate(c.Service))
}

// sourceWords say whose word it is, and as of when.
func (c *coverageLine) sourceWords() words.Text {
	if c.Source == member.ByPlan {
		return words.Say("%s, asked %s", c.plan, civil.When(c.AsOf, c.loc, c.now))
	}
	return words.Say("List of members of %s of %s", c.plan, civil.MediumDate(civil.DateIn(c.AsOf, c.loc)))
}

// refusedWords say that the plan doesn't cover the patient on the day.
func (c *coverageLine) refusedWords() words.Text {
	switch {
	case !c.To.IsZero() && c.To.Before(c.Service):
		return words.Say("%s says that coverage ended %s.", c.plan, civil.MediumDate(c.To))
	case c.Service.Before(c.From):
		return words.Say("%s says that coverage begins %s.", c.plan, civil.MediumDate(c.From))
	}
	return words.Say("%s says that it doesn’t cover this patient on %s.", c.plan, civil.MediumDate(c.Service))
}

// cover finds out what is known of the coverage of the request's patient.
func (p *requestPage) cover(ctx context.Context, r *web.Request, planName string) error {
	e, err := request.Eligible(ctx, r.Tx, p.Request)
	if err == nil && e != nil {
		p.coverage = &coverageLine{*e, planName, p.loc, p.now}
	}
	return err
}

// askPlanAgain asks the plan once more that didn't answer.
func askPlanAgain(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/requests/" + q.Number}, request.AskPlanAgain(ctx, r.Tx, r.By, q)
}

// eligibilityPage asks whether a patient is covered, without a request.
type eligibilityPage struct {
	*patientPage
	asked   bool // people were looked for
	chosen  string
	options []choice
}

func askEligibility(_ context.Context, r *web.Request) (web.Answer, error) {
	p := newEligibility(r)
	p.typed.Service = typedOf(civil.DateIn(p.now, p.loc))
	return p.show(), nil
}

func newEligibility(r *web.Request) *eligibilityPage {
	return &eligibilityPage{patientPage: &patientPage{requestPage: &requestPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}}}
}

func (p *eligibilityPage) show() web.Answer {
	return web.Answer{Title: "Check eligibility", Body: eligibilityView(p), Errors: p.errors}
}

// checkEligibility looks for the patient; once one is meant it asks, and leads
// to the answer.
func checkEligibility(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := newEligibility(r)
	p.typed = readTypedPatient(r)
	c, err := p.meant(ctx, r, fault.Fields{})
	if err != nil {
		return p.refuse(err, p.show, "service", "number", "born", "first", "last", "patient")
	}
	if c == nil {
		return p.show(), nil
	}
	e, err := member.AskEligibility(ctx, r.Tx, r.By, c.plan.Coverage, p.Patient.Typed.Service)
	return web.Answer{SeeOther: "/eligibility/" + e.Number}, err
}

// meant is whom what was typed means, under one of their plans: nil where that
// is nobody, or several of whom none is chosen yet. f is what is wrong besides.
func (p *eligibilityPage) meant(ctx context.Context, r *web.Request, f fault.Fields) (*choice, error) {
	typed := p.typed.read(f)
	if err := request.CheckTyped(r.Tx, r.By, typed); err != nil {
		for field, wrong := range fault.Of(err).Fields {
			f.Check(false, field, wrong)
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	people, err := request.LookUp(ctx, r.Tx, r.By, typed)
	if err != nil {
		return nil, err
	}
	p.asked, p.Patient.Typed, p.chosen, p.options = true, typed, r.Value("patient"), askable(people)
	for _, c := range p.options {
		if choiceValue(c) == p.chosen || len(p.options) == 1 {
			return &c, nil
		}
	}
	if len(p.options) == 0 {
		p.unlike, err = request.UnlikeAny(ctx, r.Tx, typed.Number)
		return nil, err
	}
	if r.Value("change") == "choose" {
		err = fault.Fields{"patient": "Select the patient"}.Err()
	}
	return nil, err
}

// refuse answers what meant refused: with the page, where that is about fields.
// Searches that were too many are counted all the same.
func (p *eligibilityPage) refuse(err error, show func() web.Answer, fields ...string) (web.Answer, error) {
	if fault.Is(err, fault.TooMany) {
		return web.Answer{Keep: true}, err
	}
	if !p.refused(err, fields...) {
		return web.Answer{}, err
	}
	p.toMonths()
	return show(), err
}

// askable are whom a plan can be asked about: each person under the plans that
// cover them on the day, or under the last one that did.
func askable(people []request.Person) (all []choice) {
	for _, who := range people {
		before := len(all)
		for _, pl := range who.Plans {
			if pl.Holds {
				all = append(all, choice{who, pl})
			}
		}
		if len(all) == before && len(who.Plans) > 0 {
			all = append(all, choice{who, who.Plans[0]})
		}
	}
	return all
}

// eligibilityReceipt is what was asked and answered, to be printed.
type eligibilityReceipt struct {
	coverageLine
	choice
}

func showEligibility(ctx context.Context, r *web.Request) (web.Answer, error) {
	e, err := member.GetEligibility(ctx, r.Tx, r.By, r.PathValue("eligibility"))
	if err != nil {
		return web.Answer{}, err
	}
	who, pl, err := request.AskedAbout(ctx, r.Tx, e)
	p := &eligibilityReceipt{coverageLine{e, pl.Name, r.Zone(civil.DefaultZone), r.Tx.Now()}, choice{who, pl}}
	return web.Answer{Title: words.Say("Eligibility – Reference %s", e.Number), Body: eligibilityReceiptView(p)}, err
}

func (p *eligibilityReceipt) rows() []ui.SummaryRow {
	return []ui.SummaryRow{
		{Key: "Reference", Value: words.AsIs(p.Eligibility.Number)},
		{Key: "Patient", Value: words.Say("%s, born %s", strings.TrimSpace(p.person.First+" "+p.person.Last), ui.BirthDate(p.person.Born))},
		{Key: "Plan", Value: words.Say("%s, %s, member ID %s", p.choice.plan.Name, p.choice.plan.LineName, p.choice.plan.Number)},
		{Key: "Covered", Value: coveredWords(request.Plan{Coverage: member.Coverage{From: p.From, To: p.To}})},
		{Key: "Date of service", Value: civil.MediumDate(p.Service)},
		{Key: "By", Value: p.sourceWords()},
		{Key: "Asked", Value: words.Say("%s by %s", civil.When(p.AskedAt, p.loc, p.now), p.PersonName)},
	}
}

func (p *eligibilityReceipt) again() string { return "/eligibility/" + p.Eligibility.Number + "/again" }

func askEligibilityAgain(ctx context.Context, r *web.Request) (web.Answer, error) {
	e, err := member.GetEligibility(ctx, r.Tx, r.By, r.PathValue("eligibility"))
	if err != nil {
		return web.Answer{}, err
	}
	_, err = member.AskAgain(ctx, r.Tx, r.By, e)
	return web.Answer{SeeOther: "/eligibility/" + e.Number}, err
}
