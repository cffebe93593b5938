package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// trialPage is a guideline's questions as an office sees them, with trial
// answers, and what the criteria make of them. Nothing is kept.
type trialPage struct {
	v       *guideline.Version
	back    ui.Link
	draft   bool
	form    guideline.Form
	meter   guideline.Meter
	outcome guideline.Outcome
	files   []guideline.FileAsked
	code    string
	age     string
	tried   bool
	faults  map[string]words.Text
	errors  []ui.FieldError
}

func tryGuideline(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	s, err := subjectOf(ctx, r, config.GuidelineSubject(r.PathValue("guideline")))
	if err != nil {
		return web.Answer{}, err
	}
	p := &trialPage{v: s.guideline.now, back: ui.Link{Text: words.AsIs(s.title), Href: s.path()}, code: r.Query("code"), age: r.Query("age"), tried: r.Query("tried") != "", faults: map[string]words.Text{}}
	if r.Query("draft") != "" || p.v == nil {
		p.v, p.draft, p.back = s.guideline.draft, true, ui.Link{Text: "Preview of the draft", Href: s.path() + "/preview"}
	}
	if p.v == nil {
		return web.Answer{}, fault.New(fault.NotFound, "We can’t find that.")
	}
	p.reckon(r)
	title := words.Say("Try %s", p.v.Name())
	return web.Answer{Title: title, Body: trialView(p, title), Errors: p.errors, Wide: true, Crumbs: crumbs(title.String(), guidelinesCrumb, ui.Link{Text: words.AsIs(s.title), Href: s.path()})}, nil
}

// reckon takes the trial answers. Answers that open further questions are taken
// again until no more open.
func (p *trialPage) reckon(r *web.Request) {
	zone := r.Zone(civil.DefaultZone)
	if !slices.Contains(p.v.Codes, p.code) {
		p.code = p.v.Codes[0]
	}
	facts := guideline.Facts{Service: civil.DateIn(r.Tx.Now(), zone), Code: p.code, Urgency: "standard", Line: "commercial", Zone: zone}
	if age, err := strconv.Atoi(p.age); err == nil && age >= 0 && age <= 120 {
		facts.Age = &age
	} else if p.age != "" {
		p.faults["age"] = "Enter an age in whole years"
	}
	posted, answers := r.URL.Query(), guideline.Answers{}
	var taken guideline.Taken
	if p.tried {
		for range 10 { // as deep as questions open questions
			taken = p.v.Take(facts, answers, "", posted, guideline.Stamp{By: r.By.ID, At: time.Time{}})
			more := len(taken.Answers) > len(answers)
			if answers = taken.Answers; !more {
				break
			}
		}
	}
	p.form = p.v.Form(facts, answers)
	if p.tried && len(taken.Faults) > 0 {
		p.form = p.form.Posted("", posted, taken.Faults)
	}
	for field, said := range taken.Faults {
		p.faults[field] = said
	}
	if p.tried && len(p.faults) > 0 {
		p.errors = web.Errors(fault.Fields(p.faults).Err(), append([]string{"age"}, p.fields()...)...)
	}
	result := p.v.Evaluate(facts, answers)
	p.meter, p.outcome, p.files = result.Meter(p.v), result.Outcome, p.v.FilesAsked(facts, answers)
}

// fields are the names of the form's fields, in order.
func (p *trialPage) fields() (all []string) {
	for _, page := range p.form.Pages {
		for _, f := range page.Items {
			all = append(all, f.Name)
		}
	}
	return all
}

func (p *trialPage) codes() (all []ui.Option) {
	for _, code := range p.v.Codes {
		all = append(all, ui.Option{Value: code, Label: words.AsIs(code), Checked: code == p.code})
	}
	return all
}

// comes says what comes of the answers.
func (p *trialPage) comes() string {
	a, yes := p.outcome.CanBeApproved()
	if !yes {
		return "Needs a person."
	}
	unit := a.Unit
	if unit == "" {
		unit = "of the service"
	}
	return "Can be approved: " + strconv.Itoa(a.Units) + " " + unit + " within " + strconv.Itoa(a.Days) + " days."
}

// trialGroup is a question with choices.
func trialGroup(f guideline.Field) ui.Group {
	g := ui.Group{Name: f.Name, Legend: words.Written(f.Label), Hint: words.Written(f.Hint), Error: f.Error, Columns: f.Control == guideline.TwoColumns}
	for _, o := range f.Options {
		g.Options = append(g.Options, ui.Option{Value: o.Code, Label: words.Written(o.Label), Checked: o.Selected})
	}
	if f.Open {
		g.Options = append(g.Options, ui.Option{Label: "Something else", Checked: f.Other != "", Reveal: trialOther(f)})
	}
	if f.NotDocumented {
		g.Options = append(g.Options, ui.Option{Value: guideline.UnknownCode, Label: guideline.NotDocumentedLabel, Checked: f.Unknown})
	}
	return g
}

// trialField is a question that is typed.
func trialField(f guideline.Field) ui.Field {
	in := ui.Field{Name: f.Name, Label: words.Written(f.Label), Hint: words.Written(f.Hint), Value: f.Value, Error: f.Error, MaxLength: f.Most, Optional: !f.Required, Autocomplete: "off"}
	if f.Control == guideline.Number && len(f.Units) == 1 {
		in.Suffix = words.Written(f.Units[0].Display)
	}
	if slices.Contains([]guideline.Control{guideline.Number, guideline.Day, guideline.DayTime}, f.Control) {
		in.Width = "sm"
	}
	return in
}

func trialUnits(f guideline.Field) (all []ui.Option) {
	for _, u := range f.Units {
		all = append(all, ui.Option{Value: u.Code, Label: words.Written(u.Display), Checked: u.Code == f.Unit})
	}
	return all
}

// trialChooses are the controls that choose one of several.
func trialChooses(f guideline.Field) bool {
	return slices.Contains([]guideline.Control{guideline.Radios, guideline.TwoColumns, guideline.YesNo}, f.Control)
}

// trialOptions are those of a question with many; an office types in a box.
func trialOptions(f guideline.Field) []ui.Option {
	all := []ui.Option{{Label: "Choose one"}}
	for _, o := range f.Options {
		all = append(all, ui.Option{Value: o.Code, Label: words.Written(o.Label), Checked: o.Selected})
	}
	return all
}

// again is the page without answers.
func (p *trialPage) again() string {
	path := guidelinesPath + "/" + p.v.ID + "/try"
	if p.draft {
		path += "?draft=yes"
	}
	return path
}

// criterionAnchor is where a criterion stands on the page; one without an ID of
// its own has none.
func criterionAnchor(w guideline.Weighed) string {
	if w.ID == "" {
		return "criteria-" + strconv.Itoa(len(w.Of)) + "-" + firstOf(w)
	}
	return "criterion-" + w.ID
}

// firstOf is the first rule below a criterion.
func firstOf(w guideline.Weighed) string {
	for len(w.Of) > 0 {
		w = w.Of[0]
	}
	return w.ID
}
