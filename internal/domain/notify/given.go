package notify

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// OrderGiven tells somebody of an office that an order is theirs to look after,
// if it still is.
func (d *Desk) OrderGiven(ctx context.Context, tx *db.Tx, e order.Given) error {
	o, err := order.OfEvent(ctx, tx, e.OrderID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := order.Holders(ctx, tx, []string{o.Number})
	if err != nil || held[o.Number].ID != e.PersonID {
		return err
	}
	to, err := account.Get(ctx, tx, e.PersonID)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "given:" + string(e.OrderID) + ":" + string(e.PersonID) + ":" + strconv.FormatInt(e.At.Unix(), 10),
		To:  mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: string(e.OrderID),
		Subject: words.Say("An order is yours to look after (ending %s)", order.Ending(o.Number)),
		Lines:   []words.Text{words.Say("A colleague asks you to look after an order ending %s. Sign in to see what it waits for.", order.Ending(o.Number))},
		Link:    "/orders/" + o.Number, LinkText: "Open the order",
	})
}
