package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// Similar returns the orders by may see that ask for one of the codes for a
// member, with a day of service since the given one, and that are undecided or
// approved: the newest first.
func Similar(ctx context.Context, tx *db.Tx, by account.Actor, memberID string, codes []string, since civil.Date) ([]Order, error) {
	where, args := Visible(by, 3)
	list, more := db.In(3+len(args), codes)
	args = append(append([]any{memberID, since}, args...), more...)
	all, err := db.All(ctx, tx, scan, `select `+columns+` from orders where member_id = $1 and service_from >= $2 and `+where+`
		and id in (select order_id from order_service where code in `+list+`) order by received_at desc, id`, args...)
	var similar []Order
	for _, o := range all {
		if o.Status.Pending() || o.Status == Approved || o.Status == Partial {
			similar = append(similar, o)
		}
	}
	return similar, err
}
