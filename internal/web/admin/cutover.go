package admin

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// cutoverPage is since when requests are made here, for each plan that came
// from an older platform.
type cutoverPage struct {
	policyNames
	all         []plan.Cutover
	plansLines  []ui.Option // a plan, or one of its lines
	counts      map[plan.ID]int
	chosen, day string // as they are typed
	c           plan.Cutover
	faults      map[string]words.Text
	errors      []ui.FieldError
	key         string
	today       civil.Date
}

func cutovers(ctx context.Context, r *web.Request) (p *cutoverPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &cutoverPage{key: r.Key(), faults: map[string]words.Text{}, today: civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)), chosen: r.Value("plan"), day: r.Value("day")}
	if p.all, err = plan.Cutovers(ctx, r.Tx); err != nil {
		return nil, err
	}
	if p.counts, err = legacy.Counts(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	if p.policyNames, err = namesOf(ctx, r, nil); err != nil {
		return nil, err
	}
	p.plansLines = []ui.Option{{Label: "Choose a plan"}}
	for _, one := range sortedPlans(p.plans) {
		lines, err := plan.LinesOf(ctx, r.Tx, one.ID)
		if err != nil {
			return nil, err
		}
		p.plansLines = append(p.plansLines, ui.Option{Value: string(one.ID), Label: words.Say("%s, every type of plan", one.Name)})
		for _, l := range lines {
			p.plansLines = append(p.plansLines, ui.Option{Value: string(one.ID) + "." + l.Code, Label: words.Say("%s, %s", one.Name, l.Name)})
		}
	}
	return p, nil
}

func (p *cutoverPage) answer() web.Answer {
	return web.Answer{Title: "Cut-over", Body: cutoverView(p), Errors: p.errors, Wide: true, Crumbs: crumbs("Cut-over")}
}

func showCutovers(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := cutovers(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// setCutover shows what a cut-over does; once that was read it sets it.
func setCutover(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := cutovers(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	f := fault.Fields{}
	known := slices.ContainsFunc(p.plansLines, func(o ui.Option) bool { return o.Value == p.chosen })
	f.Check(known && p.chosen != "", "plan", "Choose the plan")
	id, line, _ := strings.Cut(p.chosen, ".")
	p.c = plan.Cutover{PlanID: plan.ID(id), Line: line, Day: day(f, "day", p.day), OldName: strings.TrimSpace(r.Value("old_name")), OldURL: strings.TrimSpace(r.Value("old_url"))}
	checked := plan.CheckCutover(p.c)
	if checked != nil {
		for field, words := range fault.Of(checked).Fields {
			f.Check(false, field, words)
		}
	}
	err = f.Err()
	if err == nil && r.Value("save") == "" {
		return p.answer(), nil
	}
	if err == nil {
		err = plan.SetCutover(ctx, r.Tx, r.By, p.c)
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/cutover"}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "plan", "day", "old_name", "old_url")
	return p.answer(), err
}

func dropCutover(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/cutover"}, plan.DropCutover(ctx, r.Tx, r.By, plan.ID(r.Value("plan")), r.Value("line"))
}

// foreseen reports whether what was typed can be read before it is set.
func (p *cutoverPage) foreseen() bool { return p.c.PlanID != "" && len(p.errors) == 0 }

func (p *cutoverPage) whose(c plan.Cutover) string {
	if c.Line == "" {
		return p.plans[c.PlanID].Name
	}
	return p.plans[c.PlanID].Name + ", " + p.lines[c.Line]
}

// standing is what offices do today.
func (p *cutoverPage) standing(c plan.Cutover) (ui.TagKind, words.Text) {
	if c.Early(p.today) {
		return ui.TagInfo, "Still there"
	}
	return ui.TagSuccess, "Here"
}

// effect says what a cut-over does, in words.
func (p *cutoverPage) effect(c plan.Cutover) string {
	text := "Since " + civil.MediumDate(c.Day).String() + ", requests for " + p.whose(c) + " are made here."
	if c.Early(p.today) {
		text = c.Refusal(p.whose(c)).String() + " Who begins one here before is told so, with the link."
	}
	return text
}

// importedWords say which orders of the older platform can be read here.
func (p *cutoverPage) importedWords(c plan.Cutover) string {
	n := p.counts[c.PlanID]
	if n == 0 {
		return "None of its orders can be read here yet: import them with parley import legacy FILE."
	}
	return upper(count(n, "order")) + " of " + p.plans[c.PlanID].Name + " from there can be read here."
}

func (p *cutoverPage) picks() []ui.Option {
	all := slices.Clone(p.plansLines)
	for i := range all {
		all[i].Checked = all[i].Value == p.chosen
	}
	return all
}
