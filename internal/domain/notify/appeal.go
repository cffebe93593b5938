package notify

import (
	"context"

	"parley/internal/domain/appeal"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// AppealFiled confirms to an order's contact that something was filed about its
// decision.
func (d *Desk) AppealFiled(ctx context.Context, tx *db.Tx, e appeal.Filed) error {
	return d.appealed(ctx, tx, e.FilingID, "filed", "We have what you sent about the decision on an order ending %s. Sign in to read by when it is answered.")
}

// AppealClosed tells an order's contact that what was filed is answered.
func (d *Desk) AppealClosed(ctx context.Context, tx *db.Tx, e appeal.Closed) error {
	return d.appealed(ctx, tx, e.FilingID, "closed", "There is an answer to what was asked about the decision on an order ending %s. Sign in to read it.")
}

func (d *Desk) appealed(ctx context.Context, tx *db.Tx, id, what string, line words.Text) error {
	f, err := appeal.ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	c, err := contactOf(ctx, tx, string(f.OrderID))
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "appeal:" + what + ":" + f.ID, To: mail.Address{Name: c.name, Email: c.email}, Language: c.language,
		Subject: words.Say("About the decision on an order (ending %s)", order.Ending(c.number)),
		Lines:   []words.Text{words.Say(line, order.Ending(c.number))},
		Link:    "/orders/" + c.number, LinkText: "Open the order", ObjectID: string(f.OrderID),
	})
}
