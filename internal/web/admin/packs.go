package admin

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const packsPath = "/admin/clocks/packs"

var packsCrumb = ui.Link{Text: "Rule packs", Href: packsPath}

func registerPacks(s *web.Server) {
	s.Handle("GET "+packsPath, web.Manage, listPacks)
	s.Handle("GET "+packsPath+"/{pack}/{version}", web.Manage, showPackVersion)
	s.HandleSlow("POST "+packsPath+"/{pack}/file", web.Manage, takePack)
}

// isPack reports whether a subject is a pack of rules about clocks.
func isPack(s config.Subject) bool { return s.Kind == "pack" }

// packUse are the types of plan that go by a pack, by its id.
type packUse map[string][]string

func packsInUse(ctx context.Context, r *web.Request) (packUse, error) {
	plans, err := plan.All(ctx, r.Tx)
	used := packUse{}
	for _, one := range plans {
		lines, err := plan.LinesOf(ctx, r.Tx, one.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			for _, id := range deadline.Used(l) {
				used[id] = append(used[id], one.Name+", "+l.Name)
			}
		}
	}
	return used, err
}

func (u packUse) words(id string) string {
	if len(u[id]) == 0 {
		return "No type of plan"
	}
	return strings.Join(u[id], "; ")
}

type packsPage struct {
	packs []packLine
	used  packUse
	today civil.Date
}

// A packLine is a pack in the list, or a draft of one that is to be.
type packLine struct {
	id   string
	name words.Text
	all  []*deadline.Pack // its versions, the oldest first
	open config.Version
}

func listPacks(ctx context.Context, r *web.Request) (web.Answer, error) {
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	all, err := deadline.Packs(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	p := &packsPage{today: civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone))}
	for _, one := range all {
		if n := len(p.packs); n > 0 && p.packs[n-1].id == one.ID {
			p.packs[n-1].all, p.packs[n-1].name = append(p.packs[n-1].all, one), one.Name
			continue
		}
		p.packs = append(p.packs, packLine{id: one.ID, name: one.Name, all: []*deadline.Pack{one}})
	}
	for _, v := range pending {
		if !isPack(v.Subject) {
			continue
		}
		i := slices.IndexFunc(p.packs, func(l packLine) bool { return l.id == v.Subject.ID })
		if i < 0 {
			p.packs, i = append(p.packs, packLine{id: v.Subject.ID, name: words.AsIs(v.Subject.ID)}), len(p.packs)
		}
		p.packs[i].open = v
	}
	p.used, err = packsInUse(ctx, r)
	return web.Answer{Title: packsCrumb.Text, Body: packsView(p), Wide: true, Crumbs: crumbs(packsCrumb.Text.String(), clocksCrumb)}, err
}

var clocksCrumb = ui.Link{Text: "Clocks", Href: "/admin/clocks"}

func (p *packsPage) table() ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(p.packs), "rule pack")) + ", by id"), Columns: []ui.Column{{Header: "Pack"}, {Header: "Now"}, {Header: "Holds"}, {Header: "Used by"}, {Header: "State"}}}
	for _, l := range p.packs {
		version, holds := "Not yet", words.Text("")
		if now := deadline.Current(l.all, l.id, p.today); now != nil {
			version, holds = now.Version, holdsWords(now)
		} else if len(l.all) > 0 {
			version = "None holds today"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{packLink(l), ui.Text(words.AsIs(version)), ui.Text(holds), ui.Text(words.AsIs(p.used.words(l.id))), packTags(p, l)}})
	}
	return t
}

// coming are the versions that begin later.
func (p *packsPage) coming(l packLine) (all []*deadline.Pack) {
	for _, one := range l.all {
		if !one.Back() && one.From.After(p.today) {
			all = append(all, one)
		}
	}
	return all
}

func (l packLine) own() bool { return slices.ContainsFunc(l.all, (*deadline.Pack).Own) }

func holdsWords(p *deadline.Pack) words.Text {
	if p.To.IsZero() {
		return words.Say("From %s", civil.MediumDate(p.From))
	}
	return words.Say("%s to %s", civil.MediumDate(p.From), civil.MediumDate(p.To))
}

// packSide is what stands beside the text of a pack: its versions, who uses it.
type packSide struct {
	id    string
	now   *deadline.Pack // nil where it isn't there yet
	draft *deadline.Pack // nil for none that can be read
	all   []*deadline.Pack
	used  string
	today civil.Date
}

// namePack finds what a pack is called, and what stands beside it.
func (p *subjectPage) namePack(ctx context.Context, r *web.Request) error {
	side := &packSide{id: p.s.ID, today: civil.DateIn(p.at, p.loc)}
	if len(p.now) > 0 {
		side.now, _ = config.PackOf(p.now)
	}
	if p.open.ID != "" {
		side.draft, _ = config.PackOf(p.open.Doc)
	}
	named := side.now
	if named == nil {
		named = side.draft
	}
	if named == nil {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	p.title, p.pack = named.Name.String(), side
	all, err := deadline.Packs(ctx, r.Tx)
	if err != nil {
		return err
	}
	side.all = slices.DeleteFunc(all, func(one *deadline.Pack) bool { return one.ID != p.s.ID })
	used, err := packsInUse(ctx, r)
	side.used = used.words(p.s.ID)
	return err
}

func (s *packSide) versionsTable() ui.TableView {
	t := ui.TableView{Caption: "Versions and when they hold", Columns: []ui.Column{{Header: "Version"}, {Header: "Holds"}, {Header: "From where"}, {Header: "State"}}}
	current := deadline.Current(s.all, s.id, s.today)
	for _, one := range slices.Backward(s.all) {
		state, origin := ui.Tag(ui.TagNeutral, "Past"), words.Text("Comes with Parley")
		switch {
		case one.Back():
			state = ui.Tag(ui.TagWarning, "Taken back")
		case one == current:
			state = ui.Tag(ui.TagSuccess, "Holds now")
		case one.From.After(s.today):
			state = ui.Tag(ui.TagInfo, "To come")
		}
		if one.Own() {
			origin = "Yours"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{packVersionLink(one), ui.Text(holdsWords(one)), ui.Text(origin), state}})
	}
	return t
}

func packVersionPath(p *deadline.Pack) string {
	return packsPath + "/" + url.PathEscape(p.ID) + "/" + url.PathEscape(p.Version)
}

// packFacts are what a version says of itself.
func packFacts(p *deadline.Pack) []ui.SummaryRow {
	states, basis := "All", "An agreement"
	if len(p.States) > 0 {
		states = strings.Join(p.States, ", ")
	}
	if p.Basis == "law" {
		basis = "Law"
	}
	return []ui.SummaryRow{{Key: "Id and version", Value: words.AsIs(p.ID + ", " + p.Version)}, {Key: "Holds for requests received", Value: holdsWords(p)}, {Key: "Basis", Value: words.AsIs(basis)},
		{Key: "Source", Value: words.AsIs(p.Source)}, {Key: "States of the member", Value: words.AsIs(states)}}
}

// rulesTable is each rule in plain words, with its citation.
func rulesTable(p *deadline.Pack) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(p.Rules), "rule"))), Columns: []ui.Column{{Header: "Request"}, {Header: "Decided within"}, {Header: "In words"}, {Header: "If information is asked for"}, {Header: "More time"}, {Header: "Citation"}}}
	for _, r := range p.Rules {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(requestWords(r))), ui.Text(r.Within.Text()), ui.Text(words.AsIs(strings.TrimSpace(r.Sentence.String() + " " + r.Late.String()))), ui.Text(words.AsIs(missingWords(r.Missing))), ui.Text(words.AsIs(extensionWords(r.Extension))), ui.Text(words.AsIs(r.Citation))}})
	}
	return t
}

func requestWords(r deadline.Rule) string {
	var kinds []string
	for _, k := range r.Kinds {
		kinds = append(kinds, k.Words())
	}
	return upper(strings.Join(kinds, ", ")) + map[string]string{"electronic": ", sent electronically", "other": ", by phone, fax or mail"}[r.Channel]
}

func missingWords(m deadline.Missing) string {
	said := map[deadline.Effect]string{deadline.Pauses: "The clock pauses until the answer.", deadline.Restarts: "The clock begins again with the answer."}[m.Effect]
	if said == "" {
		said = "The clock runs on."
	}
	if m.AskWithin.N > 0 {
		said += " Asked for within " + m.AskWithin.String() + "."
	}
	if m.AnswerWithin.N > 0 {
		said += " At least " + m.AnswerWithin.String() + " to answer."
	}
	if m.Then.N > 0 {
		said += " Then " + m.Then.String() + "."
	}
	if m.MayClose {
		said += " It may be closed if nobody answers."
	}
	return said
}

func extensionWords(e *deadline.Extension) string {
	if e == nil {
		return "None"
	}
	return e.By.String() + ": " + strings.Join(e.Grounds, "; ") + ". " + e.Sentence + " (" + e.Citation + ")"
}

// rightsTable is what members get after a denial.
func rightsTable(p *deadline.Pack) ui.TableView {
	t := ui.TableView{Caption: "Rights of members after a denial", Columns: []ui.Column{{Header: "Right"}, {Header: "Within"}, {Header: "Answered within"}, {Header: "In words"}, {Header: "Citation"}}}
	amount := func(a deadline.Amount, none words.Text) templComponent {
		if a.N == 0 {
			return ui.Text(none)
		}
		return ui.Text(a.Text())
	}
	for _, r := range p.Rights {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(upper(strings.ReplaceAll(string(r.Kind), "_", " ")))), amount(r.Within, "No end"), amount(r.Takes, "Not said"), ui.Text(words.AsIs(r.Sentence)), ui.Text(words.AsIs(r.Citation))}})
	}
	return t
}

// uncovered says about which requests no rule is.
func uncovered(p *deadline.Pack) string {
	var kinds []string
	for _, k := range p.Uncovered() {
		kinds = append(kinds, k.Words())
	}
	return strings.Join(kinds, ", ")
}

func showPackVersion(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	all, err := deadline.Packs(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	i := slices.IndexFunc(all, func(one *deadline.Pack) bool {
		return one.ID == r.PathValue("pack") && one.Version == r.PathValue("version")
	})
	if i < 0 {
		return web.Answer{}, fault.New(fault.NotFound, "We can’t find that.")
	}
	one := all[i]
	title := words.Say("%s, version %s", one.Name, one.Version)
	return web.Answer{Title: title, Body: packVersionView(one, title), Wide: true,
		Crumbs: crumbs(title.String(), clocksCrumb, packsCrumb, ui.Link{Text: one.Name, Href: settingPath(config.PackSubject(one.ID))})}, nil
}

// packEffects are what a draft of a pack touches.
func (p *previewPage) packEffects(ctx context.Context, r *web.Request) error {
	draft := p.pack.draft
	if draft == nil {
		p.effects = []string{"The draft isn’t valid any more. Change it, and it says what is wrong."}
		return nil
	}
	n, err := deadline.Open(ctx, r.Tx, draft.ID)
	if err != nil {
		return err
	}
	gone, err := deadline.Replaces(ctx, r.Tx, draft)
	if err != nil {
		return err
	}
	p.effects = []string{"It holds for requests received: " + lower(holdsWords(draft).String()) + ".",
		upper(count(n, "open request")) + goWord(n) + " by this pack. Each keeps the version that held when it was received.",
		"Used by: " + p.pack.used + "."}
	for _, one := range gone {
		p.effects = append(p.effects, "Version "+one.Version+", which holds from "+civil.MediumDate(one.From).String()+", is taken back. Requests that began under it keep it.")
	}
	if none := uncovered(draft); none != "" {
		p.effects = append(p.effects, "No rule of it is about: "+none+".")
	}
	return nil
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func goWord(n int) string {
	if n == 1 {
		return " goes"
	}
	return " go"
}

// eachLine puts each thing that is wrong with a pack's text on a line of its
// own.
func (p *editPage) eachLine() (lines []ui.FieldError) {
	_, bad := config.PackOf(p.doc)
	for _, one := range bad {
		lines = append(lines, ui.FieldError{Field: "text", Text: words.AsIs(one.String())})
	}
	return lines
}
