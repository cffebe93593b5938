package notify

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// EarlierFound asks the office, who wanted it, whether its call should move to
// an earlier time that is kept for it.
func (d *Desk) EarlierFound(ctx context.Context, tx *db.Tx, e peer.Found) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil || !tx.Now().Before(e.Until) {
		return err
	}
	loc, err := civil.Zone(a.call.Zone)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: a.key("earlier-"+e.Earlier.UTC().Format("20060102T1504"), a.call.ArrangerEmail), ObjectID: string(a.call.ID),
		To:      mail.Address{Name: a.call.ArrangerName, Email: a.call.ArrangerEmail},
		Subject: words.Say("An earlier time is free: %s", a.subject(a.call.Zone, tx.Now())),
		Lines: []words.Text{words.Say("Your peer-to-peer call could be on %s instead of %s. Reference %s.", civil.When(e.Earlier, loc, tx.Now()), a.when(a.call.Zone, tx.Now()), a.call.Reference()),
			words.Say("We keep the earlier time for you until %s. If you do nothing, your call stays where it is.", civil.Clock(e.Until, loc))},
		Link: "/p2p/" + a.call.Number + "/earlier", LinkText: "Take the earlier time, or keep yours",
	})
}
