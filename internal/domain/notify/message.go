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
	"parley/internal/words"
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
		Subject: words.Say("A reviewer needs something for an order (ending %s)", ending),
		Lines:   []words.Text{words.Say("A reviewer needs something for an order ending %s. Reply by %s.", ending, until)},
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
	left := civil.Left(e.ReplyBy.Sub(tx.Now()).Round(time.Minute))
	return d.toOffice(ctx, tx, t, ReminderEvent, "reminder:"+strconv.FormatInt(e.ReplyBy.Unix(), 10)+":"+e.Left.String(), Letter{
		Subject: words.Say("%s left to reply: order ending %s", left, ending),
		Lines:   []words.Text{words.Say("A reviewer still needs something for an order ending %s. Reply by %s.", ending, until)},
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
	line := words.Say("The time to reply about an order ending %s is over. The review goes on with what we have. You can still send your answer.", ending)
	if t.AnsweredAt == nil && t.Unanswered == plan.CloseThen {
		line = words.Say("The time to reply about an order ending %s is over. The order was closed without a decision.", ending)
	}
	if err := d.toOffice(ctx, tx, t, ReminderEvent, "expired", Letter{
		Subject: words.Say("The time to reply is over: order ending %s", ending),
		Lines:   []words.Text{line},
	}); err != nil {
		return err
	}
	return d.toAsker(ctx, tx, t, "expired", words.Say("No answer came for a case ending %s", ending), words.Say("The time to answer what you asked about a case ending %s is over. Sign in to read it.", ending))
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
	return d.toAsker(ctx, tx, t, "answered:"+strconv.Itoa(t.LastN), words.Say("The office answered: case ending %s", ending), words.Say("The office answered what you asked about a case ending %s. Sign in to read it.", ending))
}

// MessageSaid tells the other side that somebody wrote. A question of an office
// goes to a pool, whose list shows it: nobody in particular hears by mail until
// somebody answered.
func (d *Desk) MessageSaid(ctx context.Context, tx *db.Tx, e message.Said) error {
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil {
		return err
	}
	about, line := words.Text("You have a new message"), words.Text("You have a new message. Sign in to read it.")
	if t.OrderID != "" {
		_, ending, err := d.until(ctx, tx, t)
		if err != nil {
			return err
		}
		about = words.Say("You have a new message about an order ending %s", ending)
		line = words.Say("You have a new message about an order ending %s. Sign in to read it.", ending)
	}
	l := Letter{Subject: about, Lines: []words.Text{line}}
	key := "said:" + strconv.Itoa(e.N)
	if t.OfficeN == e.N {
		return d.toOffice(ctx, tx, t, SaidEvent, key, l)
	}
	if t.Kind == message.Request {
		return d.toAsker(ctx, tx, t, key, about, line)
	}
	return nil
}

// until is by when t is to be answered, in its plan's zone, and the end of its
// order's number.
func (d *Desk) until(ctx context.Context, tx *db.Tx, t message.Thread) (until words.Text, ending string, err error) {
	o, err := order.OfEvent(ctx, tx, t.OrderID)
	if err != nil {
		return "", "", err
	}
	p, err := plan.Get(ctx, tx, t.PlanID)
	if err != nil {
		return "", "", err
	}
	if t.ReplyBy != nil {
		until = civil.Deadline(*t.ReplyBy, p.Zone(), tx.Now())
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
		l.Language = c.language
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
func (d *Desk) toAsker(ctx context.Context, tx *db.Tx, t message.Thread, key string, subject, line words.Text) error {
	p, err := account.Get(ctx, tx, t.CreatedBy)
	if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != nil {
		return nil
	}
	if err != nil {
		return err
	}
	return d.notice(ctx, tx, AnsweredEvent, Letter{Key: "message:" + t.ID + ":" + key, To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: t.ID,
		Subject: subject, Lines: []words.Text{line}, Link: "/messages/" + t.Number, LinkText: "Read it"})
}
