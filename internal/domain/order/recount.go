package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// recounted is how many orders one job looks at.
const recounted = 100

// Recount works out the due times of a plan's orders anew, since its business
// days changed, and goes on with the next ones in a job of its own. An order
// whose due time moves says so in its timeline.
func Recount(ctx context.Context, tx *db.Tx, e plan.CalendarChanged) error {
	some, err := deadline.RunningOf(ctx, tx, e.PlanID, e.After, recounted)
	if err != nil || len(some) == 0 {
		return err
	}
	for _, id := range some {
		if err := followCalendar(ctx, tx, id); err != nil {
			return err
		}
	}
	return job.Add(ctx, tx, plan.CalendarChanged{PlanID: e.PlanID, After: some[len(some)-1]})
}

func followCalendar(ctx context.Context, tx *db.Tx, id string) error {
	was, err := deadline.Stored(ctx, tx, id)
	if err != nil {
		return err
	}
	k, err := deadline.Of(ctx, tx, id)
	if err != nil || k.Due.Equal(was) {
		return err
	}
	o, err := OfEvent(ctx, tx, ID(id))
	if err != nil || !o.Status.Pending() {
		return err
	}
	if err := k.Keep(ctx, tx); err != nil {
		return err
	}
	_, err = changeDue(ctx, tx, account.Program(), o, k, "The plan's business days changed, and the due time with them.")
	return err
}
