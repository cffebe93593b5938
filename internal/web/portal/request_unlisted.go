package portal

import (
	"context"
	"strings"

	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// unlistedPage takes down a patient whom no list has.
type unlistedPage struct {
	*requestPage
	plans []request.Allowed
	typed typedUnlisted
}

// typedUnlisted is the form as it was typed.
type typedUnlisted struct {
	First, Last, Number, Sex, Line, City, State, Plan string
	AsOnCard                                          bool
	Born                                              typedDate
}

func openUnlisted(ctx context.Context, r *web.Request) (*unlistedPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &unlistedPage{requestPage: q}
	if p.plans, err = request.Unlisted(ctx, r.Tx); err == nil && len(p.plans) == 0 {
		return nil, fault.New(fault.NotFound, "No plan here takes requests for patients whom it doesn’t know.")
	}
	return p, err
}

func (p *unlistedPage) show() web.Answer {
	return p.ask("Enter the patient by hand", web.Answer{Body: unlistedView(p)})
}

func askUnlisted(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openUnlisted(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.gone(); yes {
		return away, nil
	}
	if p.Patient.Typed.Service.IsZero() {
		return web.Answer{SeeOther: p.path("/patient")}, nil
	}
	t := p.Patient.Typed
	p.typed = typedUnlisted{First: t.First, Last: t.Last, Number: t.Number, Born: typedOf(t.Born)}
	if len(p.plans) == 1 {
		p.typed.Plan = p.planValue(p.plans[0])
	}
	if had := p.Patient; had.Unmatched {
		p.typed = typedUnlisted{First: had.First, Last: had.Last, Number: had.Number, Sex: had.Sex, Born: typedOf(had.Born), Plan: string(had.PlanID) + "|" + had.Line}
		m, err := member.Get(ctx, r.Tx, member.ID(had.MemberID))
		if err != nil {
			return web.Answer{}, err
		}
		p.typed.Line, p.typed.City, p.typed.State = m.Line, m.City, m.State
	}
	return p.show(), nil
}

func saveUnlisted(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openUnlisted(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.typed = typedUnlisted{First: r.Value("first"), Last: r.Value("last"), Number: r.Value("number"), Sex: r.Value("sex"),
		Line: r.Value("address"), City: r.Value("city"), State: r.Value("state"), Plan: r.Value("plan"), Born: readTyped(r, "born"), AsOnCard: r.Value("as_on_card") == "yes"}
	f := fault.Fields{}
	stated := p.typed.read(f)
	if err = f.Err(); err == nil {
		var saved request.Request
		if saved, err = request.EnterUnlisted(ctx, r.Tx, r.By, p.Request, p.since, stated); err == nil {
			return web.Answer{SeeOther: p.after(r, saved)}, nil
		}
	}
	if !p.refused(err, "plan", "number", "first", "last", "born", "sex", "address", "city", "state") {
		return web.Answer{}, err
	}
	for i, e := range p.errors {
		if e.Field == "born" {
			p.errors[i].Field = "born_month"
		}
	}
	return p.show(), err
}

func (t typedUnlisted) read(f fault.Fields) member.Stated {
	id, line, _ := strings.Cut(t.Plan, "|")
	s := member.Stated{First: strings.TrimSpace(t.First), Last: strings.TrimSpace(t.Last), Number: strings.TrimSpace(t.Number), Sex: strings.TrimPrefix(t.Sex, "none"),
		Line: strings.TrimSpace(t.Line), City: strings.TrimSpace(t.City), State: strings.ToUpper(strings.TrimSpace(t.State)), PlanID: plan.ID(id), Business: line, AsOnCard: t.AsOnCard}
	if t.Born != (typedDate{}) {
		s.Born = readDate(f, "born", "Date of birth", t.Born.Month, t.Born.Day, t.Born.Year)
	}
	return s
}

func (p *unlistedPage) planValue(a request.Allowed) string {
	return string(a.Plan.ID) + "|" + a.Line.Code
}

func (p *unlistedPage) planChoice() ui.Group {
	g := ui.Group{Name: "plan", Legend: "Which plan is on the card?", Error: p.faults["plan"]}
	for _, a := range p.plans {
		g.Options = append(g.Options, ui.Option{Value: p.planValue(a), Label: words.Say("%s, %s", a.Plan.Name, a.Line.Name), Checked: p.typed.Plan == p.planValue(a)})
	}
	return g
}

func (p *unlistedPage) sexChoice() ui.Group {
	g := ui.Group{Name: "sex", Legend: "Sex as recorded by the plan", Error: p.faults["sex"], Small: true}
	for _, o := range []ui.Option{{Value: "female", Label: "Female"}, {Value: "male", Label: "Male"}, {Value: "other", Label: "Other"}, {Value: "none", Label: "Not known"}} {
		o.Checked = p.typed.Sex == o.Value || p.typed.Sex == "" && o.Value == "none"
		g.Options = append(g.Options, o)
	}
	return g
}
