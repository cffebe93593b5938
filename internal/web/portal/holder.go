package portal

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// holderPage gives an order or a draft to somebody of its office.
type holderPage struct {
	base    string // path of what is given
	heading words.Text
	number  string
	now     order.Holder // who has it
	team    []account.Teammate
	home    bool // the reader came from Home, and goes back there
	chosen  string
	errors  []ui.FieldError
	faults  map[string]words.Text
	key     string
	crumbs  []ui.Link
}

func registerHolders(s *web.Server) {
	s.Handle("GET /orders/{order}/holder", web.Senders, askOrderHolder)
	s.Handle("POST /orders/{order}/holder", web.Senders, giveOrder)
	s.Handle("GET /requests/{request}/holder", web.Senders, askDraftHolder)
	s.Handle("POST /requests/{request}/holder", web.Senders, giveDraft)
}

func openHolder(ctx context.Context, r *web.Request, p *holderPage, organizationID string) (err error) {
	p.key, p.faults = r.Key(), map[string]words.Text{}
	p.home = r.Query("from") == "home" || r.Value("from") == "home"
	team, err := account.TeamOf(ctx, r.Tx, organizationID)
	p.team = people(team)
	return err
}

// openOrderHolder shows the number alone, so nothing of a patient's is read.
func openOrderHolder(ctx context.Context, r *web.Request) (*holderPage, order.Order, error) {
	o, err := order.Find(ctx, r.Tx, r.By, "number = ", order.Digits(r.PathValue("order")))
	if err != nil {
		return nil, o, err
	}
	if !order.MayGive(r.By, o) {
		return nil, o, fault.New(fault.NotFound, "We can't find that order.")
	}
	p := &holderPage{base: "/orders/" + o.Number, number: o.Number, heading: "Who looks after this order?"}
	p.crumbs = []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(o.Number)), Href: p.base}, {Text: "Assign"}}
	held, err := order.Holders(ctx, r.Tx, []string{o.Number})
	if err != nil {
		return nil, o, err
	}
	p.now = held[o.Number]
	return p, o, openHolder(ctx, r, p, o.OrganizationID)
}

func askOrderHolder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, _, err := openOrderHolder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func giveOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, o, err := openOrderHolder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.given(r, order.Give(ctx, r.Tx, r.By, o, account.PersonID(r.Value("to"))))
}

func openDraftHolder(ctx context.Context, r *web.Request) (*holderPage, request.Request, error) {
	q, err := request.Behind(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return nil, q, err
	}
	p := &holderPage{base: "/requests/" + q.Number, number: q.Number, heading: "Who finishes this draft?", now: order.Holder{ID: account.PersonID(q.ChangedBy), Name: q.ChangedName}}
	return p, q, openHolder(ctx, r, p, q.OrganizationID)
}

func askDraftHolder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, _, err := openDraftHolder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func giveDraft(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, q, err := openDraftHolder(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	ans, err := p.given(r, request.Give(ctx, r.Tx, r.By, q, account.PersonID(r.Value("to"))))
	if err == nil && !p.home { // who sees only their own doesn't see it any more
		ans.SeeOther = "/drafts"
	}
	return ans, err
}

func (p *holderPage) answer() web.Answer {
	return web.Answer{Title: p.heading, Body: holderView(p), Errors: p.errors, Crumbs: p.crumbs}
}

func (p *holderPage) given(r *web.Request, err error) (web.Answer, error) {
	if err == nil {
		return web.Answer{SeeOther: p.back()}, nil
	}
	p.chosen, p.faults, p.errors = r.Value("to"), fault.Of(err).Fields, web.Errors(err, "to")
	return p.answer(), err
}

func (p *holderPage) back() string {
	if p.home {
		return "/"
	}
	return p.base
}

func (p *holderPage) people() []ui.Option {
	all := []ui.Option{{Label: "Select a colleague"}}
	for _, t := range p.team {
		if t.ID != p.now.ID {
			all = append(all, ui.Option{Value: string(t.ID), Label: words.AsIs(t.Name)})
		}
	}
	return all
}
