package merge

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A Request is that an administrator wants two records to become one whose
// numbers differ, and that a second one is to agree.
type Request struct {
	From, Into         string // ids
	FromName, IntoName string
	Reason             string
	Narrow             bool
	AskedBy            account.PersonID
	AskedName          string
	AskedAt            time.Time
}

// waits is how long a second administrator has.
const waits = 7 * 24 * time.Hour

// Until is when it must be agreed to.
func (r Request) Until() time.Time { return r.AskedAt.Add(waits) }

const requestSelect = `select q.organization_id, q.into_organization_id, o.name, i.name, q.reason, q.narrow, q.asked_by, q.asked_name, q.asked_at
	from merge_request q join organization o on o.id = q.organization_id join organization i on i.id = q.into_organization_id where q.asked_at > $1`

func scanRequest(r db.Row) (q Request, err error) {
	return q, r.Scan(&q.From, &q.Into, &q.FromName, &q.IntoName, &q.Reason, &q.Narrow, (*string)(&q.AskedBy), &q.AskedName, &q.AskedAt)
}

// Requests are those that wait, the oldest first. Who may: administrators.
func Requests(ctx context.Context, tx *db.Tx, by account.Actor) ([]Request, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanRequest, requestSelect+` order by q.asked_at, q.organization_id`, tx.Now().Add(-waits))
}

// RequestOf is the one that waits for a record to go; nil if there is none.
// Who may: administrators.
func RequestOf(ctx context.Context, tx *db.Tx, by account.Actor, from string) (*Request, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, scanRequest, requestSelect+` and q.organization_id = $2`, tx.Now().Add(-waits), from)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// ask stores a request. A later one for the same record replaces it.
func ask(ctx context.Context, tx *db.Tx, by account.Actor, m account.Merging) error {
	if _, err := tx.Exec(ctx, `
		insert into merge_request (organization_id, into_organization_id, reason, narrow, asked_by, asked_name, asked_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (organization_id) do update set into_organization_id = excluded.into_organization_id, reason = excluded.reason, narrow = excluded.narrow,
			asked_by = excluded.asked_by, asked_name = excluded.asked_name, asked_at = excluded.asked_at`,
		m.From.ID, m.Into.ID, m.Reason, m.Narrow, string(by.ID), by.Name, tx.Now()); err != nil {
		return err
	}
	return record(ctx, tx, by, "organization.merge_asked", m.From.ID, "into "+m.Into.ID+": "+m.Reason)
}

// Agree does what somebody else asked for. Who may: administrators, but not who
// asked.
func Agree(ctx context.Context, tx *db.Tx, box *secret.Box, by account.Actor, from, into string) error {
	r, err := waiting(ctx, tx, by, from)
	if err != nil {
		return err
	}
	if r.AskedBy == by.ID {
		return fault.New(fault.Denied, "You asked for this. A second administrator has to agree.")
	}
	if r.Into != into {
		return fault.New(fault.Conflict, "Something else was asked for meanwhile. Open the page again.")
	}
	m, err := Wish{From: r.From, Into: r.Into, Reason: r.Reason, Narrow: r.Narrow}.merging(ctx, tx, by)
	if err != nil {
		return err
	}
	m.Reason += " (asked by " + r.AskedName + ")"
	return do(ctx, tx, box, by, m)
}

// Stop ends a request. Who may: administrators.
func Stop(ctx context.Context, tx *db.Tx, by account.Actor, from string) error {
	r, err := waiting(ctx, tx, by, from)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from merge_request where organization_id = $1`, from); err != nil {
		return err
	}
	return record(ctx, tx, by, "organization.merge_stopped", from, "into "+r.Into)
}

func waiting(ctx context.Context, tx *db.Tx, by account.Actor, from string) (Request, error) {
	r, err := RequestOf(ctx, tx, by, from)
	if err == nil && r == nil {
		err = fault.New(fault.NotFound, "This was decided meanwhile.")
	}
	if err != nil {
		return Request{}, err
	}
	return *r, nil
}

// forgetRequests ends what was asked for about a record that is no more.
func forgetRequests(ctx context.Context, tx *db.Tx, e account.Merged) error {
	_, err := tx.Exec(ctx, `delete from merge_request where organization_id = $1 or into_organization_id = $1`, e.From)
	return err
}
