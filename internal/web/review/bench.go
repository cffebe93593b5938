package review

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// benchPage is a case on the bench: what was asked for, the criteria as the
// reviewer marks them, and the evidence.
type benchPage struct {
	*casePage
	answers   []request.Questions
	marks     map[string]review.Mark
	here      []string      // others who look at the case
	notes     []order.Event // that the office doesn't read
	typed     url.Values    // a form that came back
	failed    int           // the criterion whose form came back; 0 for none
	n         int           // criteria drawn so far
	visit     review.Visit
	mayReplay bool
	keys      review.Keys
	came      order.Event // how the case came in
	news      []news
	talks     talks
}

func openBench(ctx context.Context, r *web.Request) (*benchPage, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.bench(ctx, r)
}

// bench is the case with what stands beside it.
func (c *casePage) bench(ctx context.Context, r *web.Request) (*benchPage, error) {
	p := &benchPage{casePage: c, typed: url.Values{}, mayReplay: r.By.Can(account.Supervise) || r.By.Can(account.ReadAudit)}
	var err error
	if r.By.Can(account.ReadClinical) {
		if p.answers, err = request.Answers(ctx, r.Tx, r.By, c.o); err != nil {
			return nil, err
		}
	}
	if p.keys, err = review.KeysOf(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	if p.marks, err = review.Marks(ctx, r.Tx, c.o.ID, c.now); err != nil {
		return nil, err
	}
	if p.talks, err = talksOf(ctx, r, c.o); err != nil {
		return nil, err
	}
	if p.here, err = review.AlsoHere(ctx, r.Tx, r.By, c.o.ID); err != nil {
		return nil, err
	}
	events, err := order.Events(ctx, r.Tx, r.By, c.o.ID)
	for _, e := range events {
		p.came = e // the newest is first
		if e.Internal && e.Kind == "note" {
			p.notes = append(p.notes, e)
		}
	}
	if err != nil {
		return nil, err
	}
	return p, p.since(ctx, r, events)
}

func (p *benchPage) page() web.Answer { return p.answer(benchView(p)) }

func showCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openBench(ctx, r)
	if errors.Is(err, review.ErrUnopened) {
		return web.Answer{SeeOther: "/review/cases/" + r.PathValue("order") + "/open"}, nil
	}
	if err != nil {
		return web.Answer{}, err
	}
	by, id := r.By, p.o.ID
	return p.page(), r.Tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error { return review.See(ctx, tx, by, id) })
}

// refused shows the case with what was typed and what is wrong with it.
func (p *benchPage) refused(r *web.Request, err error, fields ...string) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return web.Answer{}, err
	}
	p.typed, p.faults, p.errors = r.Form, f.Fields, web.Errors(err, fields...)
	return p.page(), err
}

func sendUp(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err == nil {
		_, err = review.SendUp(ctx, r.Tx, r.By, o, strings.TrimSpace(r.Value("note")))
	}
	return afterForm(ctx, r, err, "/review", "note")
}

func addNote(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err == nil {
		err = review.Jot(ctx, r.Tx, r.By, o, strings.TrimSpace(r.Value("words")))
	}
	return afterForm(ctx, r, err, "/review/cases/"+o.Number+"#notes", "words")
}

// afterForm leads on, or shows the case with what was typed and what is wrong
// with it.
func afterForm(ctx context.Context, r *web.Request, err error, to, field string) (web.Answer, error) {
	if err == nil {
		return web.Answer{SeeOther: to}, nil
	}
	if fault.Of(err).Kind == fault.NotFound {
		return web.Answer{}, err
	}
	p, openErr := openBench(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	return p.refused(r, err, field)
}

func saveMark(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openBench(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	n := r.Value("n")
	v := func(name string) string { return strings.TrimSpace(r.Value(name + "_" + n)) }
	m := review.Mark{Guideline: r.Value("guideline"), Criterion: r.Value("criterion"), Says: v("says"), FileID: v("file"), Note: v("note")}
	if text := v("page"); text != "" {
		if m.Page, err = strconv.Atoi(text); err != nil {
			m.Page = -1
		}
	}
	if err = p.known(m); err == nil {
		err = review.SaveMark(ctx, r.Tx, r.By, p.o, m)
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number + "#criterion-" + n}, nil
	}
	f := fault.Of(err)
	for _, name := range []string{"says", "page", "file", "note"} { // each criterion has its own fields
		if text, ok := f.Fields[name]; ok {
			delete(f.Fields, name)
			f.Fields[name+"_"+n] = text
		}
	}
	p.failed, _ = strconv.Atoi(n)
	return p.refused(r, err, "says_"+n, "page_"+n, "file_"+n, "note_"+n)
}

// known refuses a mark of what is no criterion of the case.
func (p *benchPage) known(m review.Mark) error {
	for _, q := range p.answers {
		if q.Guideline.Name() == m.Guideline && has(q.Meter().Lines, m.Criterion) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "The criteria of this case changed. Look at them again.")
}

func has(lines []guideline.MeterLine, id string) bool {
	for _, l := range lines {
		if string(l.Criterion) == id && len(l.Of) == 0 || has(l.Of, id) {
			return true
		}
	}
	return false
}

// number gives the next criterion its number on the page.
func (p *benchPage) number() int {
	p.n++
	return p.n
}

// mark is the one that stands for a criterion, and whether there is one.
func (p *benchPage) mark(q request.Questions, l guideline.MeterLine) (review.Mark, bool) {
	m, ok := p.marks[q.Guideline.Name()+"/"+string(l.Criterion)]
	return m, ok
}

// value is what stands in a field of a criterion's form: what was typed, else
// what was marked.
func (p *benchPage) value(name string, n int, marked string) string {
	if p.failed == n {
		return p.typed.Get(field(name, n))
	}
	return marked
}

func (p *benchPage) says(n int, m review.Mark) ui.Group {
	g := ui.Group{Name: field("says", n), Legend: "What the records show", Small: true, Error: p.faults[field("says", n)]}
	for _, s := range []string{review.MarkMet, review.MarkNotMet, review.MarkNotShown} {
		g.Options = append(g.Options, ui.Option{Value: s, Label: words.AsIs(review.SaysWords[s]), Checked: p.value("says", n, m.Says) == s})
	}
	return g
}

func (p *benchPage) evidence(n int, m review.Mark) []ui.Option {
	all := []ui.Option{{Label: "None"}}
	for _, f := range p.files {
		all = append(all, ui.Option{Value: f.ID, Label: words.AsIs(f.Name), Checked: p.value("file", n, m.FileID) == f.ID})
	}
	return all
}

// counted says how the criteria of a guideline are marked: "2 met, 1 not met,
// 4 to mark".
func (p *benchPage) counted(q request.Questions) string {
	count := map[string]int{}
	p.each(q.Meter().Lines, func(l guideline.MeterLine) {
		m, _ := p.mark(q, l)
		count[m.Says]++
	})
	words := strconv.Itoa(count[review.MarkMet]) + " met, " + strconv.Itoa(count[review.MarkNotMet]) + " not met, " + strconv.Itoa(count[review.MarkNotShown]) + " not shown"
	if count[""] > 0 {
		words += ", " + strconv.Itoa(count[""]) + " to mark"
	}
	return words
}

// each visits the criteria that are rules themselves.
func (p *benchPage) each(lines []guideline.MeterLine, visit func(guideline.MeterLine)) {
	for _, l := range lines {
		if len(l.Of) == 0 {
			visit(l)
		}
		p.each(l.Of, visit)
	}
}

// tallyWords is how criteria stood when the order was sent.
func tallyWords(t review.Tally) words.Text {
	if !t.Known() {
		return "No criteria"
	}
	return words.Say("%s met, %s not met, %s not shown", strconv.Itoa(t.Met), strconv.Itoa(t.NotMet), strconv.Itoa(t.NotShown))
}
