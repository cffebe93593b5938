package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// This file is what an office does about the personal link of a speaker.

// LinkSent asks that a new link be mailed to a call's speaker.
type LinkSent struct{ Notice }

// Kind names the event.
func (LinkSent) Kind() string { return "peer.link_sent" }

// A Link is how the personal link to a call stands.
type Link struct {
	Wanted bool       // the speaker has no account, so that a link is how they come in
	Sent   *time.Time // the last one that leads to the call, nil for none
	Ended  bool       // by the office: mails bring no new one
}

// LinkOf is how that of c stands. Whoever has read the call may see it.
func LinkOf(ctx context.Context, tx *db.Tx, c Call) (l Link, err error) {
	if c.People.Email == "" || !speaking(c, tx.Now()) {
		return l, nil
	}
	signs, err := signsIn(ctx, tx, c)
	if err != nil || signs {
		return l, err
	}
	l.Wanted = true
	if l.Ended, err = linkEnded(ctx, tx, c.ID); err != nil {
		return l, err
	}
	sent, err := db.All(ctx, tx, db.Value[time.Time], `select made_at from speaker_link where call_id = $1 and email = $2 order by made_at desc, id limit 1`, string(c.ID), c.People.Email)
	if len(sent) > 0 {
		l.Sent = &sent[0]
	}
	return l, err
}

func linkEnded(ctx context.Context, tx *db.Tx, id ID) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from call_day where call_id = $1 and link_ended_at is not null`, string(id))
}

// SendLink has a new personal link mailed to the speaker of c. Those sent
// before lead nowhere from now on, and who came in by one is out. Who may: who
// books calls and sees the call, while there is something to speak about.
func SendLink(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	l, err := mayLink(ctx, tx, by, c)
	if err != nil {
		return err
	}
	if !l.Wanted {
		return fault.New(fault.Conflict, "The speaker of this call signs in, so there is no link to send.")
	}
	if err := account.CountSpeakerMail(ctx, tx, string(c.ID)); err != nil {
		return err
	}
	if err := endLinks(ctx, tx, &c, nil); err != nil {
		return err
	}
	return tell(ctx, tx, by, c, o, "link_sent", "The office had a new link sent to the speaker.", LinkSent{c.notice()})
}

// EndLink has no personal link lead to c any more, until SendLink: neither
// those sent, nor any in mails to come. Who may: as SendLink.
func EndLink(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order) error {
	l, err := mayLink(ctx, tx, by, c)
	if err != nil || l.Ended {
		return err
	}
	now := tx.Now()
	if err := endLinks(ctx, tx, &c, &now); err != nil {
		return err
	}
	return tell(ctx, tx, by, c, o, "link_ended", "The office ended the speaker’s link.", nil)
}

func mayLink(ctx context.Context, tx *db.Tx, by account.Actor, c Call) (l Link, err error) {
	if err := by.Must(account.BookCalls); err != nil {
		return l, err
	}
	if !speaking(c, tx.Now()) {
		return l, fault.New(fault.Conflict, "This call is %s, so no link leads to it.", c.Status.Words())
	}
	return LinkOf(ctx, tx, c)
}

// endLinks forgets the links of c, and keeps whether there are to be more.
func endLinks(ctx context.Context, tx *db.Tx, c *Call, ended *time.Time) error {
	if err := update(ctx, tx, c); err != nil {
		return err
	}
	if err := needDay(ctx, tx, c.ID); err != nil {
		return err
	}
	for _, query := range []string{
		`delete from speaker_visit where link_id in (select id from speaker_link where call_id = $1)`,
		`delete from speaker_link where call_id = $1`,
	} {
		if _, err := tx.Exec(ctx, query, string(c.ID)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update call_day set link_ended_at = $1 where call_id = $2`, ended, string(c.ID))
	return err
}
