package order

import (
	"context"
	"slices"

	"parley/internal/infra/db"
)

// A kind is what orders are counted by.
type kind struct {
	organization, location string
	status                 Status
	plan, program          string
}

func kindOf(o Order, s Status) kind {
	return kind{o.OrganizationID, o.LocationID, s, string(o.PlanID), string(o.ProgramID)}
}

// count adds n to how many orders of a kind there are.
func count(ctx context.Context, tx *db.Tx, k kind, n int) error {
	_, err := tx.Exec(ctx, `
		insert into order_count (organization_id, location_id, status, plan_id, program_id, n) values ($1, $2, $3, $4, $5, $6)
		on conflict (organization_id, location_id, status, plan_id, program_id) do update set n = order_count.n + excluded.n`,
		k.organization, k.location, string(k.status), k.plan, k.program, n)
	return err
}

// recount moves an order from one status's count to another's, always in the
// order of the statuses' names: two that pass each other must not deadlock.
func recount(ctx context.Context, tx *db.Tx, o Order, from Status) error {
	if from == o.Status {
		return nil
	}
	step := map[Status]int{from: -1, o.Status: 1}
	statuses := []Status{from, o.Status}
	slices.Sort(statuses)
	for _, s := range statuses {
		if err := count(ctx, tx, kindOf(o, s), step[s]); err != nil {
			return err
		}
	}
	return nil
}

// A Tally is how many orders of a kind there are.
type Tally struct {
	Status                  Status
	Plan, Program, Location string // ids; Location "" for none
	N                       int
}

func scanTally(r db.Row) (t Tally, err error) {
	return t, r.Scan((*string)(&t.Status), &t.Plan, &t.Program, &t.Location, &t.N)
}
