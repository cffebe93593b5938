package admin

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var wordsCrumb = ui.Link{Text: "Words and languages", Href: "/admin/words"}

// isWords reports whether a subject is a text or the name of the service.
func isWords(s config.Subject) bool { return s.Kind == "text" || s == config.ServiceSubject }

// wordsPage is all that the program says to offices, to be searched.
type wordsPage struct {
	q, part  string
	own      bool // only what is said otherwise here, or is to be
	asked    bool // somebody asked for something
	from     int  // the first that is shown, from 0
	found    []words.Entry
	shares   []words.Share
	together words.Share
	said     map[string]words.Wording // otherwise here, by key
	open     map[config.Subject]config.Version
	gone     []words.Wording // otherwise here, but the program doesn't say it any more
	service  wording.Service
	named    string // as the program was started
}

const shownTexts = 25

func listWords(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p := &wordsPage{q: strings.TrimSpace(r.Query("q")), part: r.Query("part"), own: r.Query("own") != "", named: r.Settings.Name,
		said: map[string]words.Wording{}, open: map[config.Subject]config.Version{}}
	p.from, _ = strconv.Atoi(r.Query("from"))
	if p.asked = len(r.URL.RawQuery) > 0; !p.asked {
		p.own = true
	}
	p.shares, p.together = words.Shares(words.Entries())
	all, err := wording.All(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, w := range all {
		p.said[w.Key] = w
		if _, known := words.EntryFor(w.Key); !known {
			p.gone = append(p.gone, w)
		}
	}
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	for _, v := range pending {
		if isWords(v.Subject) {
			p.open[v.Subject] = v
		}
	}
	p.search()
	p.service, err = wording.ServiceOf(ctx, r.Tx)
	return web.Answer{Title: wordsCrumb.Text, Body: wordsView(p), Wide: true, Crumbs: crumbs(wordsCrumb.Text.String())}, err
}

// search finds the texts in which all words stand, in English or in Spanish, as
// they are said here or as the program says them.
func (p *wordsPage) search() {
	wanted := strings.Fields(folded(p.q))
	for _, e := range words.Entries() {
		w, own := p.said[e.Key]
		if p.part != "" && e.Part() != p.part || p.own && !own && p.open[config.TextSubject(e)].ID == "" {
			continue
		}
		text := folded(strings.Join([]string{e.Context, e.English, e.Spanish, w.English, w.Spanish}, "\n"))
		if !slices.ContainsFunc(wanted, func(one string) bool { return !strings.Contains(text, one) }) {
			p.found = append(p.found, e)
		}
	}
	slices.SortStableFunc(p.found, func(a, b words.Entry) int { return len(a.English) - len(b.English) }) // labels before sentences
	if p.from < 0 || p.from >= len(p.found) {
		p.from = 0
	}
}

// folded is a text without what keeps it from being found: capitals, accents and
// the two kinds of apostrophe.
func folded(s string) string { return accents.Replace(strings.ToLower(s)) }

var accents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", "’", "'")

func (p *wordsPage) href(from int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": p.q, "part": p.part} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if p.own {
		q.Set("own", "yes")
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	if p.asked && len(q) == 0 {
		q.Set("q", "")
	}
	return wordsCrumb.Href + "?" + q.Encode() + "#texts"
}

func (p *wordsPage) shown() []words.Entry {
	return p.found[p.from:min(len(p.found), p.from+shownTexts)]
}

func (p *wordsPage) shownWords() string {
	return "Showing " + strconv.Itoa(p.from+1) + " to " + strconv.Itoa(p.from+len(p.shown())) + " of " + grouped(int64(len(p.found)))
}

func (p *wordsPage) texts() ui.TableView {
	t := ui.TableView{Caption: "Texts, labels before sentences", Columns: []ui.Column{{Header: "English, its key"}, {Header: "Spanish"}, {Header: "Where it stands"}, {Header: "Here"}}}
	for _, e := range p.shown() {
		w := p.said[e.Key]
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{wordingCell(e, w), spanishCell(e, w), ui.Text(words.AsIs(placesWords(e))), wordingTag(w, p.open[config.TextSubject(e)])}})
	}
	return t
}

// completeness says how much of each part is there in each language: English is
// what the program is written in.
func (p *wordsPage) completeness() ui.TableView {
	t := ui.TableView{Caption: "How much of what offices read is there in each language", Columns: []ui.Column{{Header: "Part"}, {Header: "Texts"}, {Header: "English"}, {Header: "Spanish"}, {Header: "Otherwise here"}}}
	own := map[string]int{}
	for key := range p.said {
		if e, known := words.EntryFor(key); known {
			own[e.Part()]++
		}
	}
	row := func(name templComponent, s words.Share, here int) {
		cells := []templComponent{name}
		for _, text := range []string{grouped(int64(s.Texts)), "100%", strconv.Itoa(s.Percent()) + "%", strconv.Itoa(here)} {
			cells = append(cells, ui.Text(words.AsIs(text)))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	row(ui.Text("Together"), p.together, len(p.said)-len(p.gone))
	for _, s := range slices.SortedStableFunc(slices.Values(p.shares), func(a, b words.Share) int { return strings.Compare(partWords(a.Part), partWords(b.Part)) }) {
		row(partLink(s.Part), s, own[s.Part])
	}
	return t
}

func (p *wordsPage) togetherWords() string {
	return "Of " + grouped(int64(p.together.Texts)) + " texts, 100% are in English and " + strconv.Itoa(p.together.Percent()) + "% (" + grouped(int64(p.together.Translated)) + ") in Spanish. " + upper(count(len(p.said)-len(p.gone), "text")) + areWord(len(p.said)-len(p.gone)) + " said otherwise here."
}

// partNames are the parts of the program in words.
var partNames = map[string]string{
	"internal/web/portal": "Pages for offices", "internal/web/access": "Sign-in, accounts and registration", "internal/web/help": "Help", "internal/web/ui": "What all pages have",
	"internal/web": "Faults and notices of all pages", "internal/web/ui/static": "Scripts in the browser", "internal/domain/deadline/packs": "Rules of clocks", "internal/fault": "Faults",
	"internal/domain/account": "Accounts and organizations", "internal/domain/appeal": "Appeals", "internal/domain/attachment": "Files", "internal/domain/audit": "Audit", "internal/domain/civil": "Dates and times",
	"internal/domain/code": "Codes", "internal/domain/config": "Configuration", "internal/domain/deadline": "Clocks", "internal/domain/guideline": "Clinical questions", "internal/domain/help": "Help center",
	"internal/domain/hold": "Legal holds", "internal/domain/home": "Home", "internal/domain/legacy": "Orders of older platforms", "internal/domain/letter": "Letters", "internal/domain/member": "Members and eligibility",
	"internal/domain/merge": "Records made one", "internal/domain/message": "Messages", "internal/domain/newsletter": "Newsletter", "internal/domain/notice": "Announcements and maintenance", "internal/domain/notify": "Mails and calendar files",
	"internal/domain/order": "Orders and their statuses", "internal/domain/peer": "Peer-to-peer calls", "internal/domain/plan": "Plans and roll-out", "internal/domain/provider": "Providers and places", "internal/domain/request": "Requests",
	"internal/domain/retention": "Retention", "internal/domain/review": "Review and decisions", "internal/domain/survey": "Surveys", "internal/domain/training": "Training", "internal/domain/wording": "Words and languages",
	"internal/domain/worklist": "Lists of work", "internal/infra/blob": "Stored files", "internal/infra/feed": "Imported files", "internal/infra/job": "Jobs", "internal/infra/secret": "Passwords and keys",
}

// partWords are a part of the program in words; its folder where it has none.
func partWords(part string) string { return cmp.Or(partNames[part], part) }

// placesWords are the parts of the program that say a text.
func placesWords(e words.Entry) string {
	var all []string
	for _, place := range e.Places {
		if name := partWords(path.Dir(place)); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

func (p *wordsPage) parts() []ui.Option {
	all := []ui.Option{{Label: "All parts"}}
	for _, s := range p.shares {
		all = append(all, ui.Option{Value: s.Part, Label: words.AsIs(partWords(s.Part)), Checked: s.Part == p.part})
	}
	slices.SortStableFunc(all[1:], func(a, b ui.Option) int { return strings.Compare(a.Label.String(), b.Label.String()) })
	return all
}

// serviceFacts are what the service is called.
func (p *wordsPage) serviceFacts() []ui.SummaryRow {
	name, former := p.service.Name, []string{}
	if name == "" {
		name = words.Service.By(words.NewOwn(p.named, nil).In(words.English)) + ", as the program was started"
	}
	for _, f := range p.service.Former {
		former = append(former, f.Words().String())
	}
	if len(former) == 0 {
		former = []string{"None"}
	}
	return []ui.SummaryRow{{Key: "Name", Value: words.AsIs(name)}, {Key: "Former names", Value: words.AsIs(strings.Join(former, " "))}}
}

// titled is a text as a title: the first words of it.
func titled(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most])) + "…"
	}
	return "“" + text + "”"
}

// wordsTitle is what a text, or the name of the service, is called as a subject.
func wordsTitle(s config.Subject) (string, error) {
	if s == config.ServiceSubject {
		return "Name of the service", nil
	}
	e, known := words.EntryOf(s.ID)
	if !known {
		return "", fault.New(fault.NotFound, "We can’t find that.")
	}
	return titled(e.English), nil
}

// called is the title of a subject in a sentence.
func (p *subjectPage) called() string {
	if p.s == config.ServiceSubject {
		return "the name of the service"
	}
	return p.title
}

// textFacts are what the program says, and where.
func textFacts(s config.Subject) (all []ui.SummaryRow) {
	e, known := words.EntryOf(s.ID)
	if s.Kind != "text" || !known {
		return nil
	}
	all = []ui.SummaryRow{{Key: "English", Value: words.AsIs(e.English)}, {Key: "Spanish", Value: words.AsIs(e.Spanish)}}
	if e.Context != "" {
		all = append(all, ui.SummaryRow{Key: "Which is meant", Value: words.AsIs(e.Context)})
	}
	if g := words.Gaps(e.English); g != "" {
		all = append(all, ui.SummaryRow{Key: "Values", Value: words.AsIs(g + ". The program puts values there: your texts need each of them once")})
	}
	return append(all, ui.SummaryRow{Key: "Where it stands", Value: words.AsIs(placesWords(e) + " (" + strings.Join(e.Places, ", ") + ")")})
}

// wordsWarnings are what to think of before a draft goes live.
func (p *previewPage) wordsWarnings() (all []string) {
	if config.Relied(p.s) && p.open.Doc["en"] != p.now["en"] {
		all = append(all, "The guides name this button, and scripts of offices click it by its text. Tell those who run scripts before it changes.")
	}
	if p.s != config.ServiceSubject {
		return all
	}
	was := p.now["name"]
	s, err := config.ServiceWith(p.open.Doc)
	if err == nil && was != "" && was != s.Name && !slices.ContainsFunc(s.Former, func(f wording.Former) bool { return f.Name == was }) {
		all = append(all, "“"+was+"” isn’t among the former names: nobody who looks for it finds that it is this service.")
	}
	return all
}
