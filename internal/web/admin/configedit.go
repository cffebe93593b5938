package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// editPage is the form of a draft.
type editPage struct {
	*subjectPage
	doc      config.Doc       // as it is typed
	file     *config.FileRead // of which doc holds the days; nil for none
	taken    bool             // doc holds the text of a file
	revision int              // of the draft that was seen; 0 for none
	seen     config.Doc       // what stood in the form before anything was typed
	others   []config.Change
	both     []config.Change // what others set where the person typed something else
	copied   config.Doc      // how a new template begins
	faults   map[string]words.Text
	errors   []ui.FieldError
}

var newWords = map[string]string{"program": "New program", "plan": "New plan", "question": "New question", "resource": "New resource", "contact": "New contact", "wave": "New wave", "template": "New letter template", "rule": "New rule of a state", "pack": "New rule pack", "guideline": "New guideline"}

func editor(ctx context.Context, r *web.Request) (p *editPage, err error) {
	p = &editPage{faults: map[string]words.Text{}}
	s := config.Subject{Kind: r.PathValue("kind"), ID: r.PathValue("id")}
	if s.ID != "" {
		if p.subjectPage, err = subjectOf(ctx, r, s); err == nil && s.Kind == "wave" {
			p.fields, err = codeChoices(ctx, r, p.fields)
		}
		return p, err
	}
	p.subjectPage, err = newSubject(r, s)
	if err == nil && isTemplate(s) {
		err = p.copies(ctx, r)
	}
	if err == nil && s.Kind == "wave" {
		p.fields, err = codeChoices(ctx, r, p.fields)
	}
	return p, err
}

// newSubject is the page of something that isn't there yet.
func newSubject(r *web.Request, s config.Subject) (*subjectPage, error) {
	title, known := newWords[s.Kind]
	if !known {
		return nil, fault.New(fault.NotFound, "We can’t find that.")
	}
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	fields, err := config.Fields(s)
	return &subjectPage{s: s, title: title, fields: fields, key: r.Key(), at: r.Tx.Now(), loc: r.Zone(civil.DefaultZone)}, err
}

// begins is what the form holds before anybody types.
func (p *editPage) begins() config.Doc {
	switch {
	case p.open.Open():
		return p.open.Doc
	case len(p.now) > 0:
		return p.now
	case len(p.copied) > 0:
		return p.copied
	}
	return config.Usual(p.s)
}

func (p *editPage) heading() string {
	if p.s.ID == "" {
		return p.title
	}
	return "Change " + p.called()
}

func (p *editPage) action() string {
	if p.s.ID == "" {
		return "/admin/config/" + p.s.Kind + "/new"
	}
	return p.path() + "/edit"
}

func (p *editPage) back() ui.Link {
	if p.s.ID == "" || len(p.versions) == 0 && len(p.now) == 0 {
		return listOf(p.s)
	}
	return ui.Link{Text: words.AsIs(p.title), Href: p.path()}
}

func (p *editPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.heading()), Body: editView(p), Errors: p.errors, Wide: isTemplate(p.s), Crumbs: crumbs(p.heading(), listOf(p.s))}
}

func editSubject(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := editor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.open.State == config.Scheduled {
		return web.Answer{SeeOther: p.path() + "/preview"}, nil
	}
	p.doc, p.revision = p.begins(), p.open.Revision
	p.seen = p.doc
	return p.answer(), nil
}

func saveSubject(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := editor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.doc = config.Doc{}
	for _, f := range p.fields {
		if p.doc[f.Key] = r.Value(f.Key); p.isFixed(f) {
			p.doc[f.Key] = p.now[f.Key]
		}
		if f.Input == config.Picture && r.Value(f.Key+"_none") != "" {
			p.doc[f.Key] = ""
		}
	}
	p.revision, _ = strconv.Atoi(r.Value("revision"))
	if json.Unmarshal([]byte(r.Value("seen")), &p.seen) != nil {
		p.seen = p.begins()
	}
	if p.s.ID == "" && isTemplate(p.s) {
		if p.s.ID, err = config.NewTemplateID(ctx, r.Tx, p.doc); err != nil {
			return web.Answer{}, err
		}
	}
	if p.s.ID == "" && (isPack(p.s) || isGuideline(p.s)) {
		named := config.NewPackID
		if isGuideline(p.s) {
			named = config.NewGuidelineID
		}
		if p.s.ID, err = named(ctx, r.Tx, p.doc); err != nil {
			p.s.ID = ""
			return p.refused(err)
		}
	}
	if p.s.ID == "" {
		p.s.ID = db.NewID(cmp.Or(map[string]string{"program": "prg", "plan": "pln", "wave": "rll", "rule": "mrl"}[p.s.Kind], "hlp"))
	}
	_, err = config.Save(ctx, r.Tx, r.By, p.s, p.doc, p.revision)
	if err == nil {
		return web.Answer{SeeOther: p.path() + "/preview"}, nil
	}
	if len(p.now) == 0 && p.open.ID == "" && p.s.Kind != "line" { // it isn't there yet
		p.s.ID = ""
	}
	return p.refused(err)
}

// refused shows the form with what keeps it from being saved.
func (p *editPage) refused(err error) (web.Answer, error) {
	switch fault.Of(err).Kind {
	case fault.Conflict:
		p.tellApart()
		return p.answer(), err
	case fault.Invalid:
		p.faults = fault.Of(err).Fields
		p.errors = p.eachFinding(web.Errors(err, p.keys()...))
		return p.answer(), err
	}
	return web.Answer{}, err
}

func (p *editPage) keys() (all []string) {
	for _, f := range p.fields {
		all = append(all, f.Key)
	}
	return all
}

// tellApart puts what the person typed onto what others saved meanwhile, and
// finds what to tell of it.
func (p *editPage) tellApart() {
	theirs := p.begins()
	p.others = config.Diff(p.s, p.seen, theirs)
	merged, both := config.Merge(p.s, p.seen, p.doc, theirs)
	for _, c := range config.Diff(p.s, p.doc, theirs) {
		if slices.Contains(both, c.Key) {
			p.both = append(p.both, c)
		}
	}
	p.doc, p.seen, p.revision = merged, theirs, p.open.Revision
}

// who saved what stands against what the person typed.
func (p *editPage) who() string {
	if p.open.Open() {
		return p.open.ByName + " changed this " + p.when(p.open.ChangedAt) + ", while you were working."
	}
	for _, v := range p.versions {
		if v.State == config.Live {
			return v.ByName + " changed this " + p.when(v.ChangedAt) + ", while you were working."
		}
	}
	return "This changed while you were working."
}

func (p *editPage) seenText() string {
	b, err := json.Marshal(p.seen)
	if err != nil {
		return "" // then what is there counts as seen
	}
	return string(b)
}

func (p *editPage) field(f config.Field) ui.Field {
	one := ui.Field{Name: f.Key, Label: words.AsIs(f.Label), Hint: words.AsIs(f.Hint), Value: p.doc[f.Key], Error: p.faults[f.Key], Optional: f.Optional, Suffix: words.AsIs(f.Unit)}
	switch f.Input {
	case config.Number:
		one.Width, one.InputMode = "sm", "numeric"
	case config.Minute:
		one.Width = "sm"
	case config.Day:
		one.Width, one.Type = "md", "date"
	case config.Moment:
		one.Width, one.Type = "md", "datetime-local"
	}
	return one
}

// isFixed reports whether a field can't change any more.
func (p *editPage) isFixed(f config.Field) bool { return f.Fixed && len(p.now) > 0 }

func (p *editPage) fixed(of part) (all []config.Field) {
	for _, f := range of.fields {
		if p.isFixed(f) {
			all = append(all, f)
		}
	}
	return all
}

// options are a field's choices; what is set stays one even where it isn't
// offered.
func (p *editPage) options(f config.Field) (all []ui.Option) {
	known := p.doc[f.Key] == ""
	for _, c := range f.Choices {
		all = append(all, ui.Option{Value: c.Value, Label: words.AsIs(c.Words), Checked: c.Value == p.doc[f.Key]})
		known = known || c.Value == p.doc[f.Key]
	}
	if !known {
		all = append(all, ui.Option{Value: p.doc[f.Key], Label: words.AsIs(p.doc[f.Key]), Checked: true})
	}
	return all
}

// rowsOf is how tall a field of several lines stands.
func rowsOf(f config.Field) int {
	if f.Prose {
		return 28
	}
	if f.Each && f.Section != "" && f.Key != "organizations" && f.Key != "former" {
		return 14
	}
	return 3
}

func changesTable(caption, was, is string, all []config.Change) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(caption), Columns: []ui.Column{{Header: "What"}, {Header: words.AsIs(was)}, {Header: words.AsIs(is)}}}
	for _, c := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(c.Label)), asWritten(c.Was), asWritten(c.Is)}})
	}
	return t
}
