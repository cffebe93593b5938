package portal

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// oneCall is a call's own page.
type oneCall struct {
	*callPage
	c          peer.Call
	events     []peer.Event
	dials      []peer.Dial
	day        peer.Day
	subjects   []peer.Subject // its orders that the reader may see
	hidden     int            // orders that the reader may not
	people     peer.People    // as typed on the page that changes the number
	late       int            // minutes, as chosen
	link       peer.Link      // of the speaker, as the office may change it
	mayBeLate  bool
	mayPhone   bool
	mine       bool // the reader is the reviewer who has it
	mayTake    bool // an order of theirs out of it
	mayChange  bool // the call itself, since they see all its orders
	mayBook    bool // another one, after this ended
	mayConfirm bool
	alert      *peer.Alert // the wish for an earlier time, nil for none
	mayWant    bool
	windows    []peer.Span // when the office could talk, while there is no time
	undo       *peer.Undo  // what the reader can still put back, nil for nothing
	staff      bool
	reviewer   string // shown to staff only
	matching   peer.Matching
	hasMatch   bool
	mayAsk     bool // why this time and not another
	said       []peer.Statement
	reason     string
	note       string
	faults     map[string]words.Text
}

func openCall(ctx context.Context, r *web.Request) (*oneCall, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return nil, err
	}
	one := &oneCall{callPage: p, c: *p.moving, faults: map[string]words.Text{}}
	if r.By.Zone == "" {
		if loc, err := civil.Zone(one.c.Zone); err == nil {
			p.loc = loc
		}
	}
	if one.subjects, one.hidden, err = peer.SubjectsSeen(ctx, r.Tx, r.By, one.c); err != nil {
		return nil, err
	}
	one.mayTake = r.By.Can(account.BookCalls) && one.c.Status.Live() && one.c.Status != peer.InCall
	one.mayChange = one.mayTake && one.hidden == 0
	one.mayBook = r.By.Can(account.BookCalls) && p.standing.Bookable()
	one.mayConfirm = one.c.Status == peer.Requested && !one.c.StartsAt.IsZero() && (r.By.Can(account.ConfirmCalls) || r.By.ID == one.c.ReviewerID)
	if one.staff = r.By.IsStaff(); one.staff {
		if one.reviewer, err = peer.ReviewerName(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
	}
	one.matching, one.hasMatch = one.c.Match()
	one.mayAsk = r.By.Can(account.ConfirmCalls) || r.By.Can(account.HoldCalls) && r.By.ID == one.c.ReviewerID
	if one.said, err = peer.Statements(ctx, r.Tx, one.c); err != nil {
		return nil, err
	}
	if one.c.StartsAt.IsZero() {
		if one.windows, err = peer.WindowsOf(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
	}
	if one.mayChange {
		if one.alert, err = peer.AlertOf(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
		one.mayWant = !one.staff && peer.MayWantEarlier(one.c, p.now)
	}
	if one.hidden == 0 {
		if one.undo, err = peer.Undoable(ctx, r.Tx, r.By, one.c); err != nil {
			return nil, err
		}
	}
	if one.events, err = peer.Events(ctx, r.Tx, one.c); err != nil {
		return nil, err
	}
	return one, one.openDay(ctx, r)
}

func showCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.ask("Peer-to-peer call", web.Answer{Body: callView(p), Crumbs: p.crumbs()}), nil
}

func (p *oneCall) crumbs() []ui.Link {
	return []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(p.o.Number)), Href: "/orders/" + p.o.Number}, {Text: words.Say("Call %s", p.c.Reference())}}
}

func confirmedCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.c.Status.Live() {
		return web.Answer{SeeOther: "/p2p/" + p.c.Number}, nil
	}
	return p.ask("Peer-to-peer call", web.Answer{Body: confirmedView(p)}), nil
}

func (p *Pages) invite(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, _, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return web.Answer{}, err
	}
	if c.StartsAt.IsZero() || c.Status == peer.Requested {
		return web.Answer{}, fault.New(fault.NotFound, "There is no calendar file until the call is confirmed.")
	}
	body, err := p.Desk.Invite(ctx, r.Tx, c, words.VoiceOf(ctx))
	return web.Answer{File: &web.File{Name: "peer-to-peer.ics", Type: "text/calendar; charset=utf-8", Body: body}}, err
}

func (p *oneCall) rows() []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: "Reference", Value: words.AsIs(p.c.Reference())},
		{Key: "Order", Content: orderLink(p.o)},
		{Key: "What the call can do", Value: p.effectOf(p.c.Effect, p.c.ValidUntil)},
		{Key: "Who will speak", Value: words.AsIs(p.c.People.SpeakerName())},
		p.changeable(ui.SummaryRow{Key: "We call", Value: withExtension(p.c.People.Phone, p.c.People.Extension), ChangeWhat: "phone number"}),
		{Key: "Backup number", Value: withExtension(p.c.People.BackupPhone, p.c.People.BackupExtension)},
		{Key: "What to say or press", Value: words.AsIs(p.c.People.Instructions)},
		{Key: "Arranged by", Value: words.AsIs(p.c.ArrangerName)},
	}
	if p.severalOrders() { // they stand above, each with what the call can do for it
		rows = slices.DeleteFunc(rows, func(r ui.SummaryRow) bool { return r.Key == "Order" || r.Key == "What the call can do" })
	}
	if p.c.Language != "" {
		rows = append(rows, ui.SummaryRow{Key: "Language of the call", Value: words.AsIs(p.c.Language)})
	}
	for _, s := range p.said {
		text := words.Text(s.Words)
		if !s.Day.IsZero() {
			text += words.Say(", %s", civil.MediumDate(s.Day))
		}
		text += words.Say(". Stated by %s, %s", s.PersonName, civil.When(s.At, p.loc, p.now))
		if s.Citation != "" {
			text += " " + words.Say("(%s)", s.Citation)
		}
		rows = append(rows, ui.SummaryRow{Key: "Call note", Value: text})
	}
	if len(p.windows) > 0 {
		rows = slices.Insert(rows, 2, ui.SummaryRow{Key: "When you can talk", Value: windowsWords(p.windows, p.loc, p.now)})
	}
	if p.reviewer != "" {
		rows = append(rows, ui.SummaryRow{Key: "Reviewer", Value: words.AsIs(p.reviewer)})
	}
	if p.reviewer != "" && !p.hasMatch {
		rows = append(rows, ui.SummaryRow{Key: "Why this reviewer", Value: words.AsIs(p.c.Trace)})
	}
	return rows
}

// changeable gives a row about the phone a link to change it, while it can be.
func (p *oneCall) changeable(row ui.SummaryRow) ui.SummaryRow {
	if p.mayPhone {
		row.ChangeHref = p.callPath("/phone")
	}
	return row
}

// effectOf says what the call can do for one order.
func (p *oneCall) effectOf(e peer.Effect, until *time.Time) words.Text {
	return effectWords(e, until, p.loc, p.now)
}

// effectWords say what a call can do, and until when.
func effectWords(e peer.Effect, until *time.Time, loc *time.Location, now time.Time) words.Text {
	if e == peer.Discussion {
		return "Discussion only: the call can't change the decision."
	}
	if until == nil {
		return "It can change the decision."
	}
	return words.Say("It can change the decision, until %s.", civil.Deadline(*until, loc, now))
}

// statusLine says to its reader where the call stands.
func (p *oneCall) statusLine() words.Text {
	switch {
	case p.needsOutcome() && p.staff:
		return "The call was made. The reviewer has yet to say what came of it."
	case p.needsOutcome():
		return "We called. The result isn't here yet. We'll write to you when it is."
	case p.staff:
		return staffWords(p.c)
	}
	heading, next := statusWords(p.c)
	if p.c.Status == peer.Requested && p.c.StartsAt.IsZero() {
		next = p.answerWords()
	}
	return words.Join([]words.Text{heading, next}, " ")
}

func (p *oneCall) when() words.Text { return callTime(p.c, p.loc, p.now) }

func (p *oneCall) countdown() words.Text { return countdown(p.c, p.now) }

// countdown is how long it is until a call, "" once it has begun.
func countdown(c peer.Call, now time.Time) words.Text {
	if !c.Status.Live() || !c.StartsAt.After(now) {
		return ""
	}
	return words.Say("in %s", civil.Left(c.StartsAt.Sub(now)))
}

func (p *oneCall) callPath(parts string) string { return "/p2p/" + p.c.Number + parts }

func (p *oneCall) moments() []ui.Moment {
	var all []ui.Moment
	for _, e := range p.events {
		if e.Internal() && !p.staff {
			continue
		}
		who := words.AsIs(e.ActorName)
		if !p.staff && e.ActorID == p.c.ReviewerID {
			who = "Physician reviewer" // whose name is for staff
		}
		all = append(all, ui.Moment{Title: e.Text, Who: who, At: e.At, When: civil.When(e.At, p.loc, p.now)})
	}
	return all
}

// answerWords say by when the office hears about times it gave.
func (p *oneCall) answerWords() words.Text {
	text := words.Say("We'll write to %s as soon as one of your times is booked.", p.c.ArrangerEmail)
	if p.c.AnswerBy != nil {
		text = words.Say("We'll confirm one of your times by %s. If we can't, we'll call %s.", civil.When(*p.c.AnswerBy, p.loc, p.now), withExtension(p.c.People.Phone, p.c.People.Extension))
	}
	return text
}
