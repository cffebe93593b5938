package notify

import (
	"context"
	"time"

	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/ical"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// An entry is an event in a calendar, whose texts are in no language yet.
type entry struct {
	ical.Event
	summary, description, location words.Text
}

// event is the entry in a voice.
func (e entry) event(in words.Voice) ical.Event {
	if e.Organizer.Email != "" {
		e.Organizer.Name = words.Service.By(in)
	}
	e.Summary, e.Description, e.Location = e.summary.By(in), e.description.By(in), e.location.By(in)
	return e.Event
}

// in is the calendar file in a voice.
func (e entry) in(v words.Voice) []byte { return e.event(v).Bytes() }

// calendar is the entry for one side. The two sides have entries of their
// own, so that neither learns the other's addresses. link is where its reader
// signs in, "" for a speaker without an account: a personal link is in no
// calendar, since others see it there.
func (d *Desk) calendar(a about, tx *db.Tx, method ical.Method, uid, link string, people []mail.Address) *entry {
	e := &entry{Event: ical.Event{
		UID: uid, Sequence: a.call.Sequence, Method: method, Start: a.call.StartsAt, End: a.call.EndsAt, Stamp: tx.Now(),
		URL: link, Organizer: ical.Address(d.From), AlarmBefore: 15 * time.Minute,
	}, summary: words.Say("Peer-to-peer call (%s)", a.which()), description: signIn(a.call, link), location: "Phone"}
	if link == "" {
		e.description = words.Say("Reference %s. The link in the mail opens the call.", a.call.Reference())
	}
	for _, p := range people {
		e.Attendees = append(e.Attendees, ical.Address(p))
	}
	return e
}

// signIn says in a calendar which call it is and where more stands.
func signIn(c peer.Call, link string) words.Text {
	return words.Say("Reference %s. Sign in to see or change the call: %s", c.Reference(), link)
}

// Invite is the calendar file of a call for the office, as the page offers it,
// in the voice of that.
func (d *Desk) Invite(ctx context.Context, tx *db.Tx, c peer.Call, in words.Voice) ([]byte, error) {
	a := about{call: c}
	var err error
	if a.orders, err = peer.Numbers(ctx, tx, c); err != nil {
		return nil, err
	}
	method := ical.Request
	if c.Status == peer.Cancelled {
		method = ical.Cancel
	}
	return d.calendar(a, tx, method, c.UIDOffice, d.URL+"/p2p/"+c.Number, []mail.Address{{Name: c.ArrangerName, Email: c.ArrangerEmail}}).in(in), nil
}

// Feed is a person's calls as a calendar that their program reads again and
// again, in their voice. It names no patient, nobody else and no number.
func (d *Desk) Feed(calls []peer.Listed, in words.Voice) []byte {
	var events []ical.Event
	for _, c := range calls {
		link := d.URL + "/p2p/" + c.Number
		events = append(events, entry{Event: ical.Event{
			UID: "feed-" + string(c.ID) + "@parley", Sequence: c.Sequence, Start: c.StartsAt, End: c.EndsAt, Stamp: c.ChangedAt, URL: link,
		}, summary: words.Say("Peer-to-peer call (%s)", which(c.OrderNumber, c.More)), description: signIn(c.Call, link)}.event(in))
	}
	return ical.Feed(words.As("calendar", "%s calls", words.Service).By(in), events)
}
