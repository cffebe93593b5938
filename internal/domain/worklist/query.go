package worklist

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
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
	if t.LastFirst {
		w.and(w.begins("orders.last_key", head) + " and " + w.begins("orders.first_key", tail))
		return
	}
	lastFirst := w.begins("last_key", head) + " and " + w.begins("first_key", tail)
	firstLast := w.begins("last_key", last) + " and " + w.begins("first_key", front)
	whole := w.begins("last_key", strings.Join(words, " "))
	w.and("orders.id in (select id from orders where " + lastFirst + " union select id from orders where " + firstLast + " union select id from orders where " + whole + ")")
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

// A way is how a page of a list is found. The counts, which come first, tell
// which is quick; a planner that knows only how common each single value is
// takes the wrong one for some searches, and reads half the table.
type way int

const (
	planned  way = iota // as the planner likes
	walking             // many pass the filters: along the index of the list's order, so no filter may choose an index
	gathered            // the search finds few: all of them, then filtered and sorted
)

// filters narrows a search.
func (w *where) filters(q Query, by way) {
	column := func(name string) string {
		if by == walking {
			return "coalesce(" + name + ", '')"
		}
		return name
	}
	statuses := q.statuses()
	if len(q.Status) > 0 && len(statuses) == 0 {
		w.and("(1 = 0)") // a status that does not exist
	}
	w.in(column("orders.status"), statuses)
	w.facets(q, column)
}

func (w *where) facets(q Query, column func(string) string) {
	w.in(column("orders.plan_id"), q.Plan)
	w.in(column("orders.program_id"), q.Program)
	w.in(column("orders.location_id"), q.Location)
}

// statuses are those of the words a list is filtered by.
func (q Query) statuses() []string {
	var all []string
	for _, words := range q.Status {
		for _, s := range order.Family(words) {
			all = append(all, string(s))
		}
	}
	return all
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

func lines(ctx context.Context, tx *db.Tx, by account.Actor, q Query, found way) (page []Line, next, earlier string, err error) {
	s := q.SortedBy()
	back := q.Before != ""
	from := place(q.After, s)
	if back {
		from = place(q.Before, s)
	}
	falls := sorts[s].falls != back
	size := min(max(q.Size, 0), mostSize)
	if size == 0 {
		size = defaultSize
	}
	query, args := q.find(by, s, from, falls, found, size+1)
	page, err = db.All(ctx, tx, scanLine, lineColumns+query+lineNames+strings.ReplaceAll(ordering(s, falls), "orders.", "o."), args...)
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

// find is the query for the orders of a page, and its arguments. By what is due
// each status has an index in that very order, so each is asked for a page and
// the first of them all are taken; what is due and what is decided lie so far
// apart that walking from one to the other would pass most of the table.
func (q Query) find(by account.Actor, s Sort, from []any, falls bool, found way, limit int) (string, []any) {
	end := " order by " + ordering(s, falls) + " limit " + strconv.Itoa(limit)
	statuses := q.statuses()
	if found == gathered {
		w := searched(by, q)
		few := w.String()
		w.all = []string{"orders.id = few.id"}
		w.filters(q, found)
		w.beyond(s, from, falls)
		return "with few as materialized (select id from orders where " + few + ") select orders.* from few cross join orders where " + w.String() + end, w.args
	}
	if s != ByDue || len(statuses) == 0 {
		w := searched(by, q)
		w.filters(q, found)
		w.beyond(s, from, falls)
		return "select * from orders where " + w.String() + end, w.args
	}
	w := &where{}
	var all []string
	for _, status := range statuses {
		one := &where{args: w.args}
		visible, args := order.Visible(by, len(one.args)+1)
		one.and(visible)
		one.args = append(one.args, args...)
		one.term(q.Term)
		one.exact(q.Exact)
		one.in("orders.status", []string{status})
		one.facets(q, func(name string) string { return "coalesce(" + name + ", '')" })
		one.beyond(s, from, falls)
		all = append(all, "select * from (select * from orders where "+one.String()+end+") q"+strconv.Itoa(len(all)))
		w.args = one.args
	}
	return "select * from (" + strings.Join(all, " union all ") + ") orders" + end, w.args
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

// lineColumns is what a page shows of its orders. The names are looked up for
// the few that are shown, outside the query that finds them: a planner that
// may join first sometimes does.
const lineColumns = `select o.id, o.number, o.title, o.status, o.patient_first, o.patient_last, o.birth_date, o.member_number,
	o.urgency, plan.name, program.name, o.line, o.site_name, practitioner.first_name, practitioner.last_name, practitioner.credential, location.name,
	o.service_from, o.received_at, o.due_at, o.decided_at, o.auth_number,
	(select count(*) from call_order where call_order.order_id = o.id and active), (select count(*) from letter where letter.order_id = o.id),
	o.sort_due, o.last_key, o.first_key from (`

const lineNames = `) o join plan on plan.id = o.plan_id join program on program.id = o.program_id
	left join practitioner on practitioner.id = o.practitioner_id left join location on location.id = o.location_id order by `

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
