package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Visit is somebody's look at a case, as long as they come back to it every
// few minutes. What came since the one before is new to them.
type Visit struct {
	Since *time.Time // when they looked last before; nil at the first visit
	By    account.PersonID
}

// VisitOf is the visit that by's look at a case now belongs to. The caller has
// read the order.
func VisitOf(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) (Visit, error) {
	v, err := db.One(ctx, tx, func(r db.Row) (v Visit, err error) {
		var seen time.Time
		if err = r.Scan(&seen, &v.Since); err == nil && tx.Now().Sub(seen) > present {
			v.Since = &seen
		}
		return v, err
	}, `select seen_at, before_at from case_presence where order_id = $1 and person_id = $2`, string(id), string(by.ID))
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	v.By = by.ID
	return v, err
}

// New reports whether what somebody did at a time came since the last visit.
// What they did themselves is never new.
func (v Visit) New(at time.Time, who string) bool {
	return v.Since != nil && at.After(*v.Since) && who != string(v.By)
}
