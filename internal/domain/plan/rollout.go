package plan

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// A Stage says how far a feature is rolled out.
type Stage string

// Stages of a roll-out.
const (
	Off       Stage = "off"
	Announced Stage = "announced"
	Pilot     Stage = "pilot"
	On        Stage = "on"
	Ending    Stage = "ending"
)

// Open reports whether people can use a feature in this stage.
func (s Stage) Open() bool { return s == On || s == Pilot || s == Ending }

// CallsFeature is the roll-out feature of booking calls online.
const CallsFeature = "p2p_booking"

// A Rollout opens a feature for a program of a plan, from a day on. Line ""
// holds for every line of business that has no line of its own.
type Rollout struct {
	Feature   string
	ProgramID ProgramID
	PlanID    ID
	Line      string
	Stage     Stage
	From      civil.Date
	To        civil.Date // zero: no end
	Notice    string
}

// RollOut stores a phase of a roll-out.
func RollOut(ctx context.Context, tx *db.Tx, by account.Actor, r Rollout) error {
	if err := may(by); err != nil {
		return err
	}
	e := by.Audit("plan.rolled_out", "plan", string(r.PlanID))
	e.Detail = strings.Join([]string{r.Feature, string(r.Stage), r.Line, string(r.ProgramID)}, " ")
	n, err := insertRollout(ctx, tx, r)
	return record(ctx, tx, e, n, err)
}

// StageOf says how far a feature is rolled out on a day, and the phase that
// says so. If it is not open, next is the first day it will be, if one is set.
func StageOf(ctx context.Context, tx *db.Tx, feature string, program ProgramID, id ID, line string, day civil.Date) (now Rollout, next civil.Date, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return now, next, err
	}
	now, next = phase(p.rollouts[rolloutKey{feature, program, id}], line, day)
	return now, next, nil
}
