package portal

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// ordersPage is what the list shows.
type ordersPage struct {
	query    url.Values
	q        worklist.Query
	text     string
	exact    exactForm
	page     worklist.Page
	old      []legacy.Order // of an older platform that the search means too
	views    []account.View
	errors   []ui.FieldError
	key      string
	loc      *time.Location
	now      time.Time
	saveOpen bool
	viewName string // as typed for a view that could not be saved
}

// exactForm is the form beside the search box, as typed.
type exactForm struct {
	OrderID, MemberID, First, Last string
	Month, Day, Year               string
	bornError                      words.Text
}

// used reports whether the form has something in it, and so stands open.
func (e *exactForm) used() bool {
	return e.OrderID+e.MemberID+e.First+e.Last+e.Month+e.Day+e.Year != ""
}

func listOrders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := newOrdersPage(r)
	f := fault.Fields{}
	p.q.Exact = p.exact.read(f)
	var err error
	if p.views, err = account.Views(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if len(f) == 0 {
		if p.page, err = worklist.List(ctx, r.Tx, r.By, p.q); err != nil {
			return web.Answer{}, err
		}
		if p.old, err = oldFor(ctx, r, p.q.Term, p.text); err != nil {
			return web.Answer{}, err
		}
	}
	p.exact.bornError = f["born"]
	return p.answer(f.Err()), f.Err()
}

// searchBox is the page's own box; the header has one of the same name.
const searchBox = "orders-q"

func (p *ordersPage) answer(err error) web.Answer {
	if err != nil {
		p.errors = web.Errors(err, "q", "order_id", "member_id", "born", "first_name", "last_name")
		for i := range p.errors {
			if p.errors[i].Field == "q" {
				p.errors[i].Field = searchBox
			}
		}
	}
	return web.Answer{Title: "Orders", Body: ordersView(p), Errors: p.errors, Wide: true, Search: p.text}
}

func newOrdersPage(r *web.Request) *ordersPage {
	v := r.URL.Query()
	said := openSearch(r.Settings.Box, v)
	p := &ordersPage{query: v, text: strings.TrimSpace(said.Get("q")), key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), exact: exactOf(said)}
	size, _ := strconv.Atoi(v.Get("size"))
	if size != 50 && size != 100 {
		size = 25
	}
	p.q = worklist.Query{
		Term: worklist.Understand(p.text), Status: v["status"], Plan: v["plan"], Program: v["program"], Location: v["location"],
		Sort: worklist.Sort(v.Get("sort")), After: v.Get("after"), Before: v.Get("before"), Size: size,
	}
	return p
}

func (e *exactForm) read(f fault.Fields) worklist.Exact {
	return worklist.Exact{OrderID: order.Digits(e.OrderID), MemberID: e.MemberID, First: strings.TrimSpace(e.First), Last: strings.TrimSpace(e.Last), Born: e.born(f)}
}

// born reads the date of birth, in the words of the field library.
func (e *exactForm) born(f fault.Fields) civil.Date {
	return readDate(f, "born", "Date of birth", e.Month, e.Day, e.Year)
}

// readDate reads three boxes. Nothing in all three is no date and no error.
func readDate(f fault.Fields, field string, label words.Text, month, day, year string) civil.Date {
	month, day, year = strings.TrimSpace(month), strings.TrimSpace(day), strings.TrimSpace(year)
	if month == "" && day == "" && year == "" {
		return civil.Date{}
	}
	f.Check(month != "", field, words.Say("%s must include a month", label))
	f.Check(day != "", field, words.Say("%s must include a day", label))
	f.Check(len(year) == 4, field, "Year must include 4 numbers")
	m, mOK := monthNumber(month)
	d, dErr := strconv.Atoi(day)
	y, yErr := strconv.Atoi(year)
	date, real := civil.NewDate(y, m, d)
	f.Check(mOK && dErr == nil && yErr == nil && real, field, words.Say("%s must be a real date", label))
	if f[field] != "" {
		return civil.Date{}
	}
	return date
}

// monthNumber reads a month as a number or a name: 4, 04, apr, April.
func monthNumber(s string) (time.Month, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Month(n), n >= 1 && n <= 12
	}
	s = strings.ToLower(s)
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); len(s) >= 3 && strings.HasPrefix(name, s) {
			return m, true
		}
	}
	return 0, false
}

// with is the list's address with some of the query changed; the place in
// the list is dropped, since another list has other places.
func (p *ordersPage) with(changes ...string) string {
	v := url.Values{}
	for k, all := range p.query {
		if k != "after" && k != "before" && strings.Join(all, "") != "" {
			v[k] = all
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			v.Del(changes[i])
		} else {
			v.Set(changes[i], changes[i+1])
		}
	}
	return "/orders?" + v.Encode()
}

// without drops one value of a filter.
func (p *ordersPage) without(filter, value string) string {
	v := url.Values{}
	for k, all := range p.query {
		if k == "after" || k == "before" {
			continue
		}
		for _, one := range all {
			if one != "" && (k != filter || one != value) {
				v.Add(k, one)
			}
		}
	}
	return "/orders?" + v.Encode()
}

type chip struct {
	text, label words.Text
	href        string
}

// chips are the filters and searches in force, each with the way to drop it.
func (p *ordersPage) chips() []chip {
	var all []chip
	add := func(filter string, values []string, choices []worklist.Choice) {
		for _, v := range values {
			text := words.AsIs(v)
			if i := slices.IndexFunc(choices, func(c worklist.Choice) bool { return c.Value == v }); i >= 0 {
				text = p.chosen(filter, choices[i])
			}
			all = append(all, chip{text, words.Say("Remove filter: %s", text), p.without(filter, v)})
		}
	}
	add("status", p.q.Status, p.page.Choices.Status)
	add("plan", p.q.Plan, p.page.Choices.Plan)
	add("program", p.q.Program, p.page.Choices.Program)
	add("location", p.q.Location, p.page.Choices.Location)
	return all
}

func (p *ordersPage) filtersTitle() words.Text {
	if n := len(p.chips()); n > 0 {
		return words.Say("Filters (%s)", thousands(n))
	}
	return "Filters"
}

func (p *ordersPage) filtered() bool { return len(p.chips()) > 0 }

func (p *ordersPage) searched() bool { return p.text != "" || !p.q.Exact.Empty() }

func (p *ordersPage) caption() words.Text {
	n := words.AsIs(thousands(p.page.Total))
	if p.page.Capped {
		n += " or more"
	}
	word := words.Text(" orders")
	if p.page.Total == 1 {
		word = " order"
	}
	return words.Say("%s%s, %s", n, word, map[worklist.Sort]words.Text{
		worklist.ByDue: "what is due next first", worklist.ByEntered: "newest first", worklist.ByPatient: "by patient", worklist.ByStatus: "by status",
	}[p.page.Sort])
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// understood says what the search box made of what was typed.
func (p *ordersPage) understood() words.Text {
	switch p.q.Term.Kind {
	case worklist.Name:
		if !p.q.Term.Born.IsZero() {
			return words.Say("Patients by this name, born %s", ui.ShortDay(p.q.Term.Born))
		}
		return "Patients whose name begins with this"
	case worklist.ServiceDate:
		return words.Say("Orders with service date %s", civil.MediumDate(p.q.Term.Day))
	case worklist.OrderNumber:
		return "The order with this ID"
	case worklist.Number:
		return "Order ID, authorization number, member ID or other reference"
	case worklist.CallNumber:
		return "The order of this peer-to-peer call"
	}
	return ""
}

// groups are the filters that leave something out, or that are in force.
func (p *ordersPage) groups() []ui.Group {
	var all []ui.Group
	for _, g := range []ui.Group{p.options("status", p.q.Status, p.page.Choices.Status), p.options("plan", p.q.Plan, p.page.Choices.Plan),
		p.options("program", p.q.Program, p.page.Choices.Program), p.options("location", p.q.Location, p.page.Choices.Location)} {
		if len(g.Options) > 1 || p.query.Has(g.Name) {
			all = append(all, g)
		}
	}
	return all
}

func (p *ordersPage) options(filter string, chosen []string, all []worklist.Choice) ui.Group {
	g := ui.Group{Name: filter, Legend: map[string]words.Text{"status": "Status", "plan": "Plan", "program": "Program", "location": "Location"}[filter], Small: true}
	for _, c := range all {
		n := thousands(c.Count)
		if p.page.Capped {
			n += "+"
		}
		g.Options = append(g.Options, ui.Option{Value: c.Value, Label: words.Say("%s (%s)", p.chosen(filter, c), n), Checked: slices.Contains(chosen, c.Value)})
	}
	return g
}

// chosen is what a filter can be set to: a status is ours to say, the others are
// names.
func (p *ordersPage) chosen(filter string, c worklist.Choice) words.Text {
	if filter == "status" {
		return words.Text(c.Text)
	}
	return words.AsIs(c.Text)
}

func (p *ordersPage) table() ui.TableView {
	t := ui.TableView{Caption: p.caption(), Compact: true, Columns: []ui.Column{
		{Header: "Order"}, p.column("Patient", worklist.ByPatient, "ascending"), {Header: "Service and date"}, p.column("Status", worklist.ByStatus, "ascending"),
		p.column("Next step", worklist.ByDue, "ascending"), {Header: "Provider and plan"}, p.column("Entered", worklist.ByEntered, "descending"),
	}}
	for _, l := range p.page.Lines {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			orderCell(l), patientCell(l), serviceCell(l), statusCell(l), nextCell(p, l), planCell(l), whenCell(p, l.Received),
		}})
	}
	return t
}

func (p *ordersPage) column(header words.Text, s worklist.Sort, direction string) ui.Column {
	c := ui.Column{Header: header, Sort: p.with("sort", string(s))}
	if p.page.Sort == s {
		c.Sorted = direction
	}
	return c
}

func dayOrNone(d civil.Date) words.Text {
	if d.IsZero() {
		return "No service date"
	}
	return words.AsIs(ui.ShortDay(d))
}

func (p *ordersPage) links() ui.PageLinks {
	l := ui.PageLinks{}
	if p.page.Earlier != "" {
		l.Newer = p.with("before", p.page.Earlier)
		l.First = p.with()
	}
	if p.page.Next != "" {
		l.Older = p.with("after", p.page.Next)
	}
	return l
}

func saveView(ctx context.Context, r *web.Request) (web.Answer, error) {
	back := "/orders?" + r.Value("query")
	err := account.SaveView(ctx, r.Tx, r.By, r.Value("name"), r.Value("query"))
	if err == nil {
		return web.Answer{SeeOther: web.SafeReturn(back)}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	r.URL.RawQuery = r.Value("query")
	p := newOrdersPage(r)
	p.saveOpen, p.viewName = true, r.Value("name")
	var listErr error
	if p.page, listErr = worklist.List(ctx, r.Tx, r.By, p.q); listErr != nil {
		return web.Answer{}, listErr
	}
	if p.views, listErr = account.Views(ctx, r.Tx, r.By); listErr != nil {
		return web.Answer{}, listErr
	}
	return p.answer(err), err
}

func dropView(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/orders"}, account.DropView(ctx, r.Tx, r.By, r.PathValue("view"))
}

// errorOf says what is wrong with a field.
func (p *ordersPage) errorOf(field string) words.Text {
	for _, e := range p.errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}
