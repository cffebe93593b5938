package admin

import (
	"context"
	"net/url"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A samplePage is a letter drawn from a template, as it is live or as it is
// drafted, about a made-up case or about an order that the reader may see.
type samplePage struct {
	*subjectPage
	draft  bool
	order  string // number as it was entered
	about  *order.Order
	letter letter.Letter
	head   letter.Head
	asks   bool // the reader may look at orders
	faults map[string]words.Text
	errors []ui.FieldError
}

// sampleOf draws the letter that the address asks for. A NotFound fault with a
// page is at "order".
func sampleOf(ctx context.Context, r *web.Request) (p *samplePage, err error) {
	p = &samplePage{order: strings.TrimSpace(r.Query("order")), asks: r.By.Can(account.ReadOrders), faults: map[string]words.Text{}}
	if p.subjectPage, err = subjectOf(ctx, r, config.TemplateSubject(r.PathValue("template"))); err != nil {
		return nil, err
	}
	doc := p.now
	p.draft = p.open.ID != "" && (r.Query("of") == "draft" || len(p.now) == 0)
	if p.draft {
		doc = p.open.Doc
	}
	if p.side, err = besideTemplate(ctx, r, p.s.ID, doc); err != nil {
		return nil, err
	}
	t, err := p.side.source.Read()
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Text: "This draft can’t be drawn as a letter any more. Change it, and it says what is wrong.", Err: err}
	}
	if p.order == "" {
		p.letter, err = t.Sample()
		p.head = letter.Head{Lines: []string{"Harbor Health Plan", "(800) 555-0142"}}
		return p, err
	}
	o, err := order.Get(ctx, r.Tx, r.By, p.order)
	if fault.Is(err, fault.NotFound) {
		f := fault.Of(err)
		p.faults["order"], p.errors = f.Text, []ui.FieldError{{Field: "order", Text: f.Text}}
		if p.letter, err = t.Sample(); err == nil {
			p.head, err = letter.Head{Lines: []string{"Harbor Health Plan", "(800) 555-0142"}}, f
		}
		return p, err
	}
	if err != nil {
		return nil, err
	}
	p.about = &o
	if p.letter, err = t.About(ctx, r.Tx, o); err != nil {
		return nil, err
	}
	whose, err := plan.Get(ctx, r.Tx, o.PlanID)
	p.head = letter.Letterhead(whose)
	return p, err
}

func showSample(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := sampleOf(ctx, r)
	if p == nil || err != nil && !fault.Is(err, fault.NotFound) {
		return web.Answer{}, err
	}
	return web.Answer{Title: words.Say("Letter: %s", p.title), Body: sampleView(p), Errors: p.errors, Crumbs: p.crumbs("Letter")}, err
}

// sampleSheet is the letter as PDF, in 12 points or, as large print, in 18.
func sampleSheet(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := sampleOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	head, err := p.head.Print(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	content, err := p.letter.Draw(head, r.Query("print") == "large", p.subjectPage.at)
	return web.Answer{File: &web.File{Name: p.s.ID + ".pdf", Type: "application/pdf", Body: content}}, err
}

// to is the address of the same letter in another shape.
func (p *samplePage) to(id, what string, draft bool, print string) string {
	q := url.Values{}
	if draft {
		q.Set("of", "draft")
	}
	if p.about != nil {
		q.Set("order", p.about.Number)
	}
	if print != "" {
		q.Set("print", print)
	}
	path := templatePath(id, what)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// back is where the letter was asked for.
func (p *samplePage) back() string {
	if p.draft {
		return p.path() + "/preview"
	}
	return p.path()
}

// madeOf says what the letter is about.
func (p *samplePage) madeOf() string {
	switch {
	case p.about == nil:
		return "A made-up case. Nothing of it is about a real person."
	case p.mismatch():
		return "Order " + order.Spaced(p.about.Number) + " as it is now. It isn’t one that such a letter is written about, so what nobody said yet is left out."
	}
	return "Order " + order.Spaced(p.about.Number) + " as it is now. Nothing is sent, and that you read it is in the audit."
}

func (p *samplePage) mismatch() bool {
	switch p.letter.Kind {
	case letter.Approved:
		return p.about.Status != order.Approved
	case letter.Partial:
		return p.about.Status != order.Partial
	case letter.Denied, letter.Upheld:
		return p.about.Status != order.Denied
	}
	return false
}

func (p *samplePage) state() string {
	if p.draft {
		return "As it is drafted."
	}
	return "As it is live, version " + config.LetterVersion(p.now) + "."
}
