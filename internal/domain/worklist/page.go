package worklist

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

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
		return q.gather(by, s, from, falls, end)
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
		one.find(by, q)
		one.in("orders.status", []string{status})
		one.passing(func() { one.facets(q) })
		one.waiting(q)
		one.beyond(s, from, falls)
		all = append(all, "select * from (select * from orders where "+one.String()+end+") q"+strconv.Itoa(len(all)))
		w.args = one.args
	}
	return "select * from (" + strings.Join(all, " union all ") + ") orders" + end, w.args
}

// gather finds all that the search finds, of each only what filters and order
// look at, which the index of the search holds, and reads the orders of the
// page alone.
func (q Query) gather(by account.Actor, s Sort, from []any, falls bool, end string) (string, []any) {
	w := searched(by, q)
	few := w.String()
	w.all = []string{"1 = 1"}
	w.filters(q, gathered)
	w.beyond(s, from, falls)
	narrow := "orders.id, orders.status, orders.plan_id, orders.program_id, orders.location_id"
	for _, column := range sorts[s].columns {
		if !strings.Contains(narrow, column) {
			narrow += ", " + column
		}
	}
	return "with few as materialized (select " + narrow + " from orders where " + few + ") select orders.* from (select orders.id from few orders where " +
		w.String() + end + ") page cross join orders where orders.id = page.id", w.args
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
