package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/guideline"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Pause keeps the program from approving anything by a guideline: until it
// is ended, whatever meets the criteria waits for a person like all else. It
// is the switch for when something is found to be wrong with them.
type Pause struct {
	ID        string
	Guideline string // its id, in whatever version
	Why       string
	Name      string // who paused it
	At        time.Time
	EndedAt   *time.Time
	EndedBy   string
}

// PauseApprovals pauses a guideline, once. It holds for every request that is
// sent after it. Who may: supervisors. The error is Invalid at "guideline" or
// "why", a Conflict if it is paused already.
func PauseApprovals(ctx context.Context, tx *db.Tx, by account.Actor, id, why string) error {
	if err := by.Must(account.Supervise); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(id != "", "guideline", "Select a guideline")
	f.Check(why != "", "why", "Say why")
	f.Check(len([]rune(why)) <= 500, "why", "Why must be 500 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into approval_pause (id, guideline, why, person_id, name, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
		db.NewID("pau"), id, why, string(by.ID), by.Name, tx.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "Approvals by this guideline are paused already.")
	}
	e := by.Audit("approvals.paused", "guideline", id)
	e.Detail = why
	return audit.Record(ctx, tx, e)
}

// ResumeApprovals ends a pause. Who may: supervisors.
func ResumeApprovals(ctx context.Context, tx *db.Tx, by account.Actor, pause string) error {
	if err := by.Must(account.Supervise); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update approval_pause set ended_at = $1, ended_by = $2 where id = $3 and ended_at is null`, tx.Now(), by.Name, pause)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This pause has ended already.")
	}
	return audit.Record(ctx, tx, by.Audit("approvals.resumed", "pause", pause))
}

// Pauses are those that hold, by guideline.
func Pauses(ctx context.Context, tx *db.Tx) ([]Pause, error) {
	return db.All(ctx, tx, func(r db.Row) (p Pause, err error) {
		return p, r.Scan(&p.ID, &p.Guideline, &p.Why, &p.Name, &p.At, &p.EndedAt, &p.EndedBy)
	}, `select id, guideline, why, name, at, ended_at, ended_by from approval_pause where ended_at is null order by guideline, id`)
}

// anyPaused reports whether one of some approvals is by a guideline that is
// paused.
func anyPaused(ctx context.Context, tx *db.Tx, approvals []guideline.Approval) (bool, error) {
	if len(approvals) == 0 {
		return false, nil
	}
	var ids []string
	for _, a := range approvals {
		ids = append(ids, a.ID)
	}
	list, args := db.In(1, ids)
	return db.Exists(ctx, tx, `select 1 from approval_pause where ended_at is null and guideline in `+list, args...)
}
