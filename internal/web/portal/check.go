package portal

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// checkPage answers whether a service needs authorization.
type checkPage struct {
	lines   []planLine
	line    string // "plan|line" as chosen
	code    string
	service typedDate
	found   []ui.Option
	faults  map[string]words.Text
	errors  []ui.FieldError
	key     string
}

// A planLine is a plan with one of its lines of business, as one choice.
type planLine struct {
	plan plan.Plan
	line plan.Line
}

func (l planLine) value() string { return l.plan.Code + "|" + l.line.Code }

func (l planLine) words() string { return l.plan.Name + ", " + l.line.Name }

func planLines(ctx context.Context, r *web.Request) (all []planLine, err error) {
	plans, err := plan.All(ctx, r.Tx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		lines, err := plan.LinesOf(ctx, r.Tx, p.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			all = append(all, planLine{p, l})
		}
	}
	return all, nil
}

func lineFor(all []planLine, value string) (planLine, bool) {
	for _, l := range all {
		if l.value() == value {
			return l, true
		}
	}
	return planLine{}, false
}

func openCheck(ctx context.Context, r *web.Request) (*checkPage, error) {
	lines, err := planLines(ctx, r)
	return &checkPage{lines: lines, faults: map[string]words.Text{}, key: r.Key()}, err
}

func askCheck(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCheck(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.service = typedOf(civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)))
	return p.show(), nil
}

func (p *checkPage) show() web.Answer {
	return web.Answer{Title: "Is authorization needed?", Body: checkView(p), Errors: p.errors}
}

// answerCheck works the answer out and keeps it, so that it has a number.
func answerCheck(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCheck(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.line, p.code, p.service = r.Value("plan"), picked(r, "service"), readTyped(r, "day")
	f := fault.Fields{}
	chosen, known := lineFor(p.lines, p.line)
	f.Check(known, "plan", "Select the plan")
	day := readDate(f, "day", "Date of service", p.service.Month, p.service.Day, p.service.Year)
	f.Check(!day.IsZero(), "day", "Enter the date of service")
	typed := code.Plain(p.code)
	f.Check(typed != "", "service", "Enter a procedure code or choose one from the list")
	if known && typed != "" && len(f) == 0 && !request.LooksLikeProcedure(typed) {
		all, err := plan.FindProcedures(ctx, r.Tx, chosen.plan.ID, chosen.line.Code, day, p.code, mostFound)
		if err != nil {
			return web.Answer{}, err
		}
		p.found = procedureOptions(all)
		f.Check(len(p.found) == 0, "service", "Choose one of these, or enter something else")
		f.Check(len(p.found) > 0, "service", words.Say("We don’t recognize code %s. Procedure codes have 5 characters", typed))
	}
	if err := f.Err(); err != nil {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "plan", "service", "day")
		for i, e := range p.errors {
			if e.Field == "day" {
				p.errors[i].Field = "day_month"
			}
		}
		return p.show(), err
	}
	kept, err := request.Answer(ctx, r.Tx, r.By, request.Question{Plan: chosen.plan, Line: chosen.line, Code: typed, Service: day})
	return web.Answer{SeeOther: "/check/" + kept.Number}, err
}

// receiptPage is an answer that was given, to be printed.
type receiptPage struct {
	request.Receipt
	heading words.Text
	plan    string
	help    ui.HelpLine
	loc     *time.Location
	now     time.Time
}

func showReceipt(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := request.GetReceipt(ctx, r.Tx, r.By, r.PathValue("receipt"))
	if err != nil {
		return web.Answer{}, err
	}
	pl, err := plan.Get(ctx, r.Tx, c.PlanID)
	if err != nil {
		return web.Answer{}, err
	}
	l, err := plan.GetLine(ctx, r.Tx, c.PlanID, c.Line)
	p := &receiptPage{Receipt: c, heading: needHeadings[c.Need], plan: pl.Name + ", " + l.Name, help: help(pl, l), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	return web.Answer{Title: words.Say("Is authorization needed? – Reference %s", order.Spaced(c.Number)), Body: receiptView(p), Help: p.help}, err
}

var needHeadings = map[plan.Need]words.Text{
	plan.Needed: "Authorization is needed", plan.NotNeeded: "No authorization needed", plan.Elsewhere: "Not handled here", plan.Unknown: "We can’t tell",
}

func (p *receiptPage) rows() []ui.SummaryRow {
	return []ui.SummaryRow{
		{Key: "Reference", Value: words.AsIs(order.Spaced(p.Number))},
		{Key: "Procedure", Value: words.AsIs(p.Code)},
		{Key: "Plan", Value: words.AsIs(p.plan)},
		{Key: "Date of service", Value: civil.MediumDate(p.Service)},
		{Key: "Asked", Value: words.Say("%s by %s", civil.When(p.At, p.loc, p.now), p.PersonName)},
	}
}

// proceduresPage is the public list of procedures that need authorization.
type proceduresPage struct {
	lines  []planLine
	chosen planLine
	day    civil.Date
	all    []plan.Procedure
	names  map[plan.ProgramID]string
}

func openProcedures(ctx context.Context, r *web.Request) (*proceduresPage, error) {
	lines, err := planLines(ctx, r)
	p := &proceduresPage{lines: lines, names: map[plan.ProgramID]string{}}
	if err != nil || len(lines) == 0 {
		return p, err
	}
	known := false
	if p.chosen, known = lineFor(lines, r.Query("plan")); !known {
		p.chosen = lines[0]
	}
	p.day = civil.DateIn(r.Tx.Now(), p.chosen.plan.Zone())
	programs, err := plan.Programs(ctx, r.Tx)
	for _, one := range programs {
		p.names[one.ID] = one.Name
	}
	if err != nil {
		return p, err
	}
	all, err := plan.Procedures(ctx, r.Tx, p.chosen.plan.ID, p.chosen.line.Code, p.day)
	for _, one := range all {
		if one.Needed {
			p.all = append(p.all, one)
		}
	}
	return p, err
}

func showProcedures(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProcedures(ctx, r)
	return web.Answer{Title: "Procedures that need authorization", Body: proceduresView(p), Bare: !r.By.Known()}, err
}

func exportProcedures(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openProcedures(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	rows := [][]string{{"plan", "line", "as_of", "system", "code", "name", "program"}}
	for _, one := range p.all {
		rows = append(rows, []string{p.chosen.plan.Name, p.chosen.line.Name, p.day.String(), one.System, one.Code, one.Wording, p.names[one.ProgramID]})
	}
	file, err := web.CSV("procedures-"+p.chosen.plan.Code+"-"+p.chosen.line.Code+".csv", rows)
	return web.Answer{File: file}, err
}

func (p *checkPage) planOptions() []ui.Option {
	options := []ui.Option{{Label: "Select a plan"}}
	for _, l := range p.lines {
		options = append(options, ui.Option{Value: l.value(), Label: words.AsIs(l.words()), Checked: l.value() == p.line})
	}
	return options
}

// csvPath is where the list shown can be had as a file.
func (p *proceduresPage) csvPath() string {
	return "/procedures.csv?plan=" + strings.ReplaceAll(p.chosen.value(), "|", "%7C")
}

func (p *proceduresPage) options() (all []ui.Option) {
	for _, l := range p.lines {
		all = append(all, ui.Option{Value: l.value(), Label: words.AsIs(l.words()), Checked: l == p.chosen})
	}
	return all
}

func (p *proceduresPage) table() ui.TableView {
	t := ui.TableView{Caption: "Procedures, by code", Columns: []ui.Column{{Header: "Code"}, {Header: "Procedure"}, {Header: "Program"}}}
	for _, one := range p.all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(one.Code)), ui.Text(words.AsIs(one.Wording)), ui.Text(words.AsIs(p.names[one.ProgramID]))}})
	}
	return t
}
