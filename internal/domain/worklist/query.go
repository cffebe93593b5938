package worklist

import (
	"slices"
	"strconv"
	"strings"

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
	w.find(by, q)
	return w
}

func (w *where) find(by account.Actor, q Query) {
	w.term(by, q.Term)
	w.exact(q.Exact)
}

func (w *where) visible(by account.Actor) string {
	condition, args := order.Visible(by, len(w.args)+1)
	w.args = append(w.args, args...)
	return condition
}

// term says what is looked for among the orders that by sees.
func (w *where) term(by account.Actor, t Term) {
	switch t.Kind {
	case OrderNumber, Number:
		w.anyNumber(by, t.Number)
	case CallNumber:
		w.among(w.visible(by), "call cross join call_order cross join orders", "call.number = "+w.arg(t.Number)+" and call_order.call_id = call.id and orders.id = call_order.order_id")
	case ServiceDate:
		w.and(w.visible(by))
		w.and("orders.service_from = " + w.arg(t.Day))
	case Name:
		w.name(by, t)
	default:
		w.and(w.visible(by))
	}
}

// among looks for orders by any of several conditions, each of which has an
// index. Each is asked by itself, and each with whose orders are seen: a
// planner that meets them together, or finds what is seen outside, may walk
// the whole table, or all of an office's orders, instead. The conditions come
// with the tables they are about.
func (w *where) among(visible string, tablesAndConditions ...string) {
	var each []string
	for pair := range slices.Chunk(tablesAndConditions, 2) {
		each = append(each, "select orders.id from "+pair[0]+" where "+visible+" and "+pair[1])
	}
	w.and("orders.id in (" + strings.Join(each, " union all ") + ")")
}

func (w *where) anyNumber(by account.Actor, key string) {
	n := w.arg(key)
	w.among(w.visible(by), "orders", "orders.number = "+n, "orders", "orders.auth_number = "+n, "orders", "orders.member_key = "+n,
		"order_reference cross join orders", "order_reference.value_key = "+n+" and orders.id = order_reference.order_id")
}

func (w *where) name(by account.Actor, t Term) {
	if !t.Born.IsZero() {
		w.and("orders.birth_date = " + w.arg(t.Born))
	}
	seen := w.visible(by)
	words := t.Words
	if len(words) == 1 {
		w.and(seen)
		w.and(w.begins("orders.last_key", words[0]))
		return
	}
	head, tail := words[0], strings.Join(words[1:], " ")
	front, last := strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	if t.LastFirst {
		w.and(seen)
		w.and(w.begins("orders.last_key", head) + " and " + w.begins("orders.first_key", tail))
		return
	}
	w.among(seen,
		"orders", w.begins("orders.last_key", head)+" and "+w.begins("orders.first_key", tail),
		"orders", w.begins("orders.last_key", last)+" and "+w.begins("orders.first_key", front),
		"orders", w.begins("orders.last_key", strings.Join(words, " ")))
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
	statuses := q.statuses()
	if len(q.Status) > 0 && len(statuses) == 0 {
		w.and("(1 = 0)") // a status that does not exist
	}
	narrow := func() {
		w.in("orders.status", statuses)
		w.facets(q)
		w.waiting(q)
	}
	if by == walking {
		w.passing(narrow)
		return
	}
	narrow()
}

func (w *where) facets(q Query) {
	w.in("orders.plan_id", q.Plan)
	w.in("orders.program_id", q.Program)
	w.in("orders.location_id", q.Location)
}

// waiting narrows a queue of cases.
func (w *where) waiting(q Query) {
	if !q.DueBy.IsZero() {
		w.and("orders.sort_due <= " + w.arg(q.DueBy.Unix()))
	}
	if !q.Awake.IsZero() {
		w.and("not exists (select 1 from case_snooze z where z.order_id = orders.id and z.until > " + w.arg(q.Awake) + ")")
	}
	if q.Holder.ID != "" {
		held, args := order.Held(q.Holder, len(w.args)+1)
		w.args = append(w.args, args...)
		w.and(held)
	}
	var ids []string
	for _, id := range q.Only {
		ids = append(ids, string(id))
	}
	w.in("orders.id", ids)
}

// passing adds conditions that most orders pass, said so that no planner
// chooses an index by them, nor takes them for rare: "is not nothing" is what
// PostgreSQL expects of nearly every row.
func (w *where) passing(add func()) {
	before := len(w.all)
	add()
	if added := w.all[before:]; len(added) > 0 {
		w.all = append(w.all[:before:before], "case when "+strings.Join(added, " and ")+" then 1 else 0 end <> 0")
	}
}

// statuses are those of the words a list is filtered by.
func (q Query) statuses() []string {
	var all []string
	for _, s := range q.Exactly {
		all = append(all, string(s))
	}
	for _, words := range q.Status {
		for _, s := range order.Family(words) {
			all = append(all, string(s))
		}
	}
	return all
}
