package review

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// openPage asks why somebody opens a case that isn't theirs. It shows nothing
// of the case but its number.
type openPage struct {
	number      string
	may         bool // the reader can have the case assigned to them instead
	kind, words string
	faults      map[string]words.Text
	errors      []ui.FieldError
	key         string
}

func openUnassigned(ctx context.Context, r *web.Request) (*openPage, order.Order, error) {
	if err := r.By.Must(account.ReadClinical); err != nil {
		return nil, order.Order{}, err
	}
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	p := &openPage{number: o.Number, may: r.By.Can(account.ReviewOrders) && o.Status.Pending(), key: r.Key(), kind: r.Value("kind"), words: strings.TrimSpace(r.Value("words"))}
	return p, o, err
}

func (p *openPage) page() web.Answer {
	name := "Case " + order.Spaced(p.number)
	return web.Answer{Title: words.AsIs(name), Body: openView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: words.AsIs(name)}}}
}

func askOpening(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, _, err := openUnassigned(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

func openOther(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, o, err := openUnassigned(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = review.Open(ctx, r.Tx, r.By, o, p.kind, p.words); err == nil {
		to := "/orders/"
		if r.By.Can(account.ReviewOrders) {
			to = "/review/cases/"
		}
		return web.Answer{SeeOther: to + o.Number}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "kind", "words")
	return p.page(), err
}

func (p *openPage) reasons() ui.Group {
	g := ui.Group{Name: "kind", Legend: "Why do you open it?", Error: p.faults["kind"]}
	for _, r := range review.Reasons {
		g.Options = append(g.Options, ui.Option{Value: r.Kind, Label: words.AsIs(r.Words), Checked: p.kind == r.Kind})
	}
	return g
}
