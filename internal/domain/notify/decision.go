package notify

import (
	"context"

	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
)

// Decided tells an order's contact that there is a decision. What it is stands
// on the page behind sign-in, not in the mail.
func (d *Desk) Decided(ctx context.Context, tx *db.Tx, e review.Decided) error {
	type contact struct{ number, name, email string }
	c, err := db.One(ctx, tx, func(r db.Row) (c contact, err error) { return c, r.Scan(&c.number, &c.name, &c.email) },
		`select number, contact_name, contact_email from orders where id = $1`, e.OrderID)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "decided:" + e.DeterminationID, To: mail.Address{Name: c.name, Email: c.email},
		Subject: "You have an update on an order (ending " + order.Ending(c.number) + ")",
		Lines:   []string{"A decision was made on an order ending " + order.Ending(c.number) + ". Sign in to read it."},
		Link:    "/orders/" + c.number, LinkText: "Read the decision", ObjectID: e.OrderID,
	})
}
