package portal

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// oldPath is the address of an older platform's order, by the number it has
// there: what other systems and bookmarks know it by.
func oldPath(o legacy.Order) string { return "/old-orders/" + url.PathEscape(o.Number) }

// oldPage is an order of an older platform, or several of one number.
type oldPage struct {
	o       legacy.Order
	several []legacy.Order
	plan    plan.Plan
	line    string // in words
	office  string
	cut     plan.Cutover
	cutOver bool // there is one
	here    bool // requests are made here by now
	sends   bool // the reader may make one
	number  string
	old     []plan.Cutover // platforms to look at, where nothing was found
}

// showOld finds an order by its number on an older platform: there is one of
// it here, or one that was made here goes by it too, or it says where to look.
func showOld(ctx context.Context, r *web.Request) (web.Answer, error) {
	number := r.PathValue("number")
	all, err := legacy.ByNumber(ctx, r.Tx, r.By, number)
	if err != nil {
		return web.Answer{}, err
	}
	if id := r.Query("of"); id != "" {
		all = slices.DeleteFunc(all, func(o legacy.Order) bool { return o.ID != id })
	}
	p := &oldPage{number: number, sends: r.By.Can(account.SendRequests)}
	switch len(all) {
	case 0:
		return p.elsewhere(ctx, r)
	case 1:
		return p.show(ctx, r, all[0].ID)
	}
	p.several = all
	return web.Answer{Title: "Orders with this number", Body: severalOldView(p), Crumbs: oldCrumbs("Orders with this number")}, nil
}

func oldCrumbs(here words.Text) []ui.Link {
	return []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: here}}
}

func (p *oldPage) show(ctx context.Context, r *web.Request, id string) (web.Answer, error) {
	var err error
	if p.o, err = legacy.Get(ctx, r.Tx, r.By, id); err != nil {
		return web.Answer{}, err
	}
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return web.Answer{}, err
	}
	l, err := plan.GetLine(ctx, r.Tx, p.o.PlanID, p.o.Line)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return web.Answer{}, err
	}
	p.line = l.Name
	office, err := account.GetOrganization(ctx, r.Tx, p.o.OrganizationID)
	if err != nil {
		return web.Answer{}, err
	}
	p.office = office.Name
	if p.cut, p.cutOver, err = plan.CutoverOf(ctx, r.Tx, p.o.PlanID, p.o.Line); err != nil {
		return web.Answer{}, err
	}
	p.here = !p.cutOver || !p.cut.Early(civil.DateIn(r.Tx.Now(), p.plan.Zone()))
	title := words.Say("Order %s", p.o.Number)
	return web.Answer{Title: title, Body: oldView(p), Help: help(p.plan, l), Crumbs: oldCrumbs(title)}, nil
}

// elsewhere leads to the order that was made here and goes by the number, or
// says on which older platforms it may be.
func (p *oldPage) elsewhere(ctx context.Context, r *web.Request) (web.Answer, error) {
	if key := order.NumberKey(p.number); key != "" {
		found, err := worklist.List(ctx, r.Tx, r.By, worklist.Query{Term: worklist.Term{Kind: worklist.Number, Number: key}, Size: 25})
		if err != nil {
			return web.Answer{}, err
		}
		if len(found.Lines) == 1 {
			return web.Answer{SeeOther: "/orders/" + found.Lines[0].Number}, nil
		}
	}
	all, err := plan.Cutovers(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, c := range all {
		if c.OldURL != "" && !slices.ContainsFunc(p.old, func(o plan.Cutover) bool { return o.OldURL == c.OldURL }) {
			p.old = append(p.old, c)
		}
	}
	return web.Answer{Title: "We can’t find this order", Body: noOldView(p), Crumbs: oldCrumbs("Not found")}, fault.New(fault.NotFound, "We can't find that order.")
}

// oldFor are the older platform's orders that a search means. Where no plan
// came from one nothing is asked.
func oldFor(ctx context.Context, r *web.Request, t worklist.Term, text string) ([]legacy.Order, error) {
	if moved, err := r.Moved(); err != nil || !moved {
		return nil, err
	}
	var l legacy.Term
	switch t.Kind {
	case worklist.Name:
		l = legacy.Term{Words: t.Words, LastFirst: t.LastFirst, Born: t.Born}
	case worklist.OrderNumber, worklist.Number, worklist.CallNumber:
		l = legacy.Term{Number: cmp.Or(order.NumberKey(text), t.Number)}
	}
	return legacy.Find(ctx, r.Tx, r.By, l)
}

func (p *oldPage) where() words.Text {
	if p.cut.OldName != "" {
		return words.AsIs(p.cut.OldName)
	}
	return "the earlier system"
}

// link is where the order is on the older platform, or else the platform.
func (p *oldPage) link() string { return cmp.Or(p.o.Link, p.cut.OldURL) }

// words say what can be done about the order, and where.
func (p *oldPage) words() words.Text {
	text := words.Say("This order was made in %s. You can read it here; it can’t be changed here.", p.where())
	switch {
	case p.cutOver && !p.here:
		return words.Say("%s %s", text, p.cut.Refusal(p.whose()))
	case p.cutOver:
		return words.Say("%s Since %s, new requests for %s are made here.", text, civil.MediumDate(p.cut.Day), p.whose())
	}
	return text
}

func (p *oldPage) whose() string {
	if p.line == "" {
		return p.plan.Name
	}
	return p.plan.Name + ", " + p.line
}

func (p *oldPage) facts() []ui.SummaryRow {
	day := func(d civil.Date) words.Text {
		if d.IsZero() {
			return "Not said"
		}
		return civil.MediumDate(d)
	}
	service := day(p.o.ServiceFrom)
	if !p.o.ServiceTo.IsZero() {
		service = words.Say("%s to %s", service, day(p.o.ServiceTo))
	}
	return []ui.SummaryRow{
		{Key: "Status there", Value: legacy.Statuses[p.o.Status]}, {Key: "Patient", Value: words.Say("%s %s", p.o.First, p.o.Last)}, {Key: "Date of birth", Value: civil.PlainDate(p.o.Born)}, {Key: "Member ID", Value: words.AsIs(p.o.MemberNumber)},
		{Key: "Service", Value: words.AsIs(strings.TrimSpace(p.o.Service + " " + paren(p.o.Code)))}, {Key: "Date of service", Value: service}, {Key: "Requested", Value: day(p.o.Requested)}, {Key: "Decided", Value: day(p.o.Decided)},
		{Key: "Plan", Value: words.AsIs(p.whose())}, {Key: "Office", Value: words.AsIs(p.office)}, {Key: "Ordering practitioner", Value: cmp.Or(words.AsIs(p.o.Practitioner), "Not said")},
	}
}

func paren(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func oldTable(all []legacy.Order, caption words.Text) ui.TableView {
	t := ui.TableView{Caption: caption, Compact: true, Columns: []ui.Column{{Header: "Order there"}, {Header: "Patient"}, {Header: "Service"}, {Header: "Status there"}, {Header: "Requested"}}}
	for _, o := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{oldCell(o), ui.Text(words.Say("%s, %s", o.Last, o.First)), ui.Text(words.AsIs(o.Service)), ui.Text(legacy.Statuses[o.Status]), ui.Text(civil.MediumDate(o.Requested))}})
	}
	return t
}
