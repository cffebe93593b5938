package admin

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/domain/plan"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const templatesPath = "/admin/templates"

var templatesCrumb = ui.Link{Text: "Letter templates", Href: templatesPath}

func registerTemplates(s *web.Server) {
	s.Handle("GET "+templatesPath, web.Manage, listTemplates)
	s.Handle("GET "+templatesPath+"/which", web.Manage, tryTemplates)
	s.Handle("GET "+templatesPath+"/{template}/letter", web.Manage, showSample)
	s.Handle("GET "+templatesPath+"/{template}/pdf", web.Manage, sampleSheet)
}

func isTemplate(s config.Subject) bool { return s.Kind == "template" }

// planNames are the names of plans by their codes.
type planNames map[string]string

func plansByCode(ctx context.Context, r *web.Request) (planNames, error) {
	all, err := plan.All(ctx, r.Tx)
	names := planNames{}
	for _, p := range all {
		names[p.Code] = p.Name
	}
	return names, err
}

// templateName is which letters a template is for: "Denied, to the member, in
// English".
func templateName(c letter.Case) string {
	name := c.Kind.Words() + ", to the office"
	if c.Audience == letter.Member {
		name = c.Kind.Words() + ", to the member, in " + languageWords(c.Language)
	}
	return name
}

func languageWords(code string) string {
	if code == "es" {
		return "Spanish"
	}
	return "English"
}

// whose is for whom a template narrows its letters.
func (names planNames) whose(c letter.Case) string {
	var parts []string
	if c.Plan != "" {
		name, known := names[c.Plan]
		if !known {
			name = c.Plan
		}
		parts = append(parts, name)
	}
	for _, l := range config.LineCodes {
		if l.Value == c.Line {
			parts = append(parts, l.Words)
		}
	}
	if c.State != "" {
		parts = append(parts, c.State)
	}
	if len(parts) == 0 {
		return "Every plan"
	}
	return strings.Join(parts, ", ")
}

func (names planNames) full(c letter.Case) string {
	if c.Plan+c.Line+c.State == "" {
		return templateName(c)
	}
	return templateName(c) + ": " + names.whose(c)
}

// templateChoices has a plan be chosen by its name.
func (names planNames) choices(fields []config.Field) []config.Field {
	fields = slices.Clone(fields)
	i := slices.IndexFunc(fields, func(f config.Field) bool { return f.Key == "plan" })
	fields[i].Input, fields[i].Optional, fields[i].Choices = config.Choose, false, []config.Choice{{Words: "Every plan"}}
	for code, name := range names {
		fields[i].Choices = append(fields[i].Choices, config.Choice{Value: code, Words: name})
	}
	slices.SortFunc(fields[i].Choices[1:], func(a, b config.Choice) int { return strings.Compare(a.Words, b.Words) })
	return fields
}

// A templateLine is a template in the list, or a draft of one that is to be.
type templateLine struct {
	letter.Case
	id, version, since string
	own, off           bool
	open               config.Version
	coming             *letter.Template
}

type templatesPage struct {
	planNames
	q, kind, status string
	all             []templateLine
	none            bool // there is none of one's own yet
	loc             *time.Location
	now             time.Time
}

// statuses by which the list is narrowed.
var templateStatuses = []ui.Option{{Value: "", Label: "All"}, {Value: "own", Label: "Your own"}, {Value: "shipped", Label: "As they come with Parley"}, {Value: "open", Label: "With a draft or a scheduled version"}, {Value: "off", Label: "Turned off"}}

func listTemplates(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &templatesPage{q: strings.TrimSpace(r.Query("q")), kind: r.Query("kind"), status: r.Query("status"), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.planNames, err = plansByCode(ctx, r); err != nil {
		return web.Answer{}, err
	}
	current, err := letter.Currents(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	coming, err := letter.Coming(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	for _, t := range current {
		p.add(p.lineOf(t))
	}
	for _, t := range coming {
		if i := p.at(t.ID); i >= 0 {
			p.all[i].coming = t
		} else {
			p.add(templateLine{Case: t.Case(), id: t.ID, coming: t, own: true})
		}
	}
	for _, v := range pending {
		if !isTemplate(v.Subject) {
			continue
		}
		if i := p.at(v.Subject.ID); i >= 0 {
			p.all[i].open = v
		} else {
			p.add(templateLine{Case: config.SourceOf(v.Subject.ID, v.Doc).Case, id: v.Subject.ID, open: v, own: true})
		}
	}
	p.none = !slices.ContainsFunc(p.all, func(l templateLine) bool { return l.own })
	p.all = slices.DeleteFunc(p.all, func(l templateLine) bool { return !p.fits(l) })
	slices.SortStableFunc(p.all, func(a, b templateLine) int { return p.order(a, b) })
	return web.Answer{Title: templatesCrumb.Text, Body: templatesView(p), Wide: true, Crumbs: crumbs(templatesCrumb.Text.String())}, nil
}

func (p *templatesPage) lineOf(t *letter.Template) templateLine {
	l := templateLine{Case: t.Case(), id: t.ID, version: t.Version, own: t.Own, off: t.Off, since: civil.MediumDate(t.From).String()}
	if t.Own && t.Begins().Before(t.Published) {
		l.since = civil.When(t.Published, p.loc, p.now).String()
	}
	return l
}

func (p *templatesPage) add(l templateLine) { p.all = append(p.all, l) }

func (p *templatesPage) at(id string) int {
	return slices.IndexFunc(p.all, func(l templateLine) bool { return l.id == id })
}

func (p *templatesPage) fits(l templateLine) bool {
	switch {
	case p.kind != "" && string(l.Kind) != p.kind,
		p.status == "own" && !l.own,
		p.status == "shipped" && l.own,
		p.status == "open" && l.open.ID == "" && l.coming == nil,
		p.status == "off" && !l.off:
		return false
	}
	found := strings.ToLower(p.full(l.Case) + " " + l.id + " " + l.version)
	for word := range strings.FieldsSeq(strings.ToLower(p.q)) {
		if !strings.Contains(found, word) {
			return false
		}
	}
	return true
}

// order is that of the kinds, then members before offices, English before
// Spanish, and what is for all before what is narrower.
func (p *templatesPage) order(a, b templateLine) int {
	if n := slices.Index(letter.Kinds, a.Kind) - slices.Index(letter.Kinds, b.Kind); n != 0 {
		return n
	}
	return strings.Compare(string(a.Audience)+a.Language+"\n"+a.Plan+"\n"+a.Line+a.State, string(b.Audience)+b.Language+"\n"+b.Plan+"\n"+b.Line+b.State)
}

func (p *templatesPage) kinds() []ui.Option { return kindOptions("All", p.kind) }

func kindOptions(none words.Text, chosen string) (all []ui.Option) {
	if none != "" {
		all = append(all, ui.Option{Label: none})
	}
	for _, k := range letter.Kinds {
		all = append(all, ui.Option{Value: string(k), Label: words.AsIs(k.Words()), Checked: string(k) == chosen})
	}
	return all
}

func (p *templatesPage) table() ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(p.all), "template")) + ", by letter"), Columns: []ui.Column{{Header: "Letter"}, {Header: "For"}, {Header: "Version"}, {Header: "Since"}, {Header: "State"}, {Header: "Copy", Hidden: true}}}
	for _, l := range p.all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{templateLink(l, p.planNames), ui.Text(words.AsIs(p.whose(l.Case))), ui.Text(words.AsIs(orDash(l.version))), ui.Text(words.AsIs(orDash(l.since))), templateTags(p, l), copyLink(l)}})
	}
	return t
}

func orDash(s string) string {
	if s == "" {
		return "Not yet"
	}
	return s
}

// copyPath is the form of a new template that begins as another.
func copyPath(id string) string { return "/admin/config/template/new?from=" + url.QueryEscape(id) }

func templatePath(id, what string) string { return templatesPath + "/" + url.PathEscape(id) + what }
