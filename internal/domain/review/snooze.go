package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Snooze takes a case out of the queue until a time; then it is back by
// itself. The clock runs on: only the rules stop one.
type Snooze struct {
	OrderID order.ID
	Status  order.Status // of the order
	Name    string       // who did it
	Until   time.Time
	Why     string
}

// SnoozeCase takes a case that nobody else works on out of the queue until a
// time, and gives back by's claim. Who may: reviewers. The error is Invalid at
// "until" or "why": it must be back before its decision is due.
func SnoozeCase(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, until time.Time, why string) error {
	if err := by.Must(account.ReviewOrders); err != nil {
		return err
	}
	if !o.Status.Pending() {
		return fault.New(fault.Conflict, "The order is %s: nobody needs to work on it.", o.Status.Words())
	}
	if err := mine(ctx, tx, by, o); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(until.After(tx.Now()), "until", "Choose a time to come")
	f.Check(o.DueAt == nil || until.Before(*o.DueAt), "until", "Its decision is due before that. The clock keeps running")
	f.Check(why != "", "why", "Say why it can wait")
	f.Check(len([]rune(why)) <= 300, "why", "This must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into case_snooze (order_id, person_id, name, until, why, at) values ($1, $2, $3, $4, $5, $6)
		on conflict (order_id) do update set person_id = excluded.person_id, name = excluded.name, until = excluded.until, why = excluded.why, at = excluded.at`,
		string(o.ID), string(by.ID), by.Name, until, why, tx.Now())
	if err != nil {
		return err
	}
	if err := release(ctx, tx, o.ID); err != nil {
		return err
	}
	return recordCase(ctx, tx, by, o, "case.snoozed", "until "+until.UTC().Format(time.RFC3339))
}

// wake ends a case's snooze, if it has one.
func wake(ctx context.Context, tx *db.Tx, id order.ID) error {
	_, err := tx.Exec(ctx, `delete from case_snooze where order_id = $1`, string(id))
	return err
}

// recordCase leaves an audit row about a case.
func recordCase(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, action, detail string) error {
	e := by.Audit(action, "order", string(o.ID))
	e.MemberID, e.Detail = o.MemberID, detail
	return audit.Record(ctx, tx, e)
}

// Snoozed are the cases out of the queue now that by sees, those that are back
// first first, at most 1,000.
func Snoozed(ctx context.Context, tx *db.Tx, by account.Actor) ([]Snooze, error) {
	seen, args := order.Visible(by, 2)
	return db.All(ctx, tx, func(r db.Row) (s Snooze, err error) {
		return s, r.Scan((*string)(&s.OrderID), (*string)(&s.Status), &s.Name, &s.Until, &s.Why)
	}, `select orders.id, orders.status, s.name, s.until, s.why from case_snooze s join orders on orders.id = s.order_id
		where s.until > $1 and `+seen+` order by s.until, s.order_id limit 1000`, append([]any{tx.Now()}, args...)...)
}
