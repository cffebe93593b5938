package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const guidelinesPath = "/admin/guidelines"

var guidelinesCrumb = ui.Link{Text: "Guidelines", Href: guidelinesPath}

func registerGuidelines(s *web.Server) {
	s.Handle("GET "+guidelinesPath, web.Manage, listGuidelines)
	s.HandleSlow("POST "+guidelinesPath+"/file", web.Manage, takeGuideline)
	s.HandleSlow("POST "+guidelinesPath+"/{guideline}/file", web.Manage, takeGuideline)
	s.Handle("GET "+guidelinesPath+"/{guideline}/try", web.Manage, tryGuideline)
	s.Handle("GET "+guidelinesPath+"/{guideline}/versions/{version}", web.Manage, showGuidelineVersion)
}

// isGuideline reports whether a subject is a guideline with its questionnaire.
func isGuideline(s config.Subject) bool { return s.Kind == "guideline" }

type guidelinesPage struct {
	all   []guidelineLine
	today civil.Date
	key   string
}

// A guidelineLine is a guideline in the list, or a draft of one that is to be.
type guidelineLine struct {
	id, title string
	all       []guideline.Published // its versions, the newest first
	open      config.Version
}

func listGuidelines(ctx context.Context, r *web.Request) (web.Answer, error) {
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	every, err := guideline.Every(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	p := &guidelinesPage{today: civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone)), key: r.Key()}
	for _, one := range every {
		i := slices.IndexFunc(p.all, func(l guidelineLine) bool { return l.id == one.ID })
		if i < 0 {
			p.all, i = append(p.all, guidelineLine{id: one.ID, title: one.Title}), len(p.all)
		}
		p.all[i].all = append(p.all[i].all, one)
	}
	for _, v := range pending {
		if !isGuideline(v.Subject) {
			continue
		}
		i := slices.IndexFunc(p.all, func(l guidelineLine) bool { return l.id == v.Subject.ID })
		if i < 0 {
			p.all, i = append(p.all, guidelineLine{id: v.Subject.ID, title: v.Subject.ID}), len(p.all)
		}
		p.all[i].open = v
	}
	return web.Answer{Title: guidelinesCrumb.Text, Body: guidelinesView(p), Wide: true, Crumbs: crumbs(guidelinesCrumb.Text.String())}, nil
}

// inEffect is the version that holds on a day; nil for none.
func inEffect(all []guideline.Published, day civil.Date) *guideline.Published {
	for i, one := range all {
		if !one.Back && one.In(day) {
			return &all[i]
		}
	}
	return nil
}

func (p *guidelinesPage) table() ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(p.all), "guideline")) + ", by title"), Columns: []ui.Column{{Header: "Guideline"}, {Header: "Now"}, {Header: "Holds"}, {Header: "For"}, {Header: "Rests on"}, {Header: "State"}}}
	for _, l := range p.all {
		version, holds, whom, sources := "Not yet", words.Text(""), "", ""
		if now := inEffect(l.all, p.today); now != nil {
			version, holds, whom, sources = now.Version.Version, guidelineDays(now.Version), forWhom(now.Version), sourcesWords(now.Version)
		} else if len(l.all) > 0 {
			version = "None holds today"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{guidelineLink(l), ui.Text(words.AsIs(version)), ui.Text(holds), ui.Text(words.AsIs(whom)), ui.Text(words.AsIs(sources)), guidelineTags(p, l)}})
	}
	return t
}

// coming are the versions that begin later.
func (p *guidelinesPage) coming(l guidelineLine) (all []guideline.Published) {
	for _, one := range l.all {
		if !one.Back && one.From.After(p.today) {
			all = append(all, one)
		}
	}
	return all
}

func guidelineDays(v *guideline.Version) words.Text {
	if v.To.IsZero() {
		return words.Say("From %s", civil.MediumDate(v.From))
	}
	return words.Say("%s to %s", civil.MediumDate(v.From), civil.MediumDate(v.To))
}

// forWhom is for what programs, plans and procedures a version is.
func forWhom(v *guideline.Version) string {
	plans := "every plan"
	if len(v.Plans) > 0 {
		plans = strings.Join(v.Plans, ", ")
	}
	return strings.Join(v.Programs, ", ") + "; " + plans + "; " + strings.Join(v.Codes, ", ")
}

func sourcesWords(v *guideline.Version) string {
	var all []string
	for _, s := range v.Sources {
		all = append(all, s.Publisher+", "+strconv.Itoa(s.Year))
	}
	return strings.Join(all, "; ")
}

// guidelineSide is what stands beside the text of a guideline.
type guidelineSide struct {
	id         string
	now, draft *guideline.Version // nil for none
	all        []guideline.Published
	today      civil.Date
}

// nameGuideline finds what a guideline is called, and what stands beside it.
func (p *subjectPage) nameGuideline(ctx context.Context, r *web.Request) error {
	side := &guidelineSide{id: p.s.ID, today: civil.DateIn(p.at, p.loc)}
	if len(p.now) > 0 {
		side.now, _ = config.GuidelineOf(p.now)
	}
	if p.open.ID != "" {
		side.draft, _ = config.GuidelineOf(p.open.Doc)
	}
	named := side.now
	if named == nil {
		named = side.draft
	}
	if named == nil {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	p.title, p.guideline = named.Title, side
	all, err := guideline.Every(ctx, r.Tx)
	side.all = slices.DeleteFunc(all, func(one guideline.Published) bool { return one.ID != p.s.ID })
	return err
}

func (s *guidelineSide) versionsTable() ui.TableView {
	t := ui.TableView{Caption: "Versions and when they hold", Columns: []ui.Column{{Header: "Version"}, {Header: "Holds"}, {Header: "Published by"}, {Header: "State"}}}
	current := inEffect(s.all, s.today)
	for i, one := range s.all {
		state := ui.Tag(ui.TagNeutral, "Past")
		switch {
		case one.Back:
			state = ui.Tag(ui.TagWarning, "Taken back")
		case &s.all[i] == current:
			state = ui.Tag(ui.TagSuccess, "Holds now")
		case one.From.After(s.today):
			state = ui.Tag(ui.TagInfo, "To come")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{guidelineVersionLink(one.Version), ui.Text(guidelineDays(one.Version)), ui.Text(words.AsIs(one.By)), state}})
	}
	return t
}

func guidelineVersionPath(v *guideline.Version) string {
	return guidelinesPath + "/" + url.PathEscape(v.ID) + "/versions/" + url.PathEscape(v.Version)
}

func guidelineFacts(v *guideline.Version) []ui.SummaryRow {
	plans := "Every plan"
	if len(v.Plans) > 0 {
		plans = strings.Join(v.Plans, ", ")
	}
	return []ui.SummaryRow{{Key: "Id and version", Value: words.AsIs(v.ID + ", " + v.Version)}, {Key: "About", Value: words.AsIs(v.About)}, {Key: "Holds for dates of service", Value: guidelineDays(v)},
		{Key: "Programs", Value: words.AsIs(strings.Join(v.Programs, ", "))}, {Key: "Plans", Value: words.AsIs(plans)}, {Key: "Procedures", Value: words.AsIs(strings.Join(v.Codes, ", "))}}
}

func showGuidelineVersion(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	all, err := guideline.Every(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	i := slices.IndexFunc(all, func(p guideline.Published) bool {
		return p.ID == r.PathValue("guideline") && p.Version.Version == r.PathValue("version")
	})
	if i < 0 {
		return web.Answer{}, fault.New(fault.NotFound, "We can’t find that.")
	}
	one := all[i]
	return web.Answer{Title: words.AsIs(one.Name()), Body: guidelineVersionView(one), Wide: true,
		Crumbs: crumbs(one.Name(), guidelinesCrumb, ui.Link{Text: words.AsIs(one.Title), Href: settingPath(config.GuidelineSubject(one.ID))})}, nil
}

// guidelineEffects are what a draft of a guideline touches.
func (p *previewPage) guidelineEffects(ctx context.Context, r *web.Request) error {
	draft := p.guideline.draft
	if draft == nil {
		p.effects = []string{"The draft isn’t valid any more. Change it, and it says what is wrong."}
		return nil
	}
	n, err := guideline.Unfinished(ctx, r.Tx, draft.ID)
	if err != nil {
		return err
	}
	gone, err := guideline.Replaces(ctx, r.Tx, draft)
	if err != nil {
		return err
	}
	p.effects = []string{"It holds for dates of service " + lower(guidelineDays(draft).String()) + ". It is for " + forWhom(draft) + ".",
		upper(count(n, "request")) + " with its questions " + isWord(n) + " being written. What was sent keeps its version."}
	for _, one := range gone {
		p.effects = append(p.effects, "Version "+one.Version.Version+", which holds from "+civil.MediumDate(one.From).String()+", is taken back. Answers that were sent keep it.")
	}
	return nil
}

func isWord(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// coverageWords say how a guideline fares in its own tests.
func coverageWords(r guideline.Report) string {
	said := upper(count(r.Passed, "check")) + " passed"
	if len(r.Failed) == 0 {
		return said + ": each question can be asked, each criterion met, and each test case comes out as it says."
	}
	unreached := 0
	for _, m := range r.Failed {
		if strings.HasPrefix(m.Text, "no answers can meet") {
			unreached++
		}
	}
	if said += ", " + strconv.Itoa(len(r.Failed)) + " didn’t."; unreached > 0 {
		said += " " + upper(strings.Replace(count(unreached, "criterion"), "criterions", "criteria", 1)) + " can’t be reached."
	}
	return said + " It can’t go live before all do."
}

func coverageTable(r guideline.Report) ui.TableView {
	t := ui.TableView{Caption: "What is not as it should be", Columns: []ui.Column{{Header: "Where"}, {Header: "What"}}}
	for _, m := range r.Failed {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(m.Place)), ui.Text(words.AsIs(m.Text))}})
	}
	return t
}

// eachMistake puts each thing that is wrong with a guideline's text on a line of
// its own.
func (p *editPage) eachMistake() (lines []ui.FieldError) {
	_, bad := config.GuidelineOf(p.doc)
	for _, one := range bad {
		lines = append(lines, ui.FieldError{Field: "text", Text: words.AsIs(one.String())})
	}
	return lines
}

// groupWords name criteria that are put together.
func groupWords(w guideline.Weighed) string {
	if w.Sentence == "" {
		return w.How
	}
	return w.Sentence + " (" + lower(w.How) + ")"
}

// citedWords say on what a criterion rests, of the guideline and of its source.
func citedWords(w guideline.Weighed) string {
	all := slices.DeleteFunc([]string{w.Section, w.Source.Cite(), w.Citation}, func(s string) bool { return s == "" })
	return strings.Join(all, ". ")
}
