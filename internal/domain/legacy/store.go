package legacy

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

const columns = `id, number, plan_id, line, program_id, organization_id, member_id, member_number, first_name, last_name, birth_date, code, service, status, requested_on, decided_on, service_from, service_to, practitioner, link`

func scan(r db.Row) (o Order, err error) {
	return o, r.Scan(&o.ID, &o.Number, (*string)(&o.PlanID), &o.Line, (*string)(&o.ProgramID), &o.OrganizationID, &o.MemberID, &o.MemberNumber, &o.First, &o.Last, &o.Born, &o.Code, &o.Service, (*string)(&o.Status),
		&o.Requested, &o.Decided, &o.ServiceFrom, &o.ServiceTo, &o.Practitioner, &o.Link)
}

// kept are the columns that an import sets anew; the keys follow from them.
var kept = []string{"number", "line", "program_id", "organization_id", "member_id", "member_number", "member_key", "first_name", "last_name", "first_key", "last_key", "birth_date", "code", "service", "status",
	"requested_on", "decided_on", "service_from", "service_to", "practitioner", "link"}

var upsert = func() string {
	var places, set, old, now []string
	for i, c := range kept {
		places = append(places, "$"+strconv.Itoa(i+5))
		set, old, now = append(set, c+" = excluded."+c), append(old, "legacy_order."+c), append(now, "excluded."+c)
	}
	return `insert into legacy_order (id, plan_id, number_key, imported_at, ` + strings.Join(kept, ", ") + `) values ($1, $2, $3, $4, ` + strings.Join(places, ", ") + `)
		on conflict (plan_id, number_key) do update set imported_at = excluded.imported_at, ` + strings.Join(set, ", ") + `
		where (` + strings.Join(old, ", ") + `) is distinct from (` + strings.Join(now, ", ") + `)`
}()

func put(ctx context.Context, tx *db.Tx, o Order) (int64, error) {
	return tx.Exec(ctx, upsert, db.NewID("old"), string(o.PlanID), o.Key(), tx.Now(),
		o.Number, o.Line, string(o.ProgramID), o.OrganizationID, o.MemberID, o.MemberNumber, order.NumberKey(o.MemberNumber), o.First, o.Last, order.Fold(o.First), order.Fold(o.Last), o.Born, o.Code, o.Service, string(o.Status),
		o.Requested, o.Decided, o.ServiceFrom, o.ServiceTo, o.Practitioner, o.Link)
}

// memberOf is the one member who has the order's number with the plan and was
// born on its day; of several, such as twins, the one of its first name. ""
// where that is nobody, or not one.
func memberOf(ctx context.Context, tx *db.Tx, o Order) (string, error) {
	type who struct{ id, first string }
	all, err := db.All(ctx, tx, func(r db.Row) (w who, err error) { return w, r.Scan(&w.id, &w.first) }, `
		select distinct m.id, m.first_key from coverage c join member m on m.id = c.member_id
		where c.number_key = $1 and c.plan_id = $2 and m.birth_date = $3 order by m.id limit 20`, order.NumberKey(o.MemberNumber), string(o.PlanID), o.Born)
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(w who) bool { return w.first != order.Fold(o.First) })
	}
	if len(all) != 1 {
		return "", err
	}
	return all[0].id, err
}

// from reads the table under the name by which order.Visible speaks of it.
const from = ` from legacy_order orders where `

func find(ctx context.Context, tx *db.Tx, by account.Actor, t Term) ([]Order, error) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	begins := func(column, prefix string) string {
		return "(" + column + " >= " + arg(prefix) + " and " + column + " < " + arg(prefix+"\U0010FFFF") + ")"
	}
	where := "1 = 1"
	switch words := t.Words; {
	case t.Number != "":
		n := arg(t.Number)
		where = "(number_key = " + n + " or member_key = " + n + ")"
	case len(words) == 1:
		where = begins("last_key", words[0])
	default:
		where = begins("last_key", words[0]) + " and " + begins("first_key", strings.Join(words[1:], " "))
		if !t.LastFirst {
			last := len(words) - 1
			where = "(" + where + " or " + begins("last_key", words[last]) + " and " + begins("first_key", strings.Join(words[:last], " ")) + " or " + begins("last_key", strings.Join(words, " ")) + ")"
		}
	}
	if !t.Born.IsZero() {
		where += " and birth_date = " + arg(t.Born)
	}
	visible, more := order.Visible(by, len(args)+1)
	return db.All(ctx, tx, scan, `select `+columns+from+where+` and `+visible+` order by requested_on desc, id limit `+strconv.Itoa(Most), append(args, more...)...)
}

func one(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Order, error) {
	visible, args := order.Visible(by, 2)
	return db.One(ctx, tx, scan, `select `+columns+from+`id = $1 and `+visible, append([]any{id}, args...)...)
}

func counts(ctx context.Context, tx *db.Tx) (map[plan.ID]int, error) {
	type row struct {
		id plan.ID
		n  int
	}
	all, err := db.All(ctx, tx, func(r db.Row) (c row, err error) { return c, r.Scan((*string)(&c.id), &c.n) }, `select plan_id, count(*) from legacy_order group by plan_id order by plan_id`)
	n := map[plan.ID]int{}
	for _, c := range all {
		n[c.id] = c.n
	}
	return n, err
}
