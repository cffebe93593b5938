package admin

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var functionWords = map[plan.Function]string{plan.Utilization: "Decisions", plan.PeerToPeer: "Peer-to-peer calls", plan.Reconsideration: "Reconsiderations", plan.Appeal: "Appeals"}

var doerWords = map[plan.Doer]string{plan.Us: "Us", plan.ThePlan: "The plan", plan.Nobody: "Not offered"}

func listPlans(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	all, err := plan.All(ctx, r.Tx)
	return web.Answer{Title: "Plans and delegation", Body: plansView(all), Crumbs: crumbs("Plans and delegation")}, err
}

// planPage is a plan with who does what for it.
type planPage struct {
	p           plan.Plan
	lines       []plan.Line
	programs    []plan.Program
	matrix      map[plan.Function]map[string]plan.Doer // today, for programs without a line of their own
	all         []plan.Delegation
	d           plan.Delegation // that is typed
	from, until string
	faults      map[string]words.Text
	errors      []ui.FieldError
	key         string
	today       civil.Date
	probed      bool   // its own system was asked just now
	wrong       string // and this is what keeps it from answering; "" for nothing
}

func onePlan(ctx context.Context, r *web.Request) (p *planPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &planPage{key: r.Key(), faults: map[string]words.Text{}, matrix: map[plan.Function]map[string]plan.Doer{}}
	if p.p, err = plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan"))); err != nil {
		return nil, err
	}
	p.today = civil.DateIn(r.Tx.Now(), p.p.Zone())
	if p.lines, err = plan.LinesOf(ctx, r.Tx, p.p.ID); err != nil {
		return nil, err
	}
	if p.programs, err = plan.Programs(ctx, r.Tx); err != nil {
		return nil, err
	}
	for _, f := range plan.Functions {
		p.matrix[f] = map[string]plan.Doer{}
		for _, l := range p.lines {
			if p.matrix[f][l.Code], err = plan.DoneBy(ctx, r.Tx, p.p.ID, l.Code, "", f, p.today); err != nil {
				return nil, err
			}
		}
	}
	p.all, err = plan.Delegations(ctx, r.Tx, p.p.ID)
	return p, err
}

func (p *planPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.p.Name), Body: planView(p), Errors: p.errors, Wide: true, Crumbs: crumbs(p.p.Name, ui.Link{Text: "Plans and delegation", Href: "/admin/plans"})}
}

func showPlan(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := onePlan(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.from = p.today.AddDays(1).String()
	return p.answer(), nil
}

func delegate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := onePlan(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.from, p.until = r.Value("from"), r.Value("to")
	p.d = plan.Delegation{PlanID: p.p.ID, Line: r.Value("line"), ProgramID: plan.ProgramID(r.Value("program")), Function: plan.Function(r.Value("function")), By: plan.Doer(r.Value("by"))}
	f := fault.Fields{}
	p.d.From, p.d.To = day(f, "from", p.from), day(f, "to", p.until)
	f.Check(p.d.Line == "" || slices.ContainsFunc(p.lines, func(l plan.Line) bool { return l.Code == p.d.Line }), "line", "Choose a type of plan from the list")
	f.Check(p.d.ProgramID == "" || slices.ContainsFunc(p.programs, func(g plan.Program) bool { return g.ID == p.d.ProgramID }), "program", "Choose a program from the list")
	if err = f.Err(); err == nil {
		err = proven(ctx, r, config.DelegationSubject(p.p.ID), "A line was added.", func() error { return plan.Delegate(ctx, r.Tx, r.By, p.d) })
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/plans/" + string(p.p.ID)}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, "function", "line", "program", "by", "from", "to")
	return p.answer(), err
}

// matrixTable is who does what today.
func (p *planPage) matrixTable() ui.TableView {
	t := ui.TableView{Caption: "Today, where a program has no line of its own", Columns: []ui.Column{{Header: "What"}}}
	for _, l := range p.lines {
		t.Columns = append(t.Columns, ui.Column{Header: words.AsIs(l.Name)})
	}
	for _, f := range plan.Functions {
		row := []templComponent{ui.Text(words.AsIs(functionWords[f]))}
		for _, l := range p.lines {
			row = append(row, ui.Text(words.AsIs(doerWords[p.matrix[f][l.Code]])))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

// allTable is every line of the matrix, the later before the earlier.
func (p *planPage) allTable() ui.TableView {
	t := ui.TableView{Caption: "All lines, the latest first", Columns: []ui.Column{{Header: "What"}, {Header: "Type of plan"}, {Header: "Program"}, {Header: "Who"}, {Header: "From"}, {Header: "To"}, {Header: "Standing"}}}
	for _, d := range p.all {
		to := "no end"
		if !d.To.IsZero() {
			to = civil.MediumDate(d.To).String()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(functionWords[d.Function])), ui.Text(words.AsIs(p.lineName(d.Line))), ui.Text(words.AsIs(p.programName(d.ProgramID))), ui.Text(words.AsIs(doerWords[d.By])), ui.Text(civil.MediumDate(d.From)), ui.Text(words.AsIs(to)), ui.Text(words.AsIs(p.standing(d)))}})
	}
	return t
}

// standing is where a line is in its life. One that holds may still give way
// to a later one.
func (p *planPage) standing(d plan.Delegation) string {
	switch {
	case p.today.Before(d.From):
		return "Scheduled"
	case !d.To.IsZero() && p.today.After(d.To):
		return "Over"
	}
	for _, later := range p.all {
		if later.Function == d.Function && later.Line == d.Line && later.ProgramID == d.ProgramID && later.From.After(d.From) && !p.today.Before(later.From) && (later.To.IsZero() || !p.today.After(later.To)) {
			return "Replaced by a later one"
		}
	}
	return "Live"
}

func (p *planPage) lineName(code string) string {
	for _, l := range p.lines {
		if l.Code == code {
			return l.Name
		}
	}
	return code
}

func (p *planPage) programName(id plan.ProgramID) string {
	for _, g := range p.programs {
		if g.ID == id {
			return g.Name
		}
	}
	return "Every program"
}

func (p *planPage) facts() []ui.SummaryRow {
	return []ui.SummaryRow{{Key: "Code", Value: words.AsIs(p.p.Code)}, {Key: "Payer ID", Value: words.AsIs(p.p.PayerID)}, {Key: "Time zone", Value: civil.LongZone(p.p.Zone())},
		{Key: "Does business", Value: words.Say("%s to %s", civil.MinuteOfDay(p.p.Opens), civil.MinuteOfDay(p.p.Closes))}, {Key: "Phone", Value: words.AsIs(p.p.Phone)}, {Key: "Hours of the phone", Value: words.AsIs(p.p.Hours)}}
}

func (p *planPage) linesTable() ui.TableView {
	t := ui.TableView{Caption: "Types of plan", Columns: []ui.Column{{Header: "Type of plan"}, {Header: "Standard"}, {Header: "Urgent"}, {Header: "A call after the decision"}, {Header: "Window for calls"}, {Header: "Rule packs"}}}
	for _, l := range p.lines {
		effect, in, packs := "can change it", " calendar days", l.RulePacks
		if l.CallEffect == "discussion" {
			effect = "can't change it"
		}
		if l.CallBusiness {
			in = " business days"
		}
		window := strconv.Itoa(l.CallWindowDays) + in
		if l.CallWindowDays == 0 {
			window = "no end"
		}
		if packs == "" {
			packs = "Those usual for it"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(l.Name)), ui.Text(words.AsIs(count(l.DecisionDays, "day"))), ui.Text(words.AsIs(count(l.UrgentHours, "hour"))), ui.Text(words.AsIs(effect)), ui.Text(words.AsIs(window)), ui.Text(words.AsIs(packs))}})
	}
	return t
}

func (p *planPage) functionOptions() (all []ui.Option) {
	for _, f := range plan.Functions {
		all = append(all, ui.Option{Value: string(f), Label: words.AsIs(functionWords[f]), Checked: f == p.d.Function})
	}
	return all
}

func (p *planPage) doerOptions() (all []ui.Option) {
	for _, d := range plan.Doers {
		all = append(all, ui.Option{Value: string(d), Label: words.AsIs(doerWords[d]), Checked: d == p.d.By})
	}
	return all
}

func (p *planPage) lineOptions() []ui.Option {
	all := []ui.Option{{Label: "Choose a type of plan"}}
	for _, l := range p.lines {
		all = append(all, ui.Option{Value: l.Code, Label: words.AsIs(l.Name), Checked: l.Code == p.d.Line})
	}
	return all
}

func (p *planPage) programOptions() []ui.Option {
	all := []ui.Option{{Label: "Every program"}}
	for _, g := range p.programs {
		all = append(all, ui.Option{Value: string(g.ID), Label: words.AsIs(g.Name), Checked: g.ID == p.d.ProgramID})
	}
	return all
}
