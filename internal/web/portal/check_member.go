package portal

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// memberCheck answers whether a service needs authorization for a member, whose
// card says the plan.
type memberCheck struct {
	*eligibilityPage
	code string
	not  *choice // who isn't covered on the day
}

func newMemberCheck(r *web.Request) *memberCheck {
	p := &memberCheck{eligibilityPage: newEligibility(r), code: r.Value("procedure")}
	p.typed.Service = typedOf(civil.DateIn(p.now, p.loc))
	return p
}

func (p *memberCheck) show() web.Answer {
	return web.Answer{Title: "Is authorization needed?", Body: memberCheckView(p), Errors: p.errors}
}

func askMemberCheck(_ context.Context, r *web.Request) (web.Answer, error) {
	return newMemberCheck(r).show(), nil
}

// answerMemberCheck looks for the member; once one is meant, it answers as the
// check by plan does. Where no day of service is said, it is today's.
func answerMemberCheck(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := newMemberCheck(r)
	today := p.typed.Service
	if p.typed = readTypedPatient(r); p.typed.Service == (typedDate{}) {
		p.typed.Service = today
	}
	f := fault.Fields{}
	f.Check(request.LooksLikeProcedure(code.Plain(p.code)), "procedure", "Enter a procedure code of 5 characters")
	c, err := p.meant(ctx, r, f)
	switch {
	case err != nil:
		return p.refuse(err, p.show, "procedure", "service", "number", "born", "first", "last", "patient")
	case c != nil && c.plan.Holds:
		return p.answer(ctx, r, c)
	}
	p.not = c
	return p.show(), nil
}

// answer keeps the answer for a member under one of their plans.
func (p *memberCheck) answer(ctx context.Context, r *web.Request, c *choice) (web.Answer, error) {
	pl, err := plan.Get(ctx, r.Tx, c.plan.PlanID)
	if err != nil {
		return web.Answer{}, err
	}
	line, err := plan.GetLine(ctx, r.Tx, c.plan.PlanID, c.plan.Line)
	if err != nil {
		return web.Answer{}, err
	}
	kept, err := request.Answer(ctx, r.Tx, r.By, request.Question{Plan: pl, Line: line, MemberID: string(c.person.ID), Code: code.Plain(p.code), Service: p.Patient.Typed.Service})
	return web.Answer{SeeOther: "/check/" + kept.Number}, err
}

// notWords say that who was found isn't covered on the day of service.
func (p *memberCheck) notWords() words.Text {
	return words.Say("%s, %s: %s.", p.not.plan.Name, p.not.plan.LineName, coveredWords(p.not.plan))
}
