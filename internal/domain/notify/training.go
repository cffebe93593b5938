package notify

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/training"
	"parley/internal/infra/db"
	"parley/internal/infra/ical"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// TrainingPlaced tells somebody that they have a place in a training session,
// how to join, and puts it into their calendar.
func (d *Desk) TrainingPlaced(ctx context.Context, tx *db.Tx, e training.Placed) error {
	p, s, err := training.OfPlace(ctx, tx, e.PlaceID)
	if err != nil || p.State != training.Registered || s.CanceledAt != nil {
		return err
	}
	l := Letter{Subject: words.Say("Training: %s", s.Title), Lines: []words.Text{words.Say("You have a place in “%s”: %s.", s.Title, trainingWhen(s, tx.Now()))}}
	if e.MovedUp {
		l.Lines[0] = words.Say("A place became free, and it is yours: “%s”, %s.", s.Title, trainingWhen(s, tx.Now()))
	}
	return d.trainee(ctx, tx, p, s, "placed", l, ical.Request)
}

// TrainingListed tells somebody that they wait for a place.
func (d *Desk) TrainingListed(ctx context.Context, tx *db.Tx, e training.Listed) error {
	p, s, err := training.OfPlace(ctx, tx, e.PlaceID)
	if err != nil || p.State != training.Waiting || s.CanceledAt != nil {
		return err
	}
	return d.trainee(ctx, tx, p, s, "listed", Letter{Subject: words.Say("Waiting list: %s", s.Title),
		Lines: []words.Text{words.Say("All places in “%s” are taken: %s.", s.Title, trainingWhen(s, tx.Now())), "You are on the waiting list. If a place becomes free it is yours, and we write to you."}}, "")
}

// TrainingFreed tells somebody that they gave their place up, and strikes their
// calendar entry.
func (d *Desk) TrainingFreed(ctx context.Context, tx *db.Tx, e training.Freed) error {
	p, s, err := training.OfPlace(ctx, tx, e.PlaceID)
	if err != nil || !e.Had {
		return err
	}
	return d.trainee(ctx, tx, p, s, "freed", Letter{Subject: words.Say("Place given up: %s", s.Title),
		Lines: []words.Text{words.Say("You gave up your place in “%s”: %s.", s.Title, trainingWhen(s, tx.Now()))}}, ical.Cancel)
}

// TrainingChanged tells everybody with a place that a session is otherwise, or
// off; of what is off those hear too who wait.
func (d *Desk) TrainingChanged(ctx context.Context, tx *db.Tx, e training.Changed) error {
	s, all, err := training.Told(ctx, tx, e.ID)
	if err != nil || s.Sequence != e.Sequence { // a later change tells
		return err
	}
	l, method := Letter{Subject: words.Say("Changed: %s", s.Title), Lines: []words.Text{words.Say("“%s” was changed. It is now %s.", s.Title, trainingWhen(s, tx.Now()))}}, ical.Request
	if s.CanceledAt != nil {
		l, method = Letter{Subject: words.Say("Canceled: %s", s.Title), Lines: []words.Text{words.Say("“%s” is canceled: %s. We're sorry. Other sessions are under Help, Training.", s.Title, trainingWhen(s, tx.Now()))}}, ical.Cancel
	}
	for _, p := range all {
		m := method
		if p.State == training.Waiting {
			m = ""
		}
		if m == "" && s.CanceledAt == nil {
			continue
		}
		if err := d.trainee(ctx, tx, p, s, "changed", l, m); err != nil {
			return err
		}
	}
	return nil
}

// TrainingReminder reminds everybody with a place, the day before.
func (d *Desk) TrainingReminder(ctx context.Context, tx *db.Tx, e training.Remind) error {
	s, all, err := training.Told(ctx, tx, e.ID)
	if err != nil || s.Sequence != e.Sequence || !s.Open(tx.Now()) {
		return err
	}
	for _, p := range all {
		if p.State != training.Registered {
			continue
		}
		if err := d.trainee(ctx, tx, p, s, "reminder", Letter{Subject: words.Say("Tomorrow: %s", s.Title),
			Lines: []words.Text{words.Say("“%s” is %s.", s.Title, trainingWhen(s, tx.Now())), "If you can't come, please give your place up: others wait for one."}}, ""); err != nil {
			return err
		}
	}
	return nil
}

func trainingWhen(s training.Session, now time.Time) words.Text {
	return civil.SpanOn(s.StartsAt, s.Ends(), s.Location(), now)
}

// trainee queues a letter for one place. Who has one is told how to join, but
// what lets them in by a password is forgotten here once it is sent.
func (d *Desk) trainee(ctx context.Context, tx *db.Tx, p training.Place, s training.Session, kind string, l Letter, method ical.Method) error {
	l.Key = "training:" + p.ID + ":" + kind + ":" + strconv.Itoa(s.Sequence)
	l.To, l.ObjectID = mail.Address{Name: p.Name, Email: p.Email}, s.ID
	l.Link, l.LinkText = "/help/training", "See training sessions"
	if p.State == training.Registered && s.CanceledAt == nil {
		l.Secret = s.Password != ""
		for _, way := range []struct {
			line  words.Text
			value string
		}{{"Join at %s", s.Link}, {"Phone: %s", s.Phone}, {"Meeting number: %s", s.Meeting}, {"Password: %s", s.Password}} {
			if way.value != "" {
				l.Lines = append(l.Lines, words.Say(way.line, way.value))
			}
		}
	}
	if method != "" {
		l.Calendar = d.trainingEntry(p, s, method, tx.Now())
	}
	return d.Queue(ctx, tx, l)
}

// trainingEntry is a session in somebody's calendar, without its password:
// calendars are shared.
func (d *Desk) trainingEntry(p training.Place, s training.Session, method ical.Method, now time.Time) *entry {
	e := &entry{Event: ical.Event{
		UID: "training-" + p.ID + "@parley", Sequence: s.Sequence, Method: method, Start: s.StartsAt, End: s.Ends(), Stamp: now,
		URL:       s.Link,
		Organizer: ical.Address(d.From), Attendees: []ical.Address{{Name: p.Name, Email: p.Email}}, AlarmBefore: 15 * time.Minute,
	}, summary: words.AsIs(s.Title), description: words.Say("The mail has the password, if there is one. %s", d.URL+"/help/training"), location: words.AsIs(cmp.Or(s.Link, s.Phone))}
	if method == ical.Cancel { // also where the session itself did not change
		e.Sequence++
	}
	return e
}
