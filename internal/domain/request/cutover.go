package request

import (
	"context"

	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// madeHere refuses a request for a plan whose requests are still made on an
// older platform: at a field, or where there is none as a Conflict.
func madeHere(ctx context.Context, tx *db.Tx, id plan.ID, line, field string) error {
	if id == "" {
		return nil
	}
	c, elsewhere, err := plan.MadeElsewhere(ctx, tx, id, line)
	if err != nil || !elsewhere {
		return err
	}
	p, err := plan.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	whose := p.Name
	if l, err := plan.GetLine(ctx, tx, id, line); err == nil {
		whose += ", " + l.Name
	}
	if field == "" {
		return fault.New(fault.Conflict, "%s", c.Refusal(whose))
	}
	return fault.Fields{field: c.Refusal(whose)}.Err()
}
