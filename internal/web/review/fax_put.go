package review

import (
	"bytes"
	"context"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/domain/fax"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// putPage asks on what pages are to be put.
type putPage struct {
	*faxPage
	number, member, born string // as typed
	kind                 string
	searched             bool
	found                []fax.Target
	threads              map[string][]message.Thread // by the number of their order
	to                   string                      // the number that is chosen
}

func openPut(ctx context.Context, r *web.Request) (*putPage, error) {
	p, err := openFax(ctx, r)
	if err != nil {
		return nil, err
	}
	return &putPage{faxPage: p, kind: attachment.Kinds[0].String(), threads: map[string][]message.Thread{}}, nil
}

func (p *putPage) show() web.Answer {
	return p.answer("Put on an order", web.Answer{Body: putView(p)})
}

func askPut(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPut(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.URL.Query()); err != nil {
		return p.faxPage.again(err)
	}
	if p.number = r.Query("number"); p.number != "" {
		return p.find(ctx, r)
	}
	return p.show(), nil
}

func findPut(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPut(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := p.choose(r.Form); err != nil {
		return p.faxPage.again(err)
	}
	p.number, p.member, p.born = strings.TrimSpace(r.Value("number")), strings.TrimSpace(r.Value("member")), strings.TrimSpace(r.Value("born"))
	return p.find(ctx, r)
}

// find looks for the order by its number, else by the member.
func (p *putPage) find(ctx context.Context, r *web.Request) (web.Answer, error) {
	err := p.search(ctx, r)
	if err == nil {
		err = p.asked(ctx, r)
	}
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "number", "member", "born")
		return p.show(), err
	}
	if err != nil {
		return web.Answer{}, err
	}
	p.searched = true
	return p.show(), nil
}

func (p *putPage) search(ctx context.Context, r *web.Request) error {
	if p.number != "" {
		t, err := fax.Find(ctx, r.Tx, r.By, p.number)
		if fault.Is(err, fault.NotFound) {
			return fault.Fields{"number": "We can’t find an order or a request with that number"}.Err()
		}
		p.found, p.to = []fax.Target{t}, ""
		if err == nil {
			p.to = t.Number()
		}
		return err
	}
	f := fault.Fields{}
	born, ok := dateOf(p.born)
	f.Check(p.member != "", "number", "Enter the order ID, or the member ID and the date of birth")
	f.Check(p.member == "" || ok, "born", "Date of birth must be a real date, like 11/24/1986")
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if p.found, err = fax.FindMember(ctx, r.Tx, r.By, p.member, born); fault.Is(err, fault.Invalid) {
		if text := fault.Of(err).Fields["number"]; text != "" {
			err = fault.Fields{"member": text}.Err()
		}
	}
	return err
}

// asked finds which of what was found waits for information.
func (p *putPage) asked(ctx context.Context, r *web.Request) error {
	for _, t := range p.found {
		if t.Order == nil {
			continue
		}
		threads, err := message.Waiting(ctx, r.Tx, r.By, t.Order.ID)
		if err != nil {
			return err
		}
		p.threads[t.Number()] = threads
	}
	return nil
}

func (p *putPage) choices() ui.Group {
	g := ui.Group{Name: "to", Legend: "On which one?"}
	for _, t := range p.found {
		name, born, _ := t.Patient()
		label, hint := "Request "+order.Spaced(t.Number())+", not sent yet", name+", born "+ui.BirthDate(born).String()
		if t.Order != nil {
			label = "Order " + order.Spaced(t.Number()) + ", " + t.Order.Title
			hint += " · " + t.Order.Status.Words()
		}
		g.Options = append(g.Options, ui.Option{Value: t.Number(), Label: words.AsIs(label), Hint: words.AsIs(hint), Checked: t.Number() == p.to || len(p.found) == 1})
	}
	return g
}

// answers are the requests for information that the pages may answer.
func (p *putPage) answers() ui.Group {
	g := ui.Group{Name: "answers", Legend: "Was this asked for?", Hint: words.Say("The clock goes on from when the fax came. Uncheck what these pages don’t answer")}
	for _, t := range p.found {
		for _, one := range p.threads[t.Number()] {
			g.Options = append(g.Options, ui.Option{Value: t.Number() + "|" + one.ID, Label: words.AsIs(one.Subject), Hint: words.AsIs("Order " + order.Spaced(t.Number())), Checked: true})
		}
	}
	return g
}

func (p *putPage) kinds() (all []ui.Option) {
	for _, k := range attachment.Kinds {
		all = append(all, ui.Option{Value: k.String(), Label: k, Checked: k.String() == p.kind})
	}
	return all
}

// A making is a document that is made of pages.
type making struct {
	page *putPage
	made fax.Made
}

func mayPut(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openPut(ctx, r)
	r.Carry = &making{page: p}
	return web.Answer{}, err
}

// makePut makes the document, in a process that reads the fax alone.
func (p Pages) makePut(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*making)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "This form can’t be read. Open the page again.")
	}
	r.Form = r.PostForm
	if err := c.page.choose(r.Form); err != nil {
		return err
	}
	chosen, err := fax.Chosen(c.page.pages, c.page.chosen)
	if err != nil {
		return err
	}
	c.made.Pages = c.page.chosen
	for _, one := range chosen {
		c.made.Turns = append(c.made.Turns, one.Turn)
	}
	in, err := p.Files.Open(ctx, c.page.file.BlobKey)
	if err != nil {
		return err
	}
	defer in.Close()
	var out bytes.Buffer
	report, err := p.Reader.Run(ctx, inspect.Ask{Do: inspect.Split, Type: fax.TypeOf(c.page.file), Pages: c.made.Pages, Turns: c.made.Turns}, in, &out)
	if err != nil {
		return err
	}
	if report.Verdict != inspect.Fine {
		return fault.New(fault.Invalid, "These pages can’t be taken out of the fax: %s.", report.Why)
	}
	c.made.Text = report.Text
	c.made.Ref, err = p.Files.Put(ctx, &out)
	return err
}

func (p Pages) dropPut(ctx context.Context, r *web.Request) {
	if key := r.Carry.(*making).made.Ref.Key; key != "" {
		_ = p.Files.Delete(ctx, key) // else it is only untidy
	}
}

func keepPut(ctx context.Context, r *web.Request) (web.Answer, error) {
	c := r.Carry.(*making)
	to := order.Digits(r.Value("to"))
	if to == "" {
		return web.Answer{}, fault.New(fault.Invalid, "Choose on which order to put the pages. Go back, and select one.")
	}
	var answers []string
	for _, one := range r.Form["answers"] {
		if number, id, _ := strings.Cut(one, "|"); number == to {
			answers = append(answers, id)
		}
	}
	kept, err := fax.Place(ctx, r.Tx, r.By, c.page.ID, c.made, to, r.Value("kind"), answers)
	if err == nil && !kept {
		err = attachment.Drop(ctx, r.Tx, c.made.Ref.Key)
	}
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: c.page.path("")}, nil
}
