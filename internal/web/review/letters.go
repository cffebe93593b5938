package review

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// lettersPage is the letters that need a hand. No patient is named in it.
type lettersPage struct {
	view   letter.View
	counts map[letter.View]int
	tasks  []letter.Task
	key    string
	loc    *time.Location
	now    time.Time
}

func listLetters(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &lettersPage{view: letter.NeedsFix, key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if v := letter.View(r.Query("view")); slices.Contains(letter.Views, v) {
		p.view = v
	}
	var err error
	if p.counts, err = letter.Counts(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	p.tasks, err = letter.Tasks(ctx, r.Tx, r.By, p.view)
	return web.Answer{Title: "Letters", Body: lettersView(p), Wide: true}, err
}

func printLetters(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, _, err := letter.Print(ctx, r.Tx, r.By)
	if fault.Is(err, fault.Conflict) {
		err = nil // somebody printed them meanwhile, and the list says so
	}
	return web.Answer{SeeOther: "/review/letters?view=printed"}, err
}

func (p Pages) showBatch(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, heads, err := letter.Batch(ctx, r.Tx, r.By, r.PathValue("batch"))
	if err != nil {
		return web.Answer{}, err
	}
	sheets, err := letter.Sheets(ctx, p.Files, all, heads)
	return web.Answer{File: &web.File{Name: "letters.pdf", Type: "application/pdf", Body: sheets}}, err
}

func batchMailed(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/review/letters?view=printed"}, letter.Mailed(ctx, r.Tx, r.By, r.PathValue("batch"))
}

// letterPage is one letter for who sees to it.
type letterPage struct {
	l      letter.Letter
	o      order.Order
	plan   plan.Plan
	ways   []letter.Delivery
	worded bool // a person can say what is in it otherwise
	typed  string
	proof  string
	why    string
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	loc    *time.Location
	now    time.Time
}

func openLetter(ctx context.Context, r *web.Request) (*letterPage, error) {
	p := &letterPage{key: r.Key(), now: r.Tx.Now(), faults: map[string]words.Text{}}
	var err error
	if p.l, p.o, err = letter.Find(ctx, r.Tx, r.By, r.PathValue("letter")); err != nil {
		return nil, err
	}
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return nil, err
	}
	p.loc = r.Zone(p.plan.TimeZone)
	all, err := letter.Deliveries(ctx, r.Tx, []letter.Letter{p.l})
	if err != nil {
		return nil, err
	}
	p.ways = all[p.l.ID]
	if p.l.Status == letter.Held {
		p.typed, p.worded, err = letter.Wording(ctx, r.Tx, p.l, p.o)
	}
	return p, err
}

func (p *letterPage) answer() web.Answer {
	name := "Letter about order " + order.Spaced(p.o.Number)
	return web.Answer{Title: words.AsIs(name), Body: letterTaskView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Letters", Href: "/review/letters"}, {Text: words.AsIs(name)}}}
}

func (p Pages) showLetter(ctx context.Context, r *web.Request) (web.Answer, error) {
	at, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return at.answer(), nil
}

func (p Pages) mendLetter(ctx context.Context, r *web.Request) (web.Answer, error) {
	at, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	at.typed = strings.TrimSpace(r.Value("plain"))
	if at.l.Status != letter.Held {
		return web.Answer{SeeOther: "/review/letters/" + at.l.ID}, nil
	}
	mended, err := letter.Mend(ctx, r.Tx, r.By, at.l, at.o, at.typed)
	if err == nil {
		at.l.Problems = mended.Problems
		if mended.Status == letter.Held {
			return web.Answer{SeeOther: "/review/letters/" + at.l.ID}, nil
		}
		return web.Answer{SeeOther: "/review/letters"}, nil
	}
	return at.refused(err, "plain")
}

func (p *letterPage) refused(err error, fields ...string) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, fields...)
	return p.answer(), err
}

func (p Pages) letterPDF(ctx context.Context, r *web.Request) (web.Answer, error) {
	at, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	head, err := letter.Letterhead(at.plan).Print(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	content, err := letter.PDF(ctx, p.Files, at.l, head)
	return web.Answer{File: &web.File{Name: at.l.FileName(at.o.Number), Type: "application/pdf", Body: content}}, err
}

func (p Pages) settleDelivery(ctx context.Context, r *web.Request) (web.Answer, error) {
	at, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	d := r.PathValue("delivery")
	if !slices.ContainsFunc(at.ways, func(w letter.Delivery) bool { return w.ID == d }) {
		return web.Answer{}, fault.New(fault.NotFound, "We can't find that letter.")
	}
	at.proof, at.why = strings.TrimSpace(r.Value("proof")), strings.TrimSpace(r.Value("why"))
	switch r.Value("action") {
	case "faxed":
		err = letter.Faxed(ctx, r.Tx, r.By, d, at.proof)
	case "again":
		err = letter.Again(ctx, r.Tx, r.By, d)
	default:
		err = letter.Return(ctx, r.Tx, r.By, d, at.why)
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/letters/" + at.l.ID}, nil
	}
	return at.refused(err, "proof", "why")
}

// about is a letter in a few words: "Denied, to the member in Spanish".
func aboutLetter(l letter.Letter) string {
	s := l.Kind.Words() + ", to the office"
	if l.Audience == letter.Member {
		s = l.Kind.Words() + ", to the member"
	}
	if l.Language == "es" {
		s += " in Spanish"
	}
	return s
}

func (p *lettersPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Text(p.view.Words()), Columns: []ui.Column{{Header: "Letter"}, {Header: "Order"}, {Header: "Plan"}, {Header: "Decision due"}, {Header: "What to do"}}}
	for _, task := range p.tasks {
		due := "No due time"
		if task.Due != nil {
			due = civil.Deadline(*task.Due, p.loc, p.now).String()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{letterLink(task), ui.Text(words.AsIs(order.Spaced(task.Number))), ui.Text(words.AsIs(task.Plan)), ui.Text(words.AsIs(due)), ui.Text(words.AsIs(p.todo(task)))}})
	}
	return t
}

func (p *lettersPage) todo(t letter.Task) string {
	switch {
	case t.Status == letter.Held && len(t.Problems) > 0:
		words := t.Problems[0].Text
		if n := len(t.Problems) - 1; n > 0 {
			words += " And " + strconv.Itoa(n) + " more."
		}
		return words
	case t.Delivery.Status == letter.Failed:
		return t.Delivery.Words() + ": " + t.Delivery.Error
	}
	return t.Delivery.Words()
}

// batches are the batches on the page, each once.
func (p *lettersPage) batches() (all []string) {
	for _, t := range p.tasks {
		if b := t.Delivery.Batch; b != "" && !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	return all
}

func (p *lettersPage) sizeOf(batch string) string {
	n := 0
	for _, t := range p.tasks {
		if t.Delivery.Batch == batch {
			n++
		}
	}
	if n == 1 {
		return "1 letter"
	}
	return strconv.Itoa(n) + " letters"
}
