package notify

import (
	"context"

	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// LetterSent tells an order's contact that there is a letter that no other
// mail speaks of: that the time for the decision was extended.
func (d *Desk) LetterSent(ctx context.Context, tx *db.Tx, e letter.WentOut) error {
	l, err := letter.Get(ctx, tx, order.ID(e.OrderID), e.LetterID)
	if err != nil || l.Kind != letter.Extension || l.Audience != letter.Provider {
		return err
	}
	c, err := contactOf(ctx, tx, e.OrderID)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "letter:" + l.ID, To: mail.Address{Name: c.name, Email: c.email}, Language: c.language,
		Subject: words.Say("There is a letter about an order (ending %s)", order.Ending(c.number)),
		Lines:   []words.Text{words.Say("The time for the decision on an order ending %s was extended. Sign in to read by when it is due, and why.", order.Ending(c.number))},
		Link:    "/orders/" + c.number, LinkText: "Read the letter", ObjectID: e.OrderID,
	})
}
