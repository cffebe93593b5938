package peer

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Only narrows the schedulers' lists to a program, a plan or both; the zero
// Only to nothing.
type Only struct {
	Program plan.ProgramID
	Plan    plan.ID
}

// visible is the condition on orders that by may see the row and Only lets it
// through, with its arguments from $from on.
func (o Only) visible(by account.Actor, from int) (where string, args []any) {
	where, args = order.Visible(by, from)
	if o.Program != "" {
		args = append(args, string(o.Program))
		where += " and orders.program_id = $" + strconv.Itoa(from+len(args)-1)
	}
	if o.Plan != "" {
		args = append(args, string(o.Plan))
		where += " and orders.plan_id = $" + strconv.Itoa(from+len(args)-1)
	}
	return "(" + where + ")", args
}

// A Posted call is one on the schedulers' board.
type Posted struct {
	Listed
	Away bool // its reviewer is, at its time
}

// MostPosted is how many calls the board holds at most, the first ones.
const MostPosted = 200

// Board returns the calls that have a time and are not over, the earliest
// first. Who may: schedulers.
func Board(ctx context.Context, tx *db.Tx, by account.Actor, only Only) ([]Posted, error) {
	if err := by.Must(account.ConfirmCalls); err != nil {
		return nil, err
	}
	visible, args := only.visible(by, 1)
	calls, err := listed(ctx, tx, visible, `call.status in ('requested', 'scheduled', 'confirmed', 'in_call') and call.starts_at is not null`, "call.starts_at, call.id", args...)
	if err != nil {
		return nil, err
	}
	away, err := uncovered(ctx, tx)
	all := make([]Posted, len(calls))
	for i, c := range calls {
		all[i] = Posted{Listed: c, Away: away[c.ID]}
	}
	return all, err
}

// uncovered are the calls to come whose reviewer has time off in them.
func uncovered(ctx context.Context, tx *db.Tx) (map[ID]bool, error) {
	ids, err := db.All(ctx, tx, db.Value[string], `
		select call.id from call join time_off off on off.person_id = call.reviewer_id and off.starts_at < call.ends_at and off.ends_at > call.starts_at
		where off.ends_at > $1 and call.ends_at > $1 and call.starts_at > $2 and call.status in ('requested', 'scheduled', 'confirmed')`, tx.Now(), tx.Now().Add(-24*time.Hour))
	all := make(map[ID]bool, len(ids))
	for _, id := range ids {
		all[ID(id)] = true
	}
	return all, err
}
