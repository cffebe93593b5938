package notify

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/ical"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// CallRequested tells the office that its request arrived and isn't booked
// yet, and the people who confirm that it waits.
func (d *Desk) CallRequested(ctx context.Context, tx *db.Tx, e peer.WasAsked) error {
	if undone, err := peer.WasUndone(ctx, tx, e.Notice); err != nil || undone {
		return err
	}
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("Peer-to-peer call requested (%s)", a.which()),
		Lines: []words.Text{"We have your request for a peer-to-peer call. It isn't booked yet.",
			words.Say("We'll write to you when it is confirmed. Reference %s.", a.call.Reference())},
	}
	if !a.call.StartsAt.IsZero() {
		l.Lines[0] = words.Say("We have your request for a peer-to-peer call on %s. It isn't booked yet.", a.when(a.call.Zone, tx.Now()))
	} else if a.call.AnswerBy != nil {
		l.Lines[1] = words.Say("We'll confirm one of your times by %s, or call you. Reference %s.", a.at(*a.call.AnswerBy, tx.Now()), a.call.Reference())
	}
	return d.office(ctx, tx, a, "requested", l, "")
}

// CallLapsed tells the office that none of its times could be confirmed.
func (d *Desk) CallLapsed(ctx context.Context, tx *db.Tx, e peer.Lapsed) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("No time found: %s", a.subject(a.call.Zone, tx.Now())),
		Lines: []words.Text{words.Say("We're sorry. No reviewer was free at the times you gave, and your request for a peer-to-peer call has ended. Reference %s.", a.call.Reference()),
			"Choose one of the free times, give other times, or call the number on the page."},
	}
	return d.office(ctx, tx, a, "lapsed", l, "")
}

// CallBooked tells both sides that a call is confirmed, with a calendar file.
func (d *Desk) CallBooked(ctx context.Context, tx *db.Tx, e peer.Booked) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	return d.agreed(ctx, tx, a, agreement{kind: "booked", list: "Peer-to-peer booked (%s)",
		yours: "Your peer-to-peer call is confirmed: %s. Reference %s.", other: "A peer-to-peer call is confirmed: %s. Reference %s."})
}

// CallMoved tells both sides of a new time. A reviewer who no longer has the
// call gets an end to the old entry, the new one an entry of their own.
func (d *Desk) CallMoved(ctx context.Context, tx *db.Tx, e peer.Moved) error {
	if undone, err := peer.WasUndone(ctx, tx, e.Notice); err != nil || undone {
		return err
	}
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	if e.Was != "" {
		if err := d.relieve(ctx, tx, a, e.Notice, "A peer-to-peer call of yours moved to another time and reviewer. Reference %s."); err != nil {
			return err
		}
	}
	return d.agreed(ctx, tx, a, agreement{kind: "moved", list: "Peer-to-peer moved (%s)",
		yours: "Your peer-to-peer call is moved: %s. Reference %s.", other: "A peer-to-peer call is moved: %s. Reference %s."})
}

// An agreement is how it is said that a call has a time: to the office, to
// others, and above what the internal list gets.
type agreement struct {
	kind               string
	yours, other, list words.Text
}

func (d *Desk) agreed(ctx context.Context, tx *db.Tx, a about, how agreement) error {
	l := Letter{
		Subject: a.subject(a.call.Zone, tx.Now()),
		Lines: []words.Text{
			words.Say(how.yours, a.when(a.call.Zone, tx.Now()), a.call.Reference()),
			words.Join([]words.Text{a.weCall(), a.program.TryAgain()}, " "),
			"You can move or cancel the call until 1 hour before it begins."},
	}
	if err := d.office(ctx, tx, a, how.kind, l, ical.Request); err != nil {
		return err
	}
	line := words.Say(how.other, a.when(a.reviewer.TimeZone, tx.Now()), a.call.Reference())
	r := Letter{Subject: a.subject(a.reviewer.TimeZone, tx.Now()), Lines: []words.Text{line}}
	if err := d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, how.kind, r, ical.Request); err != nil {
		return err
	}
	return d.toList(ctx, tx, a, how.kind, how.list, line)
}

// CallCanceled tells both sides, and strikes the calendar entries.
func (d *Desk) CallCanceled(ctx context.Context, tx *db.Tx, e peer.WasCanceled) error {
	if undone, err := peer.WasUndone(ctx, tx, e.Notice); err != nil || undone {
		return err
	}
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{Subject: words.Say("Canceled: %s", a.subject(a.call.Zone, tx.Now())), Lines: []words.Text{a.canceled(a.call.Zone, tx.Now())}}
	method := ical.Cancel
	if a.call.StartsAt.IsZero() {
		method = "" // no calendar has it
	}
	if err := d.office(ctx, tx, a, "canceled", l, method); err != nil {
		return err
	}
	if a.call.ReviewerID != "" {
		r := Letter{Subject: words.Say("Canceled: %s", a.subject(a.reviewer.TimeZone, tx.Now())), Lines: []words.Text{a.canceled(a.reviewer.TimeZone, tx.Now())}}
		if err := d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "canceled", r, ical.Cancel); err != nil {
			return err
		}
	}
	return d.toList(ctx, tx, a, "canceled", "Peer-to-peer canceled (%s)", a.canceled(a.call.Zone, tx.Now()))
}

// CallReminder reminds people of a call, if it still stands as it did when
// the reminder was set.
func (d *Desk) CallReminder(ctx context.Context, tx *db.Tx, e peer.Remind) error {
	c, err := peer.ByID(ctx, tx, e.CallID)
	if err != nil || !c.Status.Live() || c.Status == peer.Requested || !c.StartsAt.After(tx.Now()) {
		return err
	}
	if !c.StartsAt.Equal(e.Starts) {
		return nil // moved: the new time has reminders of its own
	}
	program, err := plan.GetProgram(ctx, tx, c.ProgramID)
	if err != nil || !slices.ContainsFunc(program.Reminds(), func(r plan.Reminder) bool { return r.Name == e.Before }) {
		return err // no longer wanted
	}
	e.Reviewer, e.UIDReviewer = c.ReviewerID, c.UIDReviewer // who has it now: another may have taken it at this time
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	said := reminders[e.Before]
	l := Letter{Subject: words.Say("Reminder: %s", a.subject(c.Zone, tx.Now())),
		Lines: []words.Text{words.Join([]words.Text{words.Say(said.office, a.when(c.Zone, tx.Now())), a.weCall()}, " ")}}
	kind := "remind-" + e.Before + "-" + c.StartsAt.UTC().Format(time.RFC3339)
	if err := d.office(ctx, tx, a, kind, l, ""); err != nil || said.reviewer == "" {
		return err
	}
	r := Letter{Subject: words.Say("Reminder: %s", a.subject(a.reviewer.TimeZone, tx.Now())),
		Lines: []words.Text{words.Say(said.reviewer, a.when(a.reviewer.TimeZone, tx.Now()))}}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, kind, r, "")
}

// reminders by how long before a call they come; "" to a reviewer is none.
var reminders = map[string]struct{ office, reviewer words.Text }{
	"24h": {"Your peer-to-peer call begins in 1 day: %s.", "You have a peer-to-peer call in 1 day: %s."},
	"1h":  {"Your peer-to-peer call begins in 1 hour: %s.", ""},
	"15m": {"Your peer-to-peer call begins in 15 minutes: %s.", "You have a peer-to-peer call in 15 minutes: %s."},
}

// office writes to who arranged the call and to who will speak, once to one
// address.
func (d *Desk) office(ctx context.Context, tx *db.Tx, a about, kind string, l Letter, method ical.Method) error {
	if l.Link == "" {
		l.Link, l.LinkText = "/p2p/"+a.call.Number, "See or change the call"
	}
	l.ObjectID = string(a.call.ID)
	people := []mail.Address{{Name: a.call.ArrangerName, Email: a.call.ArrangerEmail}}
	if a.call.People.Email != "" && a.call.People.Email != a.call.ArrangerEmail {
		people = append(people, mail.Address{Name: a.call.People.SpeakerName(), Email: a.call.People.Email})
	}
	for i, to := range people {
		l, link := l, d.URL+"/p2p/"+a.call.Number
		l.To = to
		l.Key = a.key(kind, to.Email)
		if i > 0 {
			guest, err := d.forSpeaker(ctx, tx, a, &l)
			if err != nil {
				return err
			}
			if guest {
				link = ""
			}
		}
		if method != "" {
			l.Calendar = d.calendar(a, tx, method, a.call.UIDOffice, link, people)
		}
		if err := d.Queue(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) toReviewer(ctx context.Context, tx *db.Tx, a about, r review.Reviewer, uid, kind string, l Letter, method ical.Method) error {
	l.To = mail.Address{Name: r.Name, Email: r.Email}
	l.Link, l.LinkText = "/p2p/"+a.call.Number, "See the call"
	l.ObjectID, l.Key = string(a.call.ID), a.key(kind+"-reviewer", r.Email)
	if method != "" {
		l.Calendar = d.calendar(a, tx, method, uid, d.URL+"/p2p/"+a.call.Number, []mail.Address{l.To})
	}
	return d.Queue(ctx, tx, l)
}

// CallReassigned tells the two reviewers that one has the call of the other,
// each by a calendar entry of their own. The office hears nothing: for it
// nothing changed.
func (d *Desk) CallReassigned(ctx context.Context, tx *db.Tx, e peer.Reassigned) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	if err := d.relieve(ctx, tx, a, e.Notice, "Another reviewer takes a peer-to-peer call of yours. You need do nothing. Reference %s."); err != nil {
		return err
	}
	l := Letter{
		Subject: a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines:   []words.Text{words.Say("A peer-to-peer call is yours now: %s. Another reviewer had it before. Reference %s.", a.when(a.reviewer.TimeZone, tx.Now()), a.call.Reference())},
	}
	day, err := peer.DayOf(ctx, tx, a.call)
	if err != nil {
		return err
	}
	if day.Late > 0 {
		l.Lines = append(l.Lines, words.Say("The office says that it is %s minutes late.", day.Late))
	}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "reassigned", l, ical.Request)
}

// relieve ends the old reviewer's calendar entry. why has the call's reference in it.
func (d *Desk) relieve(ctx context.Context, tx *db.Tx, a about, n peer.Notice, why words.Text) error {
	old, err := review.Get(ctx, tx, n.Was)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	l := Letter{Subject: words.Say("Canceled: peer-to-peer call (%s)", a.which()), Lines: []words.Text{words.Say(why, a.call.Reference())}}
	return d.toReviewer(ctx, tx, a, old, n.UIDWas, "relieved", l, ical.Cancel)
}

// toList tells the program's internal distribution list. subject says which
// orders it is about.
func (d *Desk) toList(ctx context.Context, tx *db.Tx, a about, kind string, subject, line words.Text) error {
	return d.Queue(ctx, tx, Letter{
		Key: a.key(kind+"-list", a.program.Distribution), To: mail.Address{Name: a.program.Name, Email: a.program.Distribution},
		Subject: words.Say(subject, a.which()), Lines: []words.Text{line}, Link: "/p2p/" + a.call.Number, LinkText: "See the call", ObjectID: string(a.call.ID),
	})
}

// OrderTakenOut tells the program's internal list that a call is about one
// order less. Nobody else hears of it: time and reviewer stay.
func (d *Desk) OrderTakenOut(ctx context.Context, tx *db.Tx, e peer.OrderTakenOut) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	line := words.Say("An order was taken out of the peer-to-peer call. The time stays. Reference %s.", a.call.Reference())
	if !a.call.StartsAt.IsZero() {
		line = words.Say("An order was taken out of the peer-to-peer call on %s. The time stays. Reference %s.", a.when(a.call.Zone, tx.Now()), a.call.Reference())
	}
	return d.toList(ctx, tx, a, "changed", "Peer-to-peer changed (%s)", line)
}

// NoteLeft tells the program's internal list that an office found no time.
func (d *Desk) NoteLeft(ctx context.Context, tx *db.Tx, e peer.NoteLeft) error {
	id, number, err := peer.NoteProgram(ctx, tx, e.NoteID)
	if err != nil {
		return err
	}
	program, err := plan.GetProgram(ctx, tx, id)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "note:" + e.NoteID, To: mail.Address{Name: program.Name, Email: program.Distribution}, ObjectID: e.NoteID,
		Subject: words.Say("An office asks for a peer-to-peer time (order ending %s)", order.Ending(number)),
		Lines:   []words.Text{"No free time fits. Their note and number stand on the board."}, Link: "/board", LinkText: "Open the board",
	})
}
