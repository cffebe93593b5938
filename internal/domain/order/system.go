package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// ForSystem refuses an order to a system of its office, with a Closed fault,
// where its program isn't open to the office's systems. The caller has read the
// order.
func ForSystem(ctx context.Context, tx *db.Tx, by account.Actor, o Order) error {
	return plan.Must(ctx, tx, by, plan.SystemsFeature, o.Place())
}

// ShutToSystems are those of some orders that ForSystem refuses. They are read
// only where anything is rolled out to systems by waves.
func ShutToSystems(ctx context.Context, tx *db.Tx, by account.Actor, ids []ID) (map[ID]bool, error) {
	waves, err := plan.AnyWave(ctx, tx, plan.SystemsFeature)
	if err != nil || !waves || len(ids) == 0 {
		return nil, err
	}
	all, err := Among(ctx, tx, by, ids)
	if err != nil {
		return nil, err
	}
	shut := map[ID]bool{}
	for _, o := range all {
		words, err := plan.Instead(ctx, tx, by, plan.SystemsFeature, o.Place())
		if err != nil {
			return nil, err
		}
		shut[o.ID] = words != ""
	}
	return shut, nil
}
