package plan

import (
	"context"
	"slices"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Topic is what transactions tell that change what is laid down here
// (db.Tx.Tell), and under which it is remembered.
const Topic = "plan"

// A policy is all that is laid down for plans and programs. It changes seldom
// and is asked for with every order, so it is remembered whole.
type policy struct {
	plans       map[ID]Plan
	lines       map[lineKey]Line
	programs    map[ProgramID]Program
	holidays    map[ID]planHolidays
	delegations map[lineKey]map[Function][]Delegation
	rollouts    map[rolloutKey][]Rollout
	procedures  []Procedure
	cutovers    map[lineKey]Cutover
}

type (
	lineKey struct {
		plan ID
		line string
	}
	rolloutKey struct {
		feature string
		program ProgramID
		plan    ID
	}
)

func policies(ctx context.Context, tx *db.Tx) (*policy, error) {
	return db.Remember(ctx, tx, Topic, "policy", func() (*policy, error) {
		p := &policy{plans: map[ID]Plan{}, lines: map[lineKey]Line{}, programs: map[ProgramID]Program{}, holidays: map[ID]planHolidays{},
			delegations: map[lineKey]map[Function][]Delegation{}, rollouts: map[rolloutKey][]Rollout{}, cutovers: map[lineKey]Cutover{}}
		for _, load := range []func(context.Context, *db.Tx) error{p.loadPlans, p.loadHolidays, p.loadDelegations, p.loadRollouts, p.loadProcedures, p.loadCutovers} {
			if err := load(ctx, tx); err != nil {
				return nil, err
			}
		}
		return p, nil
	})
}

func (p *policy) loadPlans(ctx context.Context, tx *db.Tx) error {
	plans, err := all(ctx, tx)
	if err != nil {
		return err
	}
	for _, one := range plans {
		p.plans[one.ID] = one
	}
	lines, err := db.All(ctx, tx, scanLine, `select `+lineColumns+` from plan_line`)
	if err != nil {
		return err
	}
	for _, l := range lines {
		p.lines[lineKey{l.PlanID, l.Code}] = l
	}
	all, err := programs(ctx, tx)
	for _, one := range all {
		p.programs[one.ID] = one
	}
	return err
}

func (p *policy) loadDelegations(ctx context.Context, tx *db.Tx) error {
	all, err := delegations(ctx, tx, "1 = 1")
	for _, d := range all {
		k := lineKey{d.PlanID, d.Line}
		if p.delegations[k] == nil {
			p.delegations[k] = map[Function][]Delegation{}
		}
		p.delegations[k][d.Function] = append(p.delegations[k][d.Function], d)
	}
	return err
}

func (p *policy) loadRollouts(ctx context.Context, tx *db.Tx) error {
	all, err := rollouts(ctx, tx, "1 = 1")
	for _, r := range all {
		k := rolloutKey{r.Feature, r.ProgramID, r.PlanID}
		p.rollouts[k] = append(p.rollouts[k], r)
	}
	return err
}

// found is what a policy holds under a key, or a NotFound fault.
func found[K comparable, V any](ctx context.Context, tx *db.Tx, key K, in func(*policy) map[K]V) (v V, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return v, err
	}
	v, ok := in(p)[key]
	if !ok {
		return v, fault.New(fault.NotFound, "We can't find that.")
	}
	return v, nil
}

// LinesOf returns a plan's lines of business, by name.
func LinesOf(ctx context.Context, tx *db.Tx, id ID) ([]Line, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	var all []Line
	for _, l := range p.lines {
		if l.PlanID == id {
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b Line) int { return strings.Compare(a.Name+a.Code, b.Name+b.Code) })
	return all, nil
}
