package plan

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
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

// Functions and Doers are all of them, in the order people read them.
var (
	Functions = []Function{Utilization, PeerToPeer, Reconsideration, Appeal}
	Doers     = []Doer{Us, ThePlan, Nobody}
)

func (d Delegation) check() error {
	f := fault.Fields{}
	f.Check(d.Line != "", "line", "Choose a type of plan")
	f.Check(slices.Contains(Functions, d.Function), "function", "Choose what is delegated")
	f.Check(slices.Contains(Doers, d.By), "by", "Choose who does it")
	f.Check(!d.From.IsZero(), "from", "Enter the first day, like 2026-11-24")
	f.Check(d.To.IsZero() || !d.To.Before(d.From), "to", "It ends before it starts")
	return f.Err()
}

// Delegations are the lines of a plan's matrix, the later before the earlier.
func Delegations(ctx context.Context, tx *db.Tx, id ID) (all []Delegation, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for k, functions := range p.delegations {
		if k.plan == id {
			for _, some := range functions {
				all = append(all, some...)
			}
		}
	}
	slices.SortFunc(all, func(a, b Delegation) int {
		return cmp.Or(b.From.Compare(a.From), strings.Compare(string(a.Function)+a.Line+string(a.ProgramID)+string(a.By), string(b.Function)+b.Line+string(b.ProgramID)+string(b.By)))
	})
	return all, nil
}

// Delegate stores a line of the delegation matrix. Invalid faults are at
// "line", "function", "by", "from" and "to".
func Delegate(ctx context.Context, tx *db.Tx, by account.Actor, d Delegation) error {
	if err := may(by); err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	e := by.Audit("plan.delegated", "plan", string(d.PlanID))
	e.Detail = strings.Join([]string{string(d.Function), string(d.By), d.Line, string(d.ProgramID), "from", d.From.String()}, " ")
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
	return DoerOf(p.delegations[lineKey{id, line}][f], program, day), nil
}
