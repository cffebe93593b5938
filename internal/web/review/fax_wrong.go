package review

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/fax"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// sortPage asks something about pages: why they are for no order, or what
// happened that another patient's are among them.
type sortPage struct {
	*faxPage
	what string // as typed
}

func openSort(ctx context.Context, r *web.Request) (*sortPage, error) {
	p, err := openFax(ctx, r)
	return &sortPage{faxPage: p}, err
}

func askAside(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSort(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.URL.Query()); err != nil {
		return p.again(err)
	}
	return p.answer("Set aside", web.Answer{Body: asideView(p)}), nil
}

func (p *sortPage) reasons() ui.Group {
	g := ui.Group{Name: "reason", Legend: "Why are they for no order?", Error: p.faults["reason"]}
	for _, one := range fax.Reasons {
		g.Options = append(g.Options, ui.Option{Value: one.ID, Label: words.AsIs(one.Words), Checked: one.ID == p.what})
	}
	return g
}

func setAside(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSort(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.Form); err != nil {
		return p.again(err)
	}
	p.what = r.Value("reason")
	err = fax.SetAside(ctx, r.Tx, r.By, p.ID, p.chosen, p.what)
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "reason")
		return p.answer("Set aside", web.Answer{Body: asideView(p)}), err
	}
	return web.Answer{SeeOther: p.path("")}, err
}

func askWrong(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSort(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.URL.Query()); err != nil {
		return p.again(err)
	}
	return p.answer("Another patient’s pages", web.Answer{Body: wrongView(p)}), nil
}

func reportWrong(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSort(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.Form); err != nil {
		return p.again(err)
	}
	p.what = r.Value("what")
	_, err = fax.Report(ctx, r.Tx, r.By, p.ID, p.chosen, p.what)
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "what")
		return p.answer("Another patient’s pages", web.Answer{Body: wrongView(p)}), err
	}
	return web.Answer{SeeOther: p.path("")}, err
}

// wrongFilePage asks what happened that a file of an order is another
// patient's.
type wrongFilePage struct {
	o      order.Order
	file   attachment.File
	what   string
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
}

func openWrongFile(ctx context.Context, r *web.Request) (*wrongFilePage, error) {
	if !r.By.Can(account.HandleFaxes) || !r.By.Can(account.ReadClinical) {
		return nil, fault.New(fault.NotFound, "We can't find that file.")
	}
	o, err := caseOf(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, o); err != nil {
		return nil, err
	}
	files, err := attachment.Of(ctx, r.Tx, string(o.ID))
	if err != nil {
		return nil, err
	}
	f, ok := fileOf(files, r.PathValue("file"))
	if !ok {
		return nil, fault.New(fault.NotFound, "We can't find that file.")
	}
	return &wrongFilePage{o: o, file: f, faults: map[string]words.Text{}, key: r.Key()}, nil
}

func (p *wrongFilePage) path() string { return "/review/cases/" + p.o.Number + "/files/" + p.file.ID }

func (p *wrongFilePage) show() web.Answer {
	name := "Case " + order.Spaced(p.o.Number)
	return web.Answer{Title: "Another patient’s file", Body: wrongFileView(p), Errors: p.errors,
		Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: words.AsIs(name), Href: "/review/cases/" + p.o.Number}, {Text: "Another patient’s file"}}}
}

func askWrongFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWrongFile(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func reportWrongFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWrongFile(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.what = r.Value("what")
	_, faxID, err := fax.ReportFile(ctx, r.Tx, r.By, p.o, p.file.ID, p.what)
	switch {
	case fault.Is(err, fault.Invalid):
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "what")
		return p.show(), err
	case err != nil:
		return web.Answer{}, err
	case faxID != "":
		return web.Answer{SeeOther: faxesCrumb.Href + "/" + faxID}, nil
	}
	return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
}

// pagesWords name the pages that are chosen: "page 2", "pages 1-3".
func (p *faxPage) pagesWords() string {
	if len(p.chosen) == 1 {
		return "page " + strconv.Itoa(p.chosen[0])
	}
	return "pages " + fax.Ranges(p.chosen)
}
