package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Newcomers are the requests to join organizations where nobody works yet who
// could decide, the oldest first: an operator does, who has made sure on the
// phone. Who may: operators.
func Newcomers(ctx context.Context, tx *db.Tx, by Actor) ([]Joining, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanJoining, joiningSelect+`j.decided_at is null and p.disabled_at is null and not `+worksThere+` order by j.asked_at, j.id`)
}

// DecideNewcomer makes somebody the first administrator of their organization,
// or says no. They are told. Who may: operators.
func DecideNewcomer(ctx context.Context, tx *db.Tx, by Actor, id string, accept bool) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scanJoining, joiningSelect+`j.id = $1 and j.decided_at is null and not `+worksThere, id)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "This request was decided meanwhile.")
	}
	j := all[0]
	if err := j.decide(ctx, tx, by, accept); err != nil {
		return err
	}
	action := "person.join_declined"
	if accept {
		action, err = "person.join_accepted", replaceSeats(ctx, tx, j.PersonID, j.OrganizationID, Post{Roles: []Role{j.Role, OrgAdmin}})
	} else {
		err = j.seat(ctx, tx, false)
	}
	if err != nil {
		return err
	}
	if err := record(ctx, tx, by, action, j.PersonID, j.OrganizationID); err != nil {
		return err
	}
	return job.Add(ctx, tx, JoinDecided{j.ID})
}
