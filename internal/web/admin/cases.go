package admin

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// casesPage is the test cases of what is set, and the form of another.
type casesPage struct {
	*editPage
	exam  config.Exam
	live  []config.Tried // by what is live
	draft []config.Tried // by the draft or what is scheduled, if there is one
	why   string
}

func casesOf(ctx context.Context, r *web.Request) (p *casesPage, err error) {
	p = &casesPage{editPage: &editPage{faults: map[string]words.Text{}, doc: config.Doc{}}}
	if p.subjectPage, err = subject(ctx, r); err != nil {
		return nil, err
	}
	exam, ok := config.ExamOf(p.s)
	if !ok {
		return nil, fault.New(fault.NotFound, "We can’t find that.")
	}
	p.exam = exam
	if p.fields, err = codeChoices(ctx, r, append(slices.Clone(exam.Given), exam.Answer)); err != nil {
		return nil, err
	}
	if p.live, err = config.Try(ctx, r.Tx, p.s, p.now); err == nil && p.open.ID != "" {
		p.draft, err = config.Try(ctx, r.Tx, p.s, p.open.Doc)
	}
	return p, err
}

func (p *casesPage) answer() web.Answer {
	return web.Answer{Title: words.Say("Test cases of %s", p.title), Body: casesView(p), Errors: p.errors, Wide: true, Crumbs: p.crumbs("Test cases")}
}

func showCases(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := casesOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func addCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := casesOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	given := config.Doc{}
	for _, f := range p.exam.Given {
		given[f.Key] = strings.TrimSpace(r.Value(f.Key))
		p.doc[f.Key] = given[f.Key]
	}
	p.doc[p.exam.Answer.Key], p.why = r.Value(p.exam.Answer.Key), r.Value("why")
	err = config.AddCase(ctx, r.Tx, r.By, p.s, given, p.doc[p.exam.Answer.Key], p.why)
	if err == nil {
		return web.Answer{SeeOther: p.path() + "/cases"}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, append(p.keys(), "why")...)
	return p.answer(), err
}

func removeCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := subject(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: p.path() + "/cases"}, config.RemoveCase(ctx, r.Tx, r.By, p.s, r.PathValue("case"))
}

// all are the test cases, as they stand by what is live or, before that, by the
// draft.
func (p *casesPage) all() []config.Tried {
	if len(p.now) == 0 {
		return p.draft
	}
	return p.live
}

// byDraft is a test case as it stands by the draft, and whether there is one
// beside what is live.
func (p *casesPage) byDraft(i int) (config.Tried, bool) {
	if len(p.now) == 0 || i >= len(p.draft) {
		return config.Tried{}, false
	}
	return p.draft[i], true
}

// caseBy says who made a test case, when and why.
func (p *casesPage) caseBy(t config.Tried) string {
	by := "By " + t.ByName + ", " + p.when(t.MadeAt)
	if t.Why != "" {
		by += ": " + t.Why
	}
	return by
}

// zoneName is the zone in which the plan's times are said.
func (p *casesPage) zoneName() string {
	name := cmp.Or(p.plan.TimeZone, civil.DefaultZone)
	if z, ok := civil.ChoiceFor(name); ok {
		return z.Label.String()
	}
	return name
}

// triedTable is what comes of a version for each test case.
func triedTable(caption string, all []config.Tried) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(caption), Columns: []ui.Column{{Header: "Given"}, {Header: "Expected"}, {Header: "What comes of it"}, {Header: "Result"}}}
	for _, one := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(strings.Join(one.Asked, "; "))), ui.Text(words.AsIs(one.Want)), ui.Text(words.AsIs(one.Have)), resultTag(one)}})
	}
	return t
}

func resultTag(t config.Tried) templComponent {
	if t.Passed() {
		return ui.Tag(ui.TagSuccess, "Passes")
	}
	return ui.Tag(ui.TagError, "Fails")
}

// casesWords say how test cases stand.
func casesWords(all []config.Tried) string {
	failed := 0
	for _, t := range all {
		if !t.Passed() {
			failed++
		}
	}
	switch {
	case len(all) == 0:
		return "None yet."
	case failed == 0:
		return upper(count(len(all), "test case")) + ". All pass."
	}
	if failed == 1 {
		return "1 of " + count(len(all), "test case") + " fails. This can’t go live before it passes or is taken out."
	}
	return strconv.Itoa(failed) + " of " + count(len(all), "test case") + " fail. This can’t go live before they pass or are taken out."
}
