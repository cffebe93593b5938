package worklist

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Reach are the plans and programs a reader works with: staff those they are
// there for, with none named all of them; an office those it has orders of.
func Reach(ctx context.Context, tx *db.Tx, by account.Actor) ([]account.Scope, error) {
	if by.IsStaff() && by.Assists == nil {
		if len(by.Scopes) == 0 {
			return []account.Scope{{}}, nil
		}
		return by.Scopes, nil
	}
	var mine []string
	for _, s := range by.Seats {
		if s.Role.Side() == account.Portal {
			mine = append(mine, s.OrganizationID)
		}
	}
	list, args := db.In(1, mine)
	return db.All(ctx, tx, func(r db.Row) (s account.Scope, err error) { return s, r.Scan(&s.PlanID, &s.ProgramID) },
		`select distinct plan_id, program_id from order_count where organization_id in `+list+` and n > 0 order by plan_id, program_id`, args...)
}
