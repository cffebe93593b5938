package plan

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// newFor is how many days something that was rolled out is still news.
const newFor = 30

// News is what an office reads of the roll-out today: what comes, what is new,
// what ends and what is turned off, for the plans and programs it works with.
func News(ctx context.Context, tx *db.Tx, reach []account.Scope, organization string, today civil.Date) (all []Said, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range reach {
		for _, f := range Features {
			for _, r := range p.rollouts[rolloutKey{f.ID, ProgramID(s.ProgramID), ID(s.PlanID)}] {
				words := r.Words(p.plans[r.PlanID], p.programs[r.ProgramID], p.lines[lineKey{r.PlanID, r.Line}].Name, today)
				if words != (Said{}) && r.news(today) && r.isFor(Office{Line: r.Line, State: r.State, OrganizationID: organization}) && !slices.Contains(all, words) {
					all = append(all, words)
				}
			}
		}
	}
	return all, nil
}

func (r Rollout) news(today civil.Date) bool {
	return holds(r.From, r.To, today) && (r.StoppedAt != nil || r.Stage == Announced || r.Stage == Ending || r.Stage.Open() && r.From.DaysUntil(today) < newFor)
}
