package worklist

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// A Wall is how the clocks of a program of a plan stand.
type Wall struct {
	PlanID, Plan, ProgramID, Program, State string // State is the member's; "" where it isn't known
	Overdue, Hours4, Hours24                int    // each counts only what is not in those before it
	Paused                                  int
}

// Clocks are the clocks that end within 24 hours, have ended or are paused, by
// plan, program and state, the most overdue first. Whose: those of the orders
// by sees. Who may: supervisors.
func Clocks(ctx context.Context, tx *db.Tx, by account.Actor) ([]Wall, error) {
	if err := by.Must(account.Supervise); err != nil {
		return nil, err
	}
	seen, args := order.Visible(by, 1)
	now := tx.Now()
	args = append(args, now.Unix(), now.Add(4*time.Hour).Unix(), now.Add(24*time.Hour).Unix())
	n := len(args)
	at := func(i int) string { return "$" + strconv.Itoa(n-3+i) }
	return db.All(ctx, tx, func(r db.Row) (w Wall, err error) {
		return w, r.Scan(&w.PlanID, &w.Plan, &w.ProgramID, &w.Program, &w.State, &w.Overdue, &w.Hours4, &w.Hours24, &w.Paused)
	}, `select plan.id, plan.name, program.id, program.name, c.state, c.overdue, c.soon, c.today, c.paused from (
			select orders.plan_id, orders.program_id, clock.state,
				sum(case when standing = 'running' and due_s <= `+at(1)+` then 1 else 0 end) as overdue,
				sum(case when standing = 'running' and due_s > `+at(1)+` and due_s <= `+at(2)+` then 1 else 0 end) as soon,
				sum(case when standing = 'running' and due_s > `+at(2)+` then 1 else 0 end) as today,
				sum(case when standing = 'paused' then 1 else 0 end) as paused
			from clock join orders on orders.id = clock.order_id
			where ended_at is null and (due_s <= `+at(3)+` or standing = 'paused') and `+seen+`
			group by orders.plan_id, orders.program_id, clock.state) c
		join plan on plan.id = c.plan_id join program on program.id = c.program_id
		order by c.overdue desc, c.soon desc, c.today desc, plan.name, program.name, c.state`, args...)
}

// A Near is a clock that came close to its end or passed it.
type Near struct {
	Number, Title, Plan, Program string
	At                           time.Time // when it passed the mark
	Missed                       bool      // else nine tenths of its time were used up
	Due                          time.Time
	Ended                        *time.Time // when it was decided; nil if it still runs
}

// NearMisses are the last hundred clocks that came close to their end since a
// time, or passed it, the latest first. Who may: supervisors.
func NearMisses(ctx context.Context, tx *db.Tx, by account.Actor, since time.Time) ([]Near, error) {
	if err := by.Must(account.Supervise); err != nil {
		return nil, err
	}
	seen, args := order.Visible(by, 2)
	return db.All(ctx, tx, func(r db.Row) (m Near, err error) {
		return m, r.Scan(&m.Number, &m.Title, &m.Plan, &m.Program, &m.At, &m.Missed, &m.Due, &m.Ended)
	}, `select orders.number, orders.title, plan.name, program.name, e.at, e.kind = 'missed', clock.due_at, clock.ended_at
		from clock_event e join clock on clock.order_id = e.order_id join orders on orders.id = e.order_id
		join plan on plan.id = orders.plan_id join program on program.id = orders.program_id
		where e.mark >= 90 and e.at >= $1 and `+seen+` and not exists (
			select 1 from clock_event later where later.order_id = e.order_id and later.mark > e.mark)
		order by e.at desc, orders.number limit 100`, append([]any{since}, args...)...)
}
