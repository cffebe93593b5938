package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A Lapse is a call to come whose reviewer's license will have ended by then:
// that of the office's state, or every one they have.
type Lapse struct {
	Number     string // the call's
	ReviewerID account.PersonID
	StartsAt   time.Time
	Zone       string // the reviewer's
	State      string // of the license that ended; "" where none holds then
	Expires    civil.Date
}

// Lapses are the calls to come with a license that will have ended, the
// earliest first. Who may: those who keep licenses.
func Lapses(ctx context.Context, tx *db.Tx, by account.Actor) ([]Lapse, error) {
	if !review.MayKeepLicenses(by) {
		return nil, by.Must(account.ManageProgram)
	}
	all, err := review.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	known := map[account.PersonID]review.Reviewer{}
	for _, r := range all {
		known[r.PersonID] = r
	}
	calls, err := db.All(ctx, tx, func(r db.Row) (l Lapse, err error) {
		return l, r.Scan(&l.Number, (*string)(&l.ReviewerID), &l.StartsAt, &l.State)
	}, `select call.number, call.reviewer_id, call.starts_at, coalesce(location.state, '')
		from call join orders on orders.id = call.order_id left join location on location.id = orders.location_id
		where call.starts_at > $1 and call.reviewer_id is not null and call.status in ('requested', 'scheduled', 'confirmed') order by call.starts_at, call.id`, tx.Now())
	var some []Lapse
	for _, c := range calls {
		r, ok := known[c.ReviewerID]
		if !ok {
			continue
		}
		if c.Zone = r.TimeZone; c.lapsed(r) {
			some = append(some, c)
		}
	}
	return some, err
}

// lapsed reports whether a license will have ended, and keeps which. A reviewer
// who never had one of the state was matched without it: that is no lapse.
func (c *Lapse) lapsed(r review.Reviewer) bool {
	day := r.Today(c.StartsAt)
	if l := r.Of(c.State); l.State != "" && l.Expires.Before(day) {
		c.Expires = l.Expires
		return true
	}
	if len(r.Licenses) == 0 || r.Licensed("", day) {
		return false
	}
	c.State, c.Expires = "", r.Licenses[0].Expires // the latest stands first
	return true
}
