package plan

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// A Function is something a plan does itself or delegates.
type Function string

// Functions of the delegation matrix.
const (
	Utilization     Function = "um"
	PeerToPeer      Function = "p2p"
	Reconsideration Function = "reconsideration"
	Appeal          Function = "appeal"
)

// A Doer is who does a function.
type Doer string

// Doers. Nobody means the function is not offered.
const (
	Us      Doer = "us"
	ThePlan Doer = "plan"
	Nobody  Doer = "none"
)

// A Delegation says who does a function for a line of business, and when.
// ProgramID "" holds for every program that has no line of its own.
type Delegation struct {
	PlanID    ID
	Line      string
	ProgramID ProgramID
	Function  Function
	By        Doer
	From      civil.Date
	To        civil.Date // zero: no end; the last day on which it holds
}

// Delegate stores a line of the delegation matrix.
func Delegate(ctx context.Context, tx *db.Tx, by account.Actor, d Delegation) error {
	if err := may(by); err != nil {
		return err
	}
	e := by.Audit("plan.delegated", "plan", string(d.PlanID))
	e.Detail = strings.Join([]string{string(d.Function), string(d.By), d.Line, string(d.ProgramID)}, " ")
	n, err := insertDelegation(ctx, tx, d)
	return record(ctx, tx, e, n, err)
}

// DoneBy says who does a function on a day. Where the matrix is silent nobody
// has delegated it to us: the plan does it.
func DoneBy(ctx context.Context, tx *db.Tx, id ID, line string, program ProgramID, f Function, day civil.Date) (Doer, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return "", err
	}
	return doer(p.delegations[lineKey{id, line}][f], program, day), nil
}
