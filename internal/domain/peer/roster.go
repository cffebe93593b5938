package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Load is a reviewer with the calls of this week, from Monday in their zone.
type Load struct {
	review.Reviewer
	Week int // calls not canceled
	Most int // what they take in a week; 0 for no limit
}

// Roster returns every reviewer with their load, by name. Who may: schedulers,
// supervisors, administrators.
func Roster(ctx context.Context, tx *db.Tx, by account.Actor) ([]Load, error) {
	if !by.Can(account.ConfirmCalls) && !by.Can(account.ManageProgram) {
		return nil, fault.New(fault.Denied, "Only schedulers and administrators see the list of reviewers.")
	}
	all, err := review.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	calls, err := db.All(ctx, tx, func(r db.Row) (s struct {
		of account.PersonID
		at time.Time
	}, err error) {
		return s, r.Scan((*string)(&s.of), &s.at)
	}, `select reviewer_id, starts_at from call where starts_at > $1 and starts_at < $2 and reviewer_id is not null and status <> 'cancelled' order by starts_at, id`,
		tx.Now().Add(-8*24*time.Hour), tx.Now().Add(8*24*time.Hour))
	if err != nil {
		return nil, err
	}
	starts := map[account.PersonID][]time.Time{}
	for _, c := range calls {
		starts[c.of] = append(starts[c.of], c.at)
	}
	loads := make([]Load, len(all))
	for i, r := range all {
		zone, err := civil.Zone(r.TimeZone)
		if err != nil {
			return nil, err
		}
		loads[i] = Load{Reviewer: r, Most: r.WeeklyCalls}
		for _, at := range starts[r.PersonID] {
			loads[i].Week += no(weekOf(civil.DateIn(at, zone)) == weekOf(civil.DateIn(tx.Now(), zone)))
		}
	}
	return loads, nil
}
