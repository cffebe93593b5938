package admin

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// whichPage tries which template a letter would be made from.
type whichPage struct {
	planNames
	letter.Case
	day    string
	asked  bool
	found  []*letter.Template // the one that counts first
	faults map[string]words.Text
	errors []ui.FieldError
}

func tryTemplates(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	today, err := letter.Today(r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	p := &whichPage{Case: letter.Case{Kind: letter.Kind(r.Query("kind")), Audience: letter.Audience(r.Query("audience")), Language: r.Query("language"), Plan: r.Query("plan"), Line: r.Query("line"), State: r.Query("state")},
		day: r.Query("day"), asked: r.Query("kind") != "", faults: map[string]words.Text{}}
	if p.planNames, err = plansByCode(ctx, r); err != nil {
		return web.Answer{}, err
	}
	if !p.asked {
		p.Case = letter.Case{Kind: letter.Denied, Audience: letter.Member, Language: "en"}
	}
	if p.Audience == letter.Provider {
		p.Language = "en"
	}
	day := today
	if p.day != "" {
		if day, err = civil.ParseDate(p.day); err != nil {
			p.faults["day"], p.errors = "Enter a date", []ui.FieldError{{Field: "day", Text: "Enter a date"}}
			p.asked = false
			day = today
		}
	}
	p.day = day.String()
	p.found, err = letter.Holding(ctx, r.Tx, p.Case, day)
	return web.Answer{Title: "Which template counts", Body: whichView(p), Errors: p.errors, Crumbs: crumbs("Which template counts", templatesCrumb)}, err
}

// sentence says what was asked.
func (p *whichPage) sentence() string {
	who := p.whose(p.Case)
	if p.Plan+p.Line+p.State == "" {
		who = "a plan, type of plan and state that no template names"
	}
	return "For " + who + " on " + dayWords(p.day) + ": "
}

func (p *whichPage) table() ui.TableView {
	t := ui.TableView{Caption: "All that hold, in the order in which they count", Columns: []ui.Column{{Header: "Template"}, {Header: "For"}, {Header: "Version"}, {Header: "Why there"}}}
	for i, one := range p.found {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{whichLink(one), ui.Text(words.AsIs(p.whose(one.Case()))), ui.Text(words.AsIs(one.Version)), ui.Text(words.AsIs(p.why(i)))}})
	}
	return t
}

// why says why a template stands where it does.
func (p *whichPage) why(i int) string {
	t := p.found[i]
	var named []string
	for _, n := range [][2]string{{t.Plan, "the plan"}, {t.State, "the state"}, {t.Line, "the type of plan"}} {
		if n[0] != "" {
			named = append(named, n[1])
		}
	}
	switch {
	case len(named) > 0:
		return "It names " + strings.Join(named, " and ") + "."
	case t.Own:
		return "It names nothing, and is your own."
	}
	return "It names nothing, and comes with Parley."
}

// options of a field of a template, as this form has them.
func (p *whichPage) options(key, none, chosen string) (all []ui.Option) {
	fields, err := config.Fields(config.TemplateSubject(""))
	if err != nil {
		return nil
	}
	for _, f := range p.planNames.choices(fields) {
		if f.Key != key {
			continue
		}
		for _, c := range f.Choices {
			if c.Value == "" {
				c.Words = none
			}
			all = append(all, ui.Option{Value: c.Value, Label: words.AsIs(c.Words), Checked: c.Value == chosen})
		}
	}
	return all
}
