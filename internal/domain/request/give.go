package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Given announces that a colleague was given a draft to finish. See
// app/reactions.go.
type Given struct {
	RequestID ID
	PersonID  account.PersonID
	At        time.Time
}

// Kind names the event.
func (Given) Kind() string { return "request.given" }

// Give has a colleague finish a draft as if they had begun it: it is theirs where
// people see only their own, on their Home, and when it is about to expire.
// Nothing that was entered changes. Who may: people of the office who send
// requests. The error is Invalid at "to" for who doesn't, and a Conflict for a
// request that isn't a draft any more.
func Give(ctx context.Context, tx *db.Tx, by account.Actor, r Request, to account.PersonID) error {
	if by.Assists != nil || !by.ActsFor(r.OrganizationID) || !by.Can(account.SendRequests) {
		return fault.New(fault.Denied, "Only the office gives its drafts to somebody.")
	}
	if r.SentAt != nil || r.DeletedAt != nil || !r.ExpiresAt.After(tx.Now()) {
		return fault.New(fault.Conflict, "This is no draft any more.")
	}
	who, err := account.Act(ctx, tx, to)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if to == "" || err != nil || !who.ActsFor(r.OrganizationID) || !who.Can(account.SendRequests) {
		return fault.Fields{"to": "Select somebody of your organization"}.Err()
	}
	if r.CreatedBy == string(to) && r.ChangedBy == string(to) {
		return nil
	}
	if _, err := tx.Exec(ctx, `update request set created_by = $1, created_name = $2, changed_by = $1, changed_name = $2 where id = $3`,
		string(to), who.Name, string(r.ID)); err != nil {
		return err
	}
	if err := record(ctx, tx, by, r, "request.given"); err != nil || to == by.ID {
		return err
	}
	return job.Add(ctx, tx, Given{r.ID, to, tx.Now()})
}
