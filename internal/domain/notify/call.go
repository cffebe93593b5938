package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/ical"
	"parley/internal/infra/mail"
)

// A call as its notices need it.
type about struct {
	call     peer.Call
	orders   []string // their numbers: all of an order that may stand in a mail
	program  plan.Program
	reviewer review.Reviewer
}

// which says which orders a call is about, as a subject may: "order ending
// 6954", or "2 orders".
func (a about) which() string {
	if len(a.orders) == 1 {
		return "order ending " + order.Ending(a.orders[0])
	}
	return strconv.Itoa(len(a.orders)) + " orders"
}

// load reads a call and puts it back to how it was when the notice was taken.
func (d *Desk) load(ctx context.Context, tx *db.Tx, n peer.Notice) (a about, err error) {
	if a.call, err = peer.ByID(ctx, tx, n.CallID); err != nil {
		return a, err
	}
	a.call = n.At(a.call)
	if a.program, err = plan.GetProgram(ctx, tx, a.call.ProgramID); err != nil {
		return a, err
	}
	a.orders, err = peer.Numbers(ctx, tx, a.call)
	if err != nil || a.call.ReviewerID == "" {
		return a, err
	}
	a.reviewer, err = review.Get(ctx, tx, a.call.ReviewerID)
	return a, err
}

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
		Subject: "Peer-to-peer call requested (" + a.which() + ")",
		Lines: []string{"We have your request for a peer-to-peer call" + a.on(tx.Now()) + ". It isn't booked yet.",
			"We'll write to you when it is confirmed. Reference " + a.call.Reference() + "."},
	}
	if a.call.StartsAt.IsZero() && a.call.AnswerBy != nil {
		l.Lines[1] = "We'll confirm one of your times by " + a.at(*a.call.AnswerBy, tx.Now()) + ", or call you. Reference " + a.call.Reference() + "."
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
		Subject: "No time found: " + a.subject(a.call.Zone, tx.Now()),
		Lines: []string{"We're sorry. No reviewer was free at the times you gave, and your request for a peer-to-peer call has ended. Reference " + a.call.Reference() + ".",
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
	return d.agreed(ctx, tx, a, "booked", "confirmed")
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
		if err := d.relieve(ctx, tx, a, e.Notice, "A peer-to-peer call of yours moved to another time and reviewer."); err != nil {
			return err
		}
	}
	return d.agreed(ctx, tx, a, "moved", "moved")
}

func (d *Desk) agreed(ctx context.Context, tx *db.Tx, a about, kind, verb string) error {
	l := Letter{
		Subject: a.subject(a.call.Zone, tx.Now()),
		Lines: []string{
			"Your peer-to-peer call is " + verb + ": " + a.when(a.call.Zone, tx.Now()) + ". Reference " + a.call.Reference() + ".",
			"We'll call the number you gave" + from(a.program.CallFrom) + "." + a.program.TryAgain(),
			"You can move or cancel the call until 1 hour before it begins."},
	}
	if err := d.office(ctx, tx, a, kind, l, ical.Request); err != nil {
		return err
	}
	r := Letter{
		Subject: a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines:   []string{"A peer-to-peer call is " + verb + ": " + a.when(a.reviewer.TimeZone, tx.Now()) + ". Reference " + a.call.Reference() + "."},
	}
	if err := d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, kind, r, ical.Request); err != nil {
		return err
	}
	return d.toList(ctx, tx, a, kind, "A peer-to-peer call is "+verb+": "+a.when(a.reviewer.TimeZone, tx.Now())+".")
}

func from(number string) string {
	if number == "" {
		return ""
	}
	return " from " + number
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
	text := "The peer-to-peer call" + a.on(tx.Now()) + " is canceled. Reference " + a.call.Reference() + "."
	l := Letter{Subject: "Canceled: " + a.subject(a.call.Zone, tx.Now()), Lines: []string{text}}
	method := ical.Cancel
	if a.call.StartsAt.IsZero() {
		method = "" // no calendar has it
	}
	if err := d.office(ctx, tx, a, "canceled", l, method); err != nil {
		return err
	}
	if a.call.ReviewerID != "" {
		r := Letter{Subject: "Canceled: " + a.subject(a.reviewer.TimeZone, tx.Now()),
			Lines: []string{"The peer-to-peer call on " + a.when(a.reviewer.TimeZone, tx.Now()) + " is canceled. Reference " + a.call.Reference() + "."}}
		if err := d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "canceled", r, ical.Cancel); err != nil {
			return err
		}
	}
	return d.toList(ctx, tx, a, "canceled", text)
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
	e.Reviewer, e.UIDReviewer = c.ReviewerID, c.UIDReviewer // who has it now: another may have taken it at this time
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{Subject: "Reminder: " + a.subject(c.Zone, tx.Now()),
		Lines: []string{"Your peer-to-peer call begins " + in(e.Before) + ": " + a.when(c.Zone, tx.Now()) + ". We'll call the number you gave" + from(a.program.CallFrom) + "."}}
	kind := "remind-" + e.Before + "-" + c.StartsAt.UTC().Format(time.RFC3339)
	if err := d.office(ctx, tx, a, kind, l, ""); err != nil || e.Before == "1h" {
		return err
	}
	r := Letter{Subject: "Reminder: " + a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines: []string{"You have a peer-to-peer call " + in(e.Before) + ": " + a.when(a.reviewer.TimeZone, tx.Now()) + "."}}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, kind, r, "")
}

func in(before string) string {
	switch before {
	case "24h":
		return "in 1 day"
	case "1h":
		return "in 1 hour"
	}
	return "in 15 minutes"
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
			l.Calendar, l.Method = d.calendar(a, tx, method, a.call.UIDOffice, link, people), string(method)
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
		l.Calendar, l.Method = d.calendar(a, tx, method, uid, d.URL+"/p2p/"+a.call.Number, []mail.Address{l.To}), string(method)
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
	if err := d.relieve(ctx, tx, a, e.Notice, "Another reviewer takes a peer-to-peer call of yours. You need do nothing."); err != nil {
		return err
	}
	l := Letter{
		Subject: a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines:   []string{"A peer-to-peer call is yours now: " + a.when(a.reviewer.TimeZone, tx.Now()) + ". Another reviewer had it before. Reference " + a.call.Reference() + "."},
	}
	day, err := peer.DayOf(ctx, tx, a.call)
	if err != nil {
		return err
	}
	if day.Late > 0 {
		l.Lines = append(l.Lines, fmt.Sprintf("The office says that it is %d minutes late.", day.Late))
	}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "reassigned", l, ical.Request)
}

// relieve ends the old reviewer's calendar entry. why is a sentence.
func (d *Desk) relieve(ctx context.Context, tx *db.Tx, a about, n peer.Notice, why string) error {
	old, err := review.Get(ctx, tx, n.Was)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	l := Letter{Subject: "Canceled: peer-to-peer call (" + a.which() + ")",
		Lines: []string{why + " Reference " + a.call.Reference() + "."}}
	return d.toReviewer(ctx, tx, a, old, n.UIDWas, "relieved", l, ical.Cancel)
}

// toList tells the program's internal distribution list.
func (d *Desk) toList(ctx context.Context, tx *db.Tx, a about, kind, text string) error {
	return d.Queue(ctx, tx, Letter{
		Key: a.key(kind+"-list", a.program.Distribution), To: mail.Address{Name: a.program.Name, Email: a.program.Distribution},
		Subject: "Peer-to-peer " + kind + " (" + a.which() + ")",
		Lines:   []string{text + " Reference " + a.call.Reference() + "."}, Link: "/p2p/" + a.call.Number, LinkText: "See the call", ObjectID: string(a.call.ID),
	})
}

// OrderTakenOut tells the program's internal list that a call is about one
// order less. Nobody else hears of it: time and reviewer stay.
func (d *Desk) OrderTakenOut(ctx context.Context, tx *db.Tx, e peer.OrderTakenOut) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	return d.toList(ctx, tx, a, "changed", "An order was taken out of the peer-to-peer call"+a.on(tx.Now())+". The time stays.")
}

func (a about) key(kind, address string) string {
	return fmt.Sprintf("call:%s:%d:%s:%s", a.call.ID, a.call.Version, kind, address)
}

func (a about) subject(zone string, now time.Time) string {
	if a.call.StartsAt.IsZero() {
		return "Peer-to-peer call (" + a.which() + ")"
	}
	return "Peer-to-peer call (" + a.which() + "): " + a.when(zone, now)
}

// on is " on" and the call's time, "" while it has none.
func (a about) on(now time.Time) string {
	if a.call.StartsAt.IsZero() {
		return ""
	}
	return " on " + a.when(a.call.Zone, now)
}

// at is an instant as the office reads it.
func (a about) at(t, now time.Time) string {
	loc, err := civil.Zone(a.call.Zone)
	if err != nil {
		loc = time.UTC
	}
	return civil.When(t, loc, now).String()
}

func (a about) when(zone string, now time.Time) string {
	loc, err := civil.Zone(zone)
	if err != nil {
		loc = time.UTC
	}
	return civil.SpanOn(a.call.StartsAt, a.call.EndsAt, loc, now).String()
}

// calendar is the entry for one side. The two sides have entries of their
// own, so that neither learns the other's addresses. link is where its reader
// signs in, "" for a speaker without an account: a personal link is in no
// calendar, since others see it there.
func (d *Desk) calendar(a about, tx *db.Tx, method ical.Method, uid, link string, people []mail.Address) []byte {
	e := ical.Event{
		UID: uid, Sequence: a.call.Sequence, Method: method, Start: a.call.StartsAt, End: a.call.EndsAt, Stamp: tx.Now(),
		Summary:     "Peer-to-peer call (" + a.which() + ")",
		Description: "Reference " + a.call.Reference() + ". Sign in to see or change the call: " + link,
		Location:    "Phone", URL: link,
		Organizer: ical.Address(d.From), AlarmBefore: 15 * time.Minute,
	}
	if link == "" {
		e.Description = "Reference " + a.call.Reference() + ". The link in the mail opens the call."
	}
	for _, p := range people {
		e.Attendees = append(e.Attendees, ical.Address(p))
	}
	return e.Bytes()
}

// Invite is the calendar file of a call for the office, as the page offers it.
func (d *Desk) Invite(ctx context.Context, tx *db.Tx, c peer.Call) ([]byte, error) {
	a := about{call: c}
	var err error
	if a.orders, err = peer.Numbers(ctx, tx, c); err != nil {
		return nil, err
	}
	method := ical.Request
	if c.Status == peer.Cancelled {
		method = ical.Cancel
	}
	return d.calendar(a, tx, method, c.UIDOffice, d.URL+"/p2p/"+c.Number, []mail.Address{{Name: c.ArrangerName, Email: c.ArrangerEmail}}), nil
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
		Subject: "An office asks for a peer-to-peer time (order ending " + order.Ending(number) + ")",
		Lines:   []string{"No free time fits. Their note and number stand on the board."}, Link: "/board", LinkText: "Open the board",
	})
}
