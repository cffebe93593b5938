package worklist

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Touched is whom and what a wave of a roll-out reaches.
type Touched struct{ Offices, People, Orders, Denied int }

// TouchedBy counts whom a wave reaches: the offices that have orders of its
// plan and program, their people, those orders, and the denied among them.
func TouchedBy(ctx context.Context, tx *db.Tx, by account.Actor, r plan.Rollout) (t Touched, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return t, err
	}
	if r.Percent > 0 {
		return touchedByShare(ctx, tx, r)
	}
	where, args := `o.plan_id = $1 and o.program_id = $2 and ($3 = '' or o.line = $3) and ($4 = '' or l.state = $4)`, []any{string(r.PlanID), string(r.ProgramID), r.Line, r.State}
	if r.Organizations != "" {
		list, more := db.In(5, strings.Split(r.Organizations, ","))
		where, args = where+` and o.organization_id in `+list, append(args, more...)
	}
	return db.One(ctx, tx, func(row db.Row) (t Touched, err error) {
		return t, row.Scan(&t.Offices, &t.Orders, &t.Denied, &t.People)
	}, `with o as (select o.id, o.organization_id, o.status from orders o left join location l on l.id = o.location_id where `+where+`)
		select count(distinct organization_id), count(*), count(case when status in ('denied', 'partial') then 1 end),
			(select count(distinct person_id) from membership where organization_id in (select organization_id from o)) from o`, args...)
}

// touchedByShare counts for a wave that is for a share of organizations: which
// those are the database doesn't know.
func touchedByShare(ctx context.Context, tx *db.Tx, r plan.Rollout) (t Touched, err error) {
	type office struct {
		id             string
		orders, denied int
	}
	offices, err := db.All(ctx, tx, func(row db.Row) (o office, err error) { return o, row.Scan(&o.id, &o.orders, &o.denied) }, `
		select o.organization_id, count(*), count(case when o.status in ('denied', 'partial') then 1 end) from orders o left join location l on l.id = o.location_id
		where o.plan_id = $1 and o.program_id = $2 and ($3 = '' or o.line = $3) and ($4 = '' or l.state = $4) group by o.organization_id`,
		string(r.PlanID), string(r.ProgramID), r.Line, r.State)
	if err != nil {
		return t, err
	}
	reached := map[string]bool{}
	for _, o := range offices {
		if r.Reaches(o.id) {
			reached[o.id] = true
			t.Offices, t.Orders, t.Denied = t.Offices+1, t.Orders+o.orders, t.Denied+o.denied
		}
	}
	type member struct{ office, person string }
	members, err := db.All(ctx, tx, func(row db.Row) (m member, err error) { return m, row.Scan(&m.office, &m.person) },
		`select organization_id, person_id from membership`)
	people := map[string]bool{}
	for _, m := range members {
		if reached[m.office] {
			people[m.person] = true
		}
	}
	t.People = len(people)
	return t, err
}

// Reached are the offices that a wave is for, by name, with orders or without,
// and how many offices there are for its state.
func Reached(ctx context.Context, tx *db.Tx, by account.Actor, r plan.Rollout) (names []string, of int, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, 0, err
	}
	type office struct{ id, name string }
	all, err := db.All(ctx, tx, func(row db.Row) (o office, err error) { return o, row.Scan(&o.id, &o.name) }, `
		select id, name from organization where kind = 'office' and ($1 = '' or exists (select 1 from location l where l.organization_id = organization.id and l.state = $1)) order by name, id`, r.State)
	for _, o := range all {
		if r.Reaches(o.id) {
			names = append(names, o.name)
		}
	}
	return names, len(all), err
}

// Under is what stands under something that is set: orders that wait for a
// decision, and calls to come.
type Under struct{ Orders, Calls int }

// UnderPolicy counts what stands under a program, a plan or a plan's line of
// business; what is "" doesn't matter.
func UnderPolicy(ctx context.Context, tx *db.Tx, by account.Actor, id plan.ID, line string, program plan.ProgramID) (u Under, err error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return u, err
	}
	const those = `($1 = '' or o.plan_id = $1) and ($2 = '' or o.line = $2) and ($3 = '' or o.program_id = $3)`
	if u.Orders, err = db.Count(ctx, tx, `select count(*) from orders o where o.status in ('received', 'nurse_review', 'physician_review', 'info_requested') and `+those, string(id), line, string(program)); err != nil {
		return u, err
	}
	u.Calls, err = db.Count(ctx, tx, `
		select count(distinct c.id) from call c join call_order co on co.call_id = c.id join orders o on o.id = co.order_id
		where c.status in ('scheduled', 'confirmed', 'requested') and c.starts_at >= $4 and `+those, string(id), line, string(program), tx.Now())
	return u, err
}

// A Booked is from when until when a call is.
type Booked struct{ Starts, Ends time.Time }

// BookedCalls are the calls to come about orders of a plan.
func BookedCalls(ctx context.Context, tx *db.Tx, by account.Actor, id plan.ID) ([]Booked, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, func(r db.Row) (b Booked, err error) { return b, r.Scan(&b.Starts, &b.Ends) }, `
		select c.starts_at, c.ends_at from call c where c.starts_at >= $2 and c.status in ('scheduled', 'confirmed', 'requested')
		and exists (select 1 from call_order co join orders o on o.id = co.order_id where co.call_id = c.id and o.plan_id = $1)`, string(id), tx.Now())
}
