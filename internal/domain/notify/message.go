package notify

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
)

// InformationAsked tells an office that a reviewer needs something, and until
// when. What it is stands on the page behind sign-in.
func (d *Desk) InformationAsked(ctx context.Context, tx *db.Tx, e message.Asked) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil || !t.Waits(*t.ReplyBy) {
		return err
	}
	until, ending, err := d.until(ctx, tx, t)
	if err != nil {
		return err
	}
	return d.toOffice(ctx, tx, t, AskedEvent, "asked", Letter{
		Subject: "A reviewer needs something for an order (ending " + ending + ")",
		Lines:   []string{"A reviewer needs something for an order ending " + ending + ". Reply by " + until + "."},
	})
}

// ReplyReminder reminds an office of what it is asked, if it still is when the
// reminder is due.
func (d *Desk) ReplyReminder(ctx context.Context, tx *db.Tx, e message.Remind) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil || !t.Waits(e.ReplyBy) || tx.Now().After(e.ReplyBy) {
		return err
	}
	until, ending, err := d.until(ctx, tx, t)
	if err != nil {
		return err
	}
	left := civil.Left(e.ReplyBy.Sub(tx.Now()).Round(time.Minute)).String()
	return d.toOffice(ctx, tx, t, ReminderEvent, "reminder:"+strconv.FormatInt(e.ReplyBy.Unix(), 10)+":"+e.Left.String(), Letter{
		Subject: left + " left to reply: order ending " + ending,
		Lines:   []string{"A reviewer still needs something for an order ending " + ending + ". Reply by " + until + "."},
	})
}

// ReplyOverdue tells the office, and who asked, that the wait is over.
func (d *Desk) ReplyOverdue(ctx context.Context, tx *db.Tx, e message.Expired) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil {
		return err
	}
	_, ending, err := d.until(ctx, tx, t)
	if err != nil {
		return err
	}
	then := "The review goes on with what we have. You can still send your answer."
	if t.AnsweredAt == nil && t.Unanswered == plan.CloseThen {
		then = "The order was closed without a decision."
	}
	if err := d.toOffice(ctx, tx, t, ReminderEvent, "expired", Letter{
		Subject: "The time to reply is over: order ending " + ending,
		Lines:   []string{"The time to reply about an order ending " + ending + " is over. " + then},
	}); err != nil {
		return err
	}
	return d.toAsker(ctx, tx, t, "expired", "No answer came for a case ending "+ending, "The time to answer what you asked about a case ending "+ending+" is over.")
}

// InformationAnswered tells who asked that answers came.
func (d *Desk) InformationAnswered(ctx context.Context, tx *db.Tx, e message.Answered) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil {
		return err
	}
	_, ending, err := d.until(ctx, tx, t)
	if err != nil {
		return err
	}
	return d.toAsker(ctx, tx, t, "answered:"+strconv.Itoa(t.LastN), "The office answered: case ending "+ending, "The office answered what you asked about a case ending "+ending+".")
}

// MessageSaid tells the other side that somebody wrote. A question of an office
// goes to a pool, whose list shows it: nobody in particular hears by mail until
// somebody answered.
func (d *Desk) MessageSaid(ctx context.Context, tx *db.Tx, e message.Said) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil {
		return err
	}
	about := "You have a new message"
	if t.OrderID != "" {
		_, ending, err := d.until(ctx, tx, t)
		if err != nil {
			return err
		}
		about += " about an order ending " + ending
	}
	l := Letter{Subject: about, Lines: []string{about + ". Sign in to read it."}}
	key := "said:" + strconv.Itoa(e.N)
	if t.OfficeN == e.N {
		return d.toOffice(ctx, tx, t, SaidEvent, key, l)
	}
	if t.Kind == message.Request {
		return d.toAsker(ctx, tx, t, key, about, about+".")
	}
	return nil
}

// until is by when t is to be answered, in its plan's zone, and the end of its
// order's number.
func (d *Desk) until(ctx context.Context, tx *db.Tx, t message.Thread) (until, ending string, err error) {
	o, err := order.OfEvent(ctx, tx, t.OrderID)
	if err != nil {
		return "", "", err
	}
	p, err := plan.Get(ctx, tx, t.PlanID)
	if err != nil {
		return "", "", err
	}
	if t.ReplyBy != nil {
		until = civil.Deadline(*t.ReplyBy, p.Zone(), tx.Now()).String()
	}
	return until, order.Ending(o.Number), nil
}

// toOffice writes to whoever a thread is assigned to, to who began it, and to
// its order's contact, once to each address; where none of them has one, to the
// administrators of the office.
func (d *Desk) toOffice(ctx context.Context, tx *db.Tx, t message.Thread, event Event, key string, l Letter) error {
	var to []mail.Address
	add := func(id account.PersonID) error {
		p, err := account.Get(ctx, tx, id)
		if err == nil && p.DisabledAt == nil {
			to = append(to, mail.Address{Name: p.Name(), Email: p.Email})
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	if t.AssignedTo != "" {
		if err := add(account.PersonID(t.AssignedTo)); err != nil {
			return err
		}
	}
	if t.Kind == message.Question {
		if err := add(t.CreatedBy); err != nil {
			return err
		}
	} else {
		c, err := contactOf(ctx, tx, string(t.OrderID))
		if err != nil {
			return err
		}
		if c.email != "" && c.email != faxed {
			to = append(to, mail.Address{Name: c.name, Email: c.email})
		}
	}
	if len(to) == 0 {
		admins, err := administrators(ctx, tx, t.OrganizationID)
		if err != nil {
			return err
		}
		to = admins
	}
	for _, a := range to {
		l.Key, l.To, l.ObjectID, l.Link, l.LinkText = "message:"+t.ID+":"+key+":"+a.Email, a, t.ID, "/messages/"+t.Number, "Read it and answer"
		if err := d.notice(ctx, tx, event, l); err != nil {
			return err
		}
	}
	return nil
}

// toAsker writes to who asked.
func (d *Desk) toAsker(ctx context.Context, tx *db.Tx, t message.Thread, key, subject, line string) error {
	p, err := account.Get(ctx, tx, t.CreatedBy)
	if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	return d.notice(ctx, tx, AnsweredEvent, Letter{Key: "message:" + t.ID + ":" + key, To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: t.ID,
		Subject: subject, Lines: []string{line + " Sign in to read it."}, Link: "/messages/" + t.Number, LinkText: "Read it"})
}
