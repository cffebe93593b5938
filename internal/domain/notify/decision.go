package notify

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// Decided tells an order's contact that there is a decision. What it is stands
// on the page behind sign-in, not in the mail.
func (d *Desk) Decided(ctx context.Context, tx *db.Tx, e review.Decided) error {
	undone, err := review.Undone(ctx, tx, e)
	if err != nil || undone {
		return err
	}
	c, err := contactOf(ctx, tx, e.OrderID)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "decided:" + e.DeterminationID, To: mail.Address{Name: c.name, Email: c.email}, Language: c.language,
		Subject: words.Say("You have an update on an order (ending %s)", order.Ending(c.number)),
		Lines:   []words.Text{words.Say("A decision was made on an order ending %s. Sign in to read it.", order.Ending(c.number))},
		Link:    "/orders/" + c.number, LinkText: "Read the decision", ObjectID: e.OrderID,
	})
}

// Intended tells an order's contact, before a denial, that a call can still
// help, and until when. Why stands on the page behind sign-in.
func (d *Desk) Intended(ctx context.Context, tx *db.Tx, e review.Intended) error {
	i, err := review.IntentOf(ctx, tx, order.ID(e.OrderID))
	if err != nil || i == nil || i.ID != e.IntentID {
		return err
	}
	c, err := contactOf(ctx, tx, e.OrderID)
	if err != nil {
		return err
	}
	zone, err := db.One(ctx, tx, db.Value[string], `select time_zone from plan where id = (select plan_id from orders where id = $1)`, e.OrderID)
	if err != nil {
		return err
	}
	loc, err := civil.Zone(zone)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "intended:" + i.ID, To: mail.Address{Name: c.name, Email: c.email}, Language: c.language,
		Subject: words.Say("Before we decide on an order (ending %s)", order.Ending(c.number)),
		Lines: []words.Text{words.Say("We're about to decide on an order ending %s. A peer-to-peer call can help before we do, until %s.", order.Ending(c.number), civil.Deadline(i.Until, loc, tx.Now())),
			"Sign in to read what is missing, send it, or choose a time for the call."},
		Link: "/orders/" + c.number, LinkText: "Read what is missing", ObjectID: e.OrderID,
	})
}

// contact is who hears of an order at its office. Who hears by fax has an
// address that Queue makes one of the fax gateway. language is that of who has
// the order there, for who reads it without an account; "" where nobody chose one.
type contact struct {
	number, name, email string
	language            words.Language
}

func contactOf(ctx context.Context, tx *db.Tx, orderID string) (contact, error) {
	return db.One(ctx, tx, func(r db.Row) (c contact, err error) {
		return c, r.Scan(&c.number, &c.name, &c.email, (*string)(&c.language))
	}, `
		select number, contact_name, case when contact_notices = 'fax' then '`+faxed+`' || contact_fax else contact_email end,
			coalesce((select nullif(p.language, '') from person p where p.email = orders.contact_email),
				(select p.language from person p where p.id = coalesce(nullif(orders.held_by, ''), orders.created_by)), '')
		from orders where id = $1`, orderID)
}
