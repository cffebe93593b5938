package portal

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

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

// orderedPage asks what is ordered, why, and how soon.
type orderedPage struct {
	*requestPage
	asked            request.Asked
	listed           map[string]plan.Procedure // of the codes on the page, as the plan lists them
	programs         []plan.Program            // to choose from, if there are several
	found            map[string][]ui.Option    // by field: what the text typed there could mean
	posted           [][2]string               // the form, to be sent again once something is agreed
	standard, urgent time.Time                 // when a decision would be due
}

func openOrder(ctx context.Context, r *web.Request) (*orderedPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &orderedPage{requestPage: q, listed: map[string]plan.Procedure{}, found: map[string][]ui.Option{}}
	if q.Patient.Chosen() {
		p.standard, p.urgent, err = request.Dues(ctx, r.Tx, q.Request)
	}
	return p, err
}

// early sends who comes before a patient is chosen to choose one.
func (p *requestPage) early() (web.Answer, bool) {
	if away, yes := p.gone(); yes {
		return away, yes
	}
	return web.Answer{SeeOther: p.path("/patient")}, !p.Patient.Chosen()
}

func askOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOrder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	if locked, err := p.enter(ctx, r, request.OrderPart, "order", p.Changed[request.OrderPart].At); err != nil || locked != nil {
		return answered(locked), err
	}
	p.asked = askedOf(p.Order)
	if p.kept != nil {
		p.asked = readAsked(r)
	}
	if len(p.asked.Services) == 0 {
		p.asked.Services = []request.AskedService{{}}
	}
	if len(p.asked.Diagnoses) == 0 {
		p.asked.Diagnoses = []string{""}
	}
	return p.show(ctx, r, nil)
}

// askedOf is what was ordered as its form had it.
func askedOf(o request.Ordered) request.Asked {
	a := request.Asked{Program: string(o.ProgramID), Urgency: string(o.Urgency), Urgent: o.Urgent, Why: o.Why}
	for _, s := range o.Services {
		a.Services = append(a.Services, request.AskedService{Code: s.Code, Side: s.Side, Units: strconv.Itoa(s.Units)})
	}
	for _, d := range o.Diagnoses {
		a.Diagnoses = append(a.Diagnoses, d.Code)
	}
	return a
}

// show answers with the page. It looks up what the plan says of the codes on
// it, so that sides and units are asked only where they matter.
func (p *orderedPage) show(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	var codes []string
	for _, s := range p.asked.Services {
		all, listErr := plan.ProceduresOf(ctx, r.Tx, p.Patient.PlanID, p.Patient.Line, p.Patient.Typed.Service, code.Plain(s.Code))
		if listErr != nil {
			return web.Answer{}, listErr
		}
		if s.Code != "" {
			codes = append(codes, s.Code)
		}
		if len(all) > 0 {
			p.listed[code.Plain(s.Code)] = all[0]
		}
	}
	var listErr error
	if len(codes) > 0 {
		p.programs, listErr = request.Programs(ctx, r.Tx, p.Request, codes)
	}
	if listErr != nil {
		return web.Answer{}, listErr
	}
	return p.ask("What is being ordered", web.Answer{Body: orderedView(p)}), err
}

// readAsked reads the form. A choice among what words could mean counts only
// while the words are still those it was offered for.
func readAsked(r *web.Request) request.Asked {
	a := request.Asked{Program: r.Value("program"), Urgency: r.Value("urgency"), Urgent: r.Value("urgent"), Why: r.Value("why"), Restart: r.Value("restart") == "yes"}
	for i := range request.MostServices {
		if name := request.Field("service", i); r.Form.Has(name) {
			a.Services = append(a.Services, request.AskedService{Code: picked(r, name), Side: r.Value(request.Field("side", i)), Units: r.Value(request.Field("units", i))})
		}
	}
	for i := range request.MostDiagnoses {
		if name := request.Field("diagnosis", i); r.Form.Has(name) {
			a.Diagnoses = append(a.Diagnoses, picked(r, name))
		}
	}
	return a
}

func picked(r *web.Request, name string) string {
	typed := strings.TrimSpace(r.Value(name))
	if pick := r.Value(name + "-pick"); pick != "" && typed == r.Value(name+"-for") {
		return pick
	}
	return typed
}

func saveOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOrder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	p.asked = readAsked(r)
	if p.resize(r.Value("change")) { // another line, or one less: nothing is checked yet
		return p.show(ctx, r, nil)
	}
	p.drop()
	saved, err := request.SaveOrder(ctx, r.Tx, r.By, p.Request, p.since, p.asked)
	if err == nil {
		return p.onward(ctx, r, saved)
	}
	if said := fault.Of(err).Fields["restart"]; said != "" {
		p.repeat(r)
		return p.ask("Clinical questions start again", web.Answer{Body: restartView(p, said)}), nil
	}
	if !p.refused(err, p.fields()...) {
		return web.Answer{}, err
	}
	if findErr := p.find(ctx, r); findErr != nil {
		return web.Answer{}, findErr
	}
	return p.show(ctx, r, err)
}

// repeat has the form be sent once more as it was.
func (p *orderedPage) repeat(r *web.Request) {
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		for _, value := range r.Form[name] {
			p.posted = append(p.posted, [2]string{name, value})
		}
	}
}

// resize adds or takes away a line of the form.
func (p *orderedPage) resize(change string) bool {
	what, at, _ := strings.Cut(change, " ")
	i, _ := strconv.Atoi(at)
	switch {
	case what == "add-service" && len(p.asked.Services) < request.MostServices:
		p.asked.Services = append(p.asked.Services, request.AskedService{})
	case what == "add-diagnosis" && len(p.asked.Diagnoses) < request.MostDiagnoses:
		p.asked.Diagnoses = append(p.asked.Diagnoses, "")
	case what == "drop-service" && i > 0 && i < len(p.asked.Services):
		p.asked.Services = slices.Delete(p.asked.Services, i, i+1)
	case what == "drop-diagnosis" && i > 0 && i < len(p.asked.Diagnoses):
		p.asked.Diagnoses = slices.Delete(p.asked.Diagnoses, i, i+1)
	case what == "primary" && i > 0 && i < len(p.asked.Diagnoses):
		d := p.asked.Diagnoses
		p.asked.Diagnoses = append([]string{d[i]}, slices.Delete(d, i, i+1)...)
	default:
		return change != ""
	}
	return true
}

// drop takes away lines that were added and left empty.
func (p *orderedPage) drop() {
	for i := len(p.asked.Services) - 1; i > 0; i-- {
		if p.asked.Services[i].Code == "" {
			p.asked.Services = slices.Delete(p.asked.Services, i, i+1)
		}
	}
	for i := len(p.asked.Diagnoses) - 1; i > 0; i-- {
		if p.asked.Diagnoses[i] == "" {
			p.asked.Diagnoses = slices.Delete(p.asked.Diagnoses, i, i+1)
		}
	}
}

// fields are those of the form, from top to bottom.
func (p *orderedPage) fields() (all []string) {
	for i := range p.asked.Services {
		all = append(all, request.Field("service", i), request.Field("side", i), request.Field("units", i))
	}
	for i := range p.asked.Diagnoses {
		all = append(all, request.Field("diagnosis", i))
	}
	return append(all, "program", "urgency", "urgent", "why")
}

// find looks up what the words in refused fields could mean, to be chosen from
// without a script too.
func (p *orderedPage) find(ctx context.Context, r *web.Request) error {
	for i, s := range p.asked.Services {
		if name := request.Field("service", i); p.faults[name] != "" {
			all, err := plan.FindProcedures(ctx, r.Tx, p.Patient.PlanID, p.Patient.Line, p.Patient.Typed.Service, s.Code, mostFound)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(all, func(one plan.Procedure) bool { return one.Code == code.Plain(s.Code) }) { // else it is something else that is wrong
				p.offer(name, "procedure", procedureOptions(all))
			}
		}
	}
	for i, d := range p.asked.Diagnoses {
		if name := request.Field("diagnosis", i); p.faults[name] != "" {
			all, _, err := code.Search(ctx, r.Tx, code.ICD10CM, d, mostFound)
			if err != nil {
				return err
			}
			p.offer(name, "diagnosis", codeOptions(all))
		}
	}
	return nil
}

// offer has a field say what its words could mean.
func (p *orderedPage) offer(name, what string, options []ui.Option) {
	if len(options) == 0 {
		return
	}
	p.found[name] = options
	text := words.Say("Choose a %s, or enter something else", what)
	p.faults[name] = text
	for i, e := range p.errors {
		if e.Field == name {
			p.errors[i].Text = text
		}
	}
}

const mostFound = 10

func procedureOptions(all []plan.Procedure) (options []ui.Option) {
	for i, p := range all {
		if i == 0 || all[i-1].Code != p.Code { // one for each code, whatever its programs
			options = append(options, ui.Option{Value: p.Code, Label: words.Say("%s, %s", p.Code, p.Wording)})
		}
	}
	return options
}

func codeOptions(all []code.Code) (options []ui.Option) {
	for _, c := range all {
		options = append(options, ui.Option{Value: c.Dotted(), Label: words.Say("%s, %s", c.Dotted(), c.Long)})
	}
	return options
}

// onward goes on, unless the plan's list says that the request isn't needed.
func (p *orderedPage) onward(ctx context.Context, r *web.Request, saved request.Request) (web.Answer, error) {
	if stop, err := request.Stops(ctx, r.Tx, saved); err != nil || stop != "" && !saved.Order.Insisted {
		return web.Answer{SeeOther: p.path("/order/stop")}, err
	}
	similar, err := request.Duplicates(ctx, r.Tx, r.By, saved)
	if len(similar) > 0 && saved.Patient.Anyway == "" {
		return web.Answer{SeeOther: p.path("/order/similar")}, err
	}
	return web.Answer{SeeOther: p.after(r, saved)}, err
}

// urgencies are the ways to say how soon, each with when a decision is due.
func (p *orderedPage) urgencies() ui.Group {
	g := ui.Group{Name: "urgency", Legend: "How soon is this needed?", Error: p.faults["urgency"]}
	g.Options = []ui.Option{
		{Value: string(order.Standard), Label: "Standard", Hint: words.Say("Decision by %s", civil.When(p.standard, p.loc, p.now))},
		{Value: string(order.Urgent), Label: "Urgent", Hint: words.Say("Decision by %s", civil.When(p.urgent, p.loc, p.now)), Reveal: urgentFields(p)},
		{Value: string(order.Retrospective), Label: "Already done", Hint: "The care was given on the date of service"},
	}
	for i := range g.Options {
		g.Options[i].Checked = g.Options[i].Value == p.asked.Urgency
	}
	return g
}

func (p *orderedPage) tests() ui.Group {
	g := ui.Group{Name: "urgent", Legend: "Why can it not wait?", Error: p.faults["urgent"]}
	for _, t := range request.Tests {
		g.Options = append(g.Options, ui.Option{Value: t.Value, Label: words.Text(t.Words), Checked: t.Value == p.asked.Urgent})
	}
	return g
}

func (p *orderedPage) programChoice() ui.Group {
	g := ui.Group{Name: "program", Legend: "Which program is this for?", Hint: "Several programs look after this service", Error: p.faults["program"]}
	for _, one := range p.programs {
		g.Options = append(g.Options, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Hint: words.AsIs(one.Description), Checked: string(one.ID) == p.asked.Program})
	}
	return g
}

func (p *orderedPage) sides(i int) ui.Group {
	g := ui.Group{Name: request.Field("side", i), Legend: "Which side?", Error: p.faults[request.Field("side", i)]}
	for _, s := range []struct {
		value string
		text  words.Text
	}{{"left", "Left"}, {"right", "Right"}, {"both", "Both"}} {
		g.Options = append(g.Options, ui.Option{Value: s.value, Label: s.text, Checked: p.asked.Services[i].Side == s.value})
	}
	return g
}

// pick are the meanings of a field's words, to choose from.
func (p *orderedPage) pick(name string) ui.Group {
	return ui.Group{Name: name + "-pick", Legend: "Did you mean one of these?", Options: p.found[name], Small: true}
}

// listing is what the plan says of the ith service, if it lists it.
func (p *orderedPage) listing(i int) plan.Procedure {
	return p.listed[code.Plain(p.asked.Services[i].Code)]
}

// meaning is a diagnosis in words, once it was saved.
func (p *orderedPage) meaning(typed string) string {
	for _, d := range p.Order.Diagnoses {
		if d.Code == typed {
			return d.Wording
		}
	}
	return ""
}
