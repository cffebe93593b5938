package worklist

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// A where collects conditions and their arguments.
type where struct {
	all  []string
	args []any
}

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) and(condition string) { w.all = append(w.all, condition) }

func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	list, args := db.In(len(w.args)+1, values)
	w.args = append(w.args, args...)
	w.and(column + " in " + list)
}

func (w *where) String() string { return strings.Join(w.all, " and ") }

// searched is the condition for whose orders by sees and what is looked for,
// without the filters.
func searched(by account.Actor, q Query) *where {
	w := &where{}
	visible, args := order.Visible(by, 1)
	w.and(visible)
	w.args = args
	w.term(q.Term)
	w.exact(q.Exact)
	return w
}

func (w *where) term(t Term) {
	switch t.Kind {
	case OrderNumber:
		w.anyNumber(t.Number)
	case Number:
		w.anyNumber(t.Number)
	case CallNumber:
		w.and("orders.id in (select order_id from call where number = " + w.arg(t.Number) + ")")
	case ServiceDate:
		w.and("orders.service_from = " + w.arg(t.Day))
	case Name:
		w.name(t)
	}
}

// anyNumber looks a number up by every column that has an index for it. Each
// is asked by itself, because a planner that sees them together may walk the
// whole table instead.
func (w *where) anyNumber(key string) {
	n := w.arg(key)
	w.and(`orders.id in (select id from orders where number = ` + n + ` union all select id from orders where auth_number = ` + n +
		` union all select id from orders where member_key = ` + n + ` union all select order_id from order_reference where value_key = ` + n + `)`)
}

func (w *where) name(t Term) {
	if !t.Born.IsZero() {
		w.and("orders.birth_date = " + w.arg(t.Born))
	}
	words := t.Words
	if len(words) == 1 {
		w.and(w.begins("orders.last_key", words[0]))
		return
	}
	head, tail := words[0], strings.Join(words[1:], " ")
	front, last := strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	lastFirst := w.begins("orders.last_key", head) + " and " + w.begins("orders.first_key", tail)
	if t.LastFirst {
		w.and(lastFirst)
		return
	}
	firstLast := w.begins("orders.last_key", last) + " and " + w.begins("orders.first_key", front)
	whole := w.begins("orders.last_key", strings.Join(words, " "))
	w.and("(" + lastFirst + " or " + firstLast + " or " + whole + ")")
}

// begins is a prefix as a range, which an index serves on both databases.
func (w *where) begins(column, prefix string) string {
	return "(" + column + " >= " + w.arg(prefix) + " and " + column + " < " + w.arg(prefix+"\U0010FFFF") + ")"
}

func (w *where) exact(e Exact) {
	if e.OrderID != "" {
		w.and("orders.number = " + w.arg(order.Digits(e.OrderID)))
	}
	if e.MemberID != "" {
		w.and("orders.member_key = " + w.arg(order.NumberKey(e.MemberID)))
	}
	if e.First != "" {
		w.and(w.begins("orders.first_key", order.Fold(e.First)))
	}
	if e.Last != "" {
		w.and(w.begins("orders.last_key", order.Fold(e.Last)))
	}
	if !e.Born.IsZero() {
		w.and("orders.birth_date = " + w.arg(e.Born))
	}
}

func (w *where) filters(q Query) {
	var statuses []string
	for _, words := range q.Status {
		for _, s := range order.Family(words) {
			statuses = append(statuses, string(s))
		}
	}
	if len(q.Status) > 0 && len(statuses) == 0 {
		w.and("(1 = 0)") // a status that does not exist
	}
	w.in("orders.status", statuses)
	w.in("orders.plan_id", q.Plan)
	w.in("orders.program_id", q.Program)
	w.in("orders.location_id", q.Location)
}

// sorts are the columns of each order, and whether it falls.
var sorts = map[Sort]struct {
	columns []string
	falls   bool
}{
	ByDue:     {[]string{"orders.sort_due", "orders.id"}, false},
	ByEntered: {[]string{"orders.received_at", "orders.id"}, true},
	ByPatient: {[]string{"orders.last_key", "orders.first_key", "orders.id"}, false},
	ByStatus:  {[]string{"orders.status", "orders.sort_due", "orders.id"}, false},
}

// SortedBy is the order a list really has: a search by name reads by name,
// whose index it walks.
func (q Query) SortedBy() Sort {
	if q.Sort == "" && (q.Term.Kind == Name || q.Exact.Last != "") {
		return ByPatient
	}
	if _, ok := sorts[q.Sort]; !ok {
		return ByDue
	}
	return q.Sort
}

func (l Line) key(s Sort) []any {
	switch s {
	case ByEntered:
		return []any{l.Received, string(l.ID)}
	case ByPatient:
		return []any{l.lastKey, l.firstKey, string(l.ID)}
	case ByStatus:
		return []any{string(l.Status), l.sortDue, string(l.ID)}
	}
	return []any{l.sortDue, string(l.ID)}
}

func cursor(l Line, s Sort) string {
	text, err := json.Marshal(l.key(s))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// place reads a cursor back; anything that is none begins at the start.
func place(text string, s Sort) []any {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return nil
	}
	var key []any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if d.Decode(&key) != nil || len(key) != len(sorts[s].columns) {
		return nil
	}
	for i, v := range key {
		switch t := v.(type) {
		case json.Number:
			n, err := t.Int64()
			if err != nil {
				return nil
			}
			key[i] = n
		case string:
			if s == ByEntered && i == 0 {
				at, err := time.Parse(time.RFC3339Nano, t)
				if err != nil {
					return nil
				}
				key[i] = at
			}
		default:
			return nil
		}
	}
	return typed(key, s)
}

// typed refuses a cursor whose values are not of the columns' types.
func typed(key []any, s Sort) []any {
	number := map[Sort]int{ByDue: 0, ByStatus: 1}
	for i, v := range key {
		_, isNumber := v.(int64)
		at, wants := number[s]
		if isNumber != (wants && i == at) {
			return nil
		}
	}
	return key
}

func lines(ctx context.Context, tx *db.Tx, by account.Actor, q Query) (page []Line, next, earlier string, err error) {
	w := searched(by, q)
	w.filters(q)
	s := q.SortedBy()
	back := q.Before != ""
	from := place(q.After, s)
	if back {
		from = place(q.Before, s)
	}
	falls := sorts[s].falls != back
	w.beyond(s, from, falls)
	size := min(max(q.Size, 0), mostSize)
	if size == 0 {
		size = defaultSize
	}
	page, err = db.All(ctx, tx, scanLine, selectLines+` where `+w.String()+` order by `+ordering(s, falls)+` limit `+strconv.Itoa(size+1), w.args...)
	if err != nil {
		return nil, "", "", err
	}
	more := len(page) > size
	page = page[:min(len(page), size)]
	if back {
		slices.Reverse(page)
	}
	if len(page) == 0 {
		return nil, "", "", nil
	}
	if more || back && from != nil {
		next = cursor(page[len(page)-1], s)
	}
	if from != nil && (!back || more) {
		earlier = cursor(page[0], s)
	}
	return page, next, earlier, nil
}

// beyond goes on after a place in the list, by a row comparison that the
// index of the order serves.
func (w *where) beyond(s Sort, from []any, falls bool) {
	if from == nil {
		return
	}
	var marks []string
	for _, v := range from {
		marks = append(marks, w.arg(v))
	}
	sign := ">"
	if falls {
		sign = "<"
	}
	w.and("(" + strings.Join(sorts[s].columns, ", ") + ") " + sign + " (" + strings.Join(marks, ", ") + ")")
}

func ordering(s Sort, falls bool) string {
	direction := ""
	if falls {
		direction = " desc"
	}
	return strings.Join(sorts[s].columns, direction+", ") + direction
}

const selectLines = `select orders.id, orders.number, orders.title, orders.status, orders.patient_first, orders.patient_last, orders.birth_date, orders.member_number,
	orders.urgency, plan.name, program.name, orders.line, orders.site_name, practitioner.first_name, practitioner.last_name, practitioner.credential, location.name,
	orders.service_from, orders.received_at, orders.due_at, orders.decided_at, orders.auth_number,
	(select count(*) from call_order where call_order.order_id = orders.id and active), (select count(*) from letter where letter.order_id = orders.id),
	orders.sort_due, orders.last_key, orders.first_key
	from orders join plan on plan.id = orders.plan_id join program on program.id = orders.program_id
	left join practitioner on practitioner.id = orders.practitioner_id left join location on location.id = orders.location_id`

func scanLine(r db.Row) (l Line, err error) {
	var first, last, credential string
	var calls int
	err = r.Scan((*string)(&l.ID), &l.Number, &l.Title, (*string)(&l.Status), &l.Patient.First, &l.Patient.Last, &l.Patient.Born, &l.MemberNumber,
		(*string)(&l.Urgency), &l.Plan, &l.Program, &l.Line, &l.Site, &first, &last, &credential, &l.Location,
		&l.ServiceFrom, &l.Received, &l.Due, &l.Decided, &l.AuthNumber, &calls, &l.Letters, &l.sortDue, &l.lastKey, &l.firstKey)
	l.HasCall = calls > 0
	l.Practitioner = strings.TrimSpace(first + " " + last)
	if credential != "" {
		l.Practitioner += ", " + credential
	}
	return l, err
}

type facet struct {
	status                                               order.Status
	plan, planName, program, programName, site, siteName string
	n                                                    int
}

// count finds the filters' counts in one statement, over at most CountLimit
// orders.
func count(ctx context.Context, tx *db.Tx, by account.Actor, q Query, p *Page) error {
	w := searched(by, q)
	facets, err := db.All(ctx, tx, func(r db.Row) (f facet, err error) {
		return f, r.Scan((*string)(&f.status), &f.plan, &f.planName, &f.program, &f.programName, &f.site, &f.siteName, &f.n)
	}, `select f.status, f.plan_id, plan.name, f.program_id, program.name, f.location_id, location.name, f.n from (
			select status, plan_id, program_id, location_id, count(*) as n from (
				select orders.status, orders.plan_id, orders.program_id, orders.location_id from orders where `+w.String()+` limit `+strconv.Itoa(CountLimit)+`) q
			group by status, plan_id, program_id, location_id) f
		join plan on plan.id = f.plan_id join program on program.id = f.program_id left join location on location.id = f.location_id`, w.args...)
	if err != nil {
		return err
	}
	all := 0
	sums := [4]map[string]*Choice{{}, {}, {}, {}}
	for _, f := range facets {
		all += f.n
		for i, c := range []Choice{{f.status.Words(), f.status.Words(), 0}, {f.plan, f.planName, 0}, {f.program, f.programName, 0}, {f.site, f.siteName, 0}} {
			if c.Value == "" {
				continue
			}
			if sums[i][c.Value] == nil {
				sums[i][c.Value] = &c
			}
			sums[i][c.Value].Count += f.n
		}
		if q.has(f) {
			p.Total += f.n
		}
	}
	p.Capped = all >= CountLimit
	p.Choices = Choices{Status: choices(sums[0]), Plan: choices(sums[1]), Program: choices(sums[2]), Location: choices(sums[3])}
	return nil
}

func (q Query) has(f facet) bool {
	in := func(values []string, v string) bool { return len(values) == 0 || slices.Contains(values, v) }
	return in(q.Status, f.status.Words()) && in(q.Plan, f.plan) && in(q.Program, f.program) && in(q.Location, f.site)
}

func choices(sums map[string]*Choice) []Choice {
	var all []Choice
	for _, c := range sums {
		all = append(all, *c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Text < all[j].Text })
	return all
}

func countWords(n int) string {
	if n == 1 {
		return "1 order"
	}
	return strconv.Itoa(n) + " orders"
}
