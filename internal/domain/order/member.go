package order

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// OfMember returns the undecided orders of a member that by may see, the newest
// first, at most 20. Each is a read that is audited.
func OfMember(ctx context.Context, tx *db.Tx, by account.Actor, memberID string) (open []Order, err error) {
	where, args := Visible(by, 2)
	all, err := db.All(ctx, tx, scan, `select `+columns+` from orders where member_id = $1 and `+where+` order by received_at desc, id limit 100`, append([]any{memberID}, args...)...)
	for _, o := range all {
		if !o.Status.Pending() || len(open) == 20 {
			continue
		}
		if err := Read(ctx, tx, by, o, "order.read"); err != nil {
			return nil, err
		}
		open = append(open, o)
	}
	return open, err
}
