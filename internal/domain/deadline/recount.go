package deadline

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// RunningOf are the ids of the plan's orders whose clocks run, after an id, at
// most n.
func RunningOf(ctx context.Context, tx *db.Tx, id plan.ID, after string, n int) ([]string, error) {
	return db.All(ctx, tx, db.Value[string], `select order_id from clock where plan_id = $1 and ended_at is null and order_id > $2 order by order_id limit `+strconv.Itoa(n), string(id), after)
}

// Stored is the due time that was last worked out for an order.
func Stored(ctx context.Context, tx *db.Tx, orderID string) (time.Time, error) {
	return db.One(ctx, tx, db.Value[time.Time], `select due_at from clock where order_id = $1`, orderID)
}

// Keep stores where a clock stands now, after the plan's business days became
// others. For package order, which moves the order's due time with it.
func (k Kept) Keep(ctx context.Context, tx *db.Tx) error { return k.update(ctx, tx) }

// mostForeseen is how many clocks are looked at for a forecast.
const mostForeseen = 2000

// Moves counts the running clocks whose due time would be another if these were
// the plan's holidays; whole is false if there are more clocks than were looked
// at.
func Moves(ctx context.Context, tx *db.Tx, id plan.ID, holidays civil.Holidays) (n int, whole bool, err error) {
	all, err := RunningOf(ctx, tx, id, "", mostForeseen+1)
	if err != nil {
		return 0, false, err
	}
	for _, orderID := range all[:min(len(all), mostForeseen)] {
		k, err := Of(ctx, tx, orderID)
		if err != nil {
			return n, false, err
		}
		f := k.facts
		f.Calendar.Holidays = holidays
		then, err := Reckon(k.packs, f, tx.Now())
		if err != nil {
			return n, false, err
		}
		if !then.Due.Equal(k.Due) {
			n++
		}
	}
	return n, len(all) <= mostForeseen, nil
}
