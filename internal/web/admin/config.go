package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// exportConfig downloads what is set as the file that import reads.
func (p Pages) exportConfig(ctx context.Context, r *web.Request) (web.Answer, error) {
	text, err := p.Export(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{File: &web.File{Name: "parley-setup.json", Type: "application/json", Body: text}}, nil
}

// A setting is a program, a plan or a type of plan in the list.
type setting struct {
	s      config.Subject
	name   string
	open   config.Version
	indent bool
}

type settingsPage struct {
	programs, plans []setting
	dated           []setting // open drafts of holidays, delegation and waves
	loc             *time.Location
	now             time.Time
}

func listSettings(ctx context.Context, r *web.Request) (web.Answer, error) {
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	p := &settingsPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	list := func(to *[]setting, s config.Subject, name string, indent bool) {
		one := setting{s: s, name: name, indent: indent}
		if i := slices.IndexFunc(pending, func(v config.Version) bool { return v.Subject == s }); i >= 0 {
			one.open = pending[i]
			pending = slices.Delete(pending, i, i+1)
		}
		*to = append(*to, one)
	}
	programs, err := plan.Programs(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, one := range programs {
		list(&p.programs, config.Subject{Kind: "program", ID: string(one.ID)}, one.Name, false)
	}
	plans, err := plan.All(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, one := range plans {
		list(&p.plans, config.Subject{Kind: "plan", ID: string(one.ID)}, one.Name, false)
		lines, err := plan.LinesOf(ctx, r.Tx, one.ID)
		if err != nil {
			return web.Answer{}, err
		}
		for _, l := range lines {
			list(&p.plans, config.LineSubject(one.ID, l.Code), l.Name, true)
		}
	}
	for len(pending) > 0 { // what isn't there yet
		v := pending[0]
		if isHelp(v.Subject) || isDated(v.Subject) || isTemplate(v.Subject) || isWords(v.Subject) || isRule(v.Subject) || isPack(v.Subject) || isGuideline(v.Subject) {
			pending = pending[1:]
		} else if v.Subject.Kind == "program" {
			list(&p.programs, v.Subject, v.Doc["name"], false)
		} else {
			list(&p.plans, v.Subject, v.Doc["name"], v.Subject.Kind == "line")
		}
	}
	if p.dated, err = draftsOf(ctx, r, "wave", "calendar", "delegation"); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: "Programs and plans", Body: settingsView(p), Crumbs: crumbs("Programs and plans")}, nil
}

// subjectPage is one program, plan or type of plan: how it is set, and its
// versions.
type subjectPage struct {
	s         config.Subject
	fields    []config.Field
	now       config.Doc // empty where it isn't there yet
	versions  []config.Version
	open      config.Version // the draft or scheduled one, if any
	live      int            // number of the live version; 0 before any is kept
	title     string
	plan      plan.Plan // of a plan and its types
	lines     []plan.Line
	tried     []config.Tried // test cases, by how it is now
	side      *templateSide  // of a template
	pack      *packSide      // of a rule pack
	guideline *guidelineSide // of a guideline
	key       string
	at        time.Time
	loc       *time.Location
}

var settingsCrumb = ui.Link{Text: "Programs and plans", Href: "/admin/config"}

func subject(ctx context.Context, r *web.Request) (p *subjectPage, err error) {
	return subjectOf(ctx, r, config.Subject{Kind: r.PathValue("kind"), ID: r.PathValue("id")})
}

func subjectOf(ctx context.Context, r *web.Request, s config.Subject) (p *subjectPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &subjectPage{s: s, key: r.Key(), at: r.Tx.Now(), loc: r.Zone(civil.DefaultZone)}
	if p.fields, err = config.Fields(s); err != nil {
		return nil, err
	}
	if p.now, err = config.Current(ctx, r.Tx, s); err != nil {
		return nil, err
	}
	if p.versions, err = config.Versions(ctx, r.Tx, r.By, s); err != nil {
		return nil, err
	}
	for _, v := range p.versions {
		if v.Open() {
			p.open = v
		}
		if v.State == config.Live {
			p.live = v.Number
		}
	}
	return p, p.name(ctx, r)
}

// name finds what p is called; what neither is there nor begun is NotFound,
// but for a type of plan that a plan could have.
func (p *subjectPage) name(ctx context.Context, r *web.Request) (err error) {
	if isDated(p.s) {
		doc := p.now
		if len(doc) == 0 {
			doc = p.open.Doc
		}
		p.title, err = datedTitle(ctx, r, p.s, doc)
		return err
	}
	if isTemplate(p.s) {
		return p.nameTemplate(ctx, r)
	}
	if isWords(p.s) {
		p.title, err = wordsTitle(p.s)
		return err
	}
	if isRule(p.s) {
		return p.nameRule()
	}
	if isPack(p.s) {
		return p.namePack(ctx, r)
	}
	if isGuideline(p.s) {
		return p.nameGuideline(ctx, r)
	}
	p.title = p.now["name"]
	if p.title == "" {
		p.title = p.open.Doc["name"]
	}
	code := ""
	id := plan.ID(p.s.ID)
	if p.s.Kind == "line" {
		id, code = config.LineOf(p.s.ID)
		if p.title == "" {
			p.title = config.Usual(p.s)["name"]
		}
	}
	if p.title == "" {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	if p.s.Kind != "plan" && p.s.Kind != "line" || p.s.Kind == "plan" && len(p.now) == 0 {
		return nil
	}
	if p.plan, err = plan.Get(ctx, r.Tx, id); err != nil {
		return err
	}
	if code != "" {
		p.title = p.plan.Name + ", " + p.title
	}
	p.lines, err = plan.LinesOf(ctx, r.Tx, id)
	return err
}

// examined reports whether there can be test cases of what is set.
func (p *subjectPage) examined() bool {
	_, ok := config.ExamOf(p.s)
	return ok
}

func (p *subjectPage) path() string { return settingPath(p.s) }

func settingPath(s config.Subject) string {
	return "/admin/config/" + s.Kind + "/" + url.PathEscape(s.ID)
}

func (p *subjectPage) crumbs(here string) []ui.Link {
	if here == "" {
		return crumbs(p.title, listOf(p.s))
	}
	return crumbs(here, listOf(p.s), ui.Link{Text: words.AsIs(p.title), Href: p.path()})
}

func showSubject(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := subject(ctx, r)
	if err == nil {
		p.tried, err = config.Try(ctx, r.Tx, p.s, p.now)
	}
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: words.AsIs(p.title), Body: subjectView(p), Wide: true, Crumbs: p.crumbs("")}, nil
}

// nameTemplate finds what a template is called, and what stands beside it.
func (p *subjectPage) nameTemplate(ctx context.Context, r *web.Request) (err error) {
	doc := p.now
	if len(doc) == 0 {
		doc = p.open.Doc
	}
	if len(doc) == 0 {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	if p.side, err = besideTemplate(ctx, r, p.s.ID, doc); err != nil {
		return err
	}
	p.title, p.fields = p.side.full(p.side.source.Case), p.side.choices(p.fields)
	return nil
}

// missing are the types of plan that the plan doesn't have.
func (p *subjectPage) missing() (all []config.Choice) {
	for _, c := range config.LineCodes {
		if !slices.ContainsFunc(p.lines, func(l plan.Line) bool { return l.Code == c.Value }) {
			all = append(all, c)
		}
	}
	return all
}

// A part is fields under one heading.
type part struct {
	name   string
	fields []config.Field
}

func parts(fields []config.Field) (all []part) {
	for _, f := range fields {
		i := slices.IndexFunc(all, func(p part) bool { return p.name == f.Section })
		if i < 0 {
			all, i = append(all, part{name: f.Section}), len(all)
		}
		all[i].fields = append(all[i].fields, f)
	}
	return all
}

func rows(fields []config.Field, d config.Doc) (all []ui.SummaryRow) {
	for _, f := range fields {
		all = append(all, ui.SummaryRow{Key: words.AsIs(f.Label), Value: words.AsIs(f.Words(d[f.Key]))})
	}
	return all
}

func (p *subjectPage) when(t time.Time) string { return civil.When(t, p.loc, p.at).String() }

// due is when a scheduled version goes live, in the zone in which it was said.
func (p *subjectPage) due() string {
	loc, err := civil.Zone(p.open.Zone)
	if err != nil {
		loc = p.loc
	}
	return civil.When(*p.open.EffectiveAt, loc, p.at).String()
}

// changes are what the open version does to what is live now, once it is live.
func (p *subjectPage) changes() []config.Change { return config.Diff(p.s, p.now, p.open.Doc) }

// versionsTable is every version that was live, the latest first.
func (p *subjectPage) versionsTable() ui.TableView {
	t := ui.TableView{Caption: "Versions, the latest first", Columns: []ui.Column{{Header: "Version"}, {Header: "State"}, {Header: "Live since"}, {Header: "Who"}, {Header: "Why"}, {Header: "Compare", Hidden: true}}}
	for _, v := range p.versions {
		if v.Number == 0 {
			continue
		}
		state, compare := ui.Tag(ui.TagNeutral, "Past"), versionLink(p.path()+"/compare?from="+strconv.Itoa(p.live)+"&to="+strconv.Itoa(v.Number), v.Number)
		if v.State == config.Live {
			state, compare = ui.Tag(ui.TagSuccess, "Live"), ui.Text("")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(versionName(v)), state, ui.Text(words.AsIs(p.when(*v.LiveAt))), ui.Text(words.AsIs(v.ByName)), ui.Text(words.AsIs(v.Why)), compare}})
	}
	return t
}

// versionName is a version's number, and the one that letters name.
func versionName(v config.Version) words.Text {
	if n := config.LetterVersion(v.Doc); n != "" {
		return words.Say("Version %s, letters say %s", strconv.Itoa(v.Number), n)
	}
	return words.Say("Version %s", strconv.Itoa(v.Number))
}

func (p *subjectPage) openHeading() string {
	if p.open.State == config.Scheduled {
		return "A version is scheduled"
	}
	return "There is a draft"
}

// openWords say who does what when.
func (p *subjectPage) openWords() string {
	words := upper(count(len(p.changes()), "change")) + ", by " + p.open.ByName + ", " + p.when(p.open.ChangedAt) + "."
	if p.open.State == config.Scheduled {
		words += " Goes live " + p.due() + ": " + p.open.Why
	}
	return words
}
