package portal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// callPage is what the pages on the way to a call share.
type callPage struct {
	o        order.Order
	standing peer.Standing
	moving   *peer.Call // the call being moved, nil for a new one
	draft    peer.Draft
	unsaid   []peer.Question // that must be answered before the call can be booked
	errors   []ui.FieldError
	key      string
	loc      *time.Location
	now      time.Time
	person   account.Actor
}

// openCallPage reads the order with whether a call is to be had. moving is
// the call that an address names, nil on an order's own pages.
func openCallPage(ctx context.Context, r *web.Request) (*callPage, error) {
	return callPageBy(ctx, r, order.Get, peer.Get)
}

// findCallPage is openCallPage for what shows nothing of a member.
func findCallPage(ctx context.Context, r *web.Request) (*callPage, error) {
	found := func(ctx context.Context, tx *db.Tx, by account.Actor, number string) (order.Order, error) {
		return order.Find(ctx, tx, by, `number = `, order.Digits(number))
	}
	return callPageBy(ctx, r, found, peer.Find)
}

func callPageBy(ctx context.Context, r *web.Request, getOrder func(context.Context, *db.Tx, account.Actor, string) (order.Order, error),
	getCall func(context.Context, *db.Tx, account.Actor, string) (peer.Call, order.Order, error)) (*callPage, error) {
	p := &callPage{key: r.Key(), now: r.Tx.Now(), person: r.By}
	var err error
	if number := r.PathValue("call"); number != "" {
		c, o, err := getCall(ctx, r.Tx, r.By, number)
		if err != nil {
			return p, err
		}
		p.o, p.moving = o, &c
	} else if p.o, err = getOrder(ctx, r.Tx, r.By, r.PathValue("order")); err != nil {
		return p, err
	}
	if p.standing, err = peer.Stand(ctx, r.Tx, r.By, p.o); err != nil {
		return p, err
	}
	p.loc = readerZone(ctx, r, p.o, p.standing.Plan)
	p.draft, err = peer.FindDraft(ctx, r.Tx, r.By, p.o, p.callID())
	return p, err
}

// ready reports whether nothing more need be said before the call is checked.
func (p *callPage) ready(ctx context.Context, r *web.Request) (bool, error) {
	var err error
	p.unsaid, err = peer.Unanswered(ctx, r.Tx, p.o, p.standing, p.draft)
	return p.draft.HasPeople && len(p.unsaid) == 0, err
}

func (p *callPage) callID() peer.ID {
	if p.moving == nil {
		return ""
	}
	return p.moving.ID
}

func (p *callPage) patient() ui.Patient {
	return ui.Patient{Name: p.o.Patient.Name(), Born: ui.BirthDate(p.o.Patient.Born), MemberID: words.AsIs(p.o.MemberNumber), Plan: words.Say("%s, %s", p.standing.Plan.Name, lineWords(p.o.Line))}
}

func (p *callPage) path(parts string) string { return "/orders/" + p.o.Number + "/p2p" + parts }

func (p *callPage) slotWords(s peer.Slot) words.Text {
	return civil.SpanOn(s.Start, s.End(), p.loc, p.now)
}

func (p *callPage) zoneWords() words.Text {
	return civil.LongZone(p.loc)
}

// held says until when the chosen time is kept, "" once the hold has ended.
func (p *callPage) held() words.Text {
	if p.draft.HeldUntil.After(p.now) {
		return words.Say("We're holding this time until %s.", civil.Clock(p.draft.HeldUntil, p.loc))
	}
	return "The hold on this time has ended, but it may still be free. Go on to book it."
}

// asking reports whether sending the draft asks for a call, rather than books
// one.
func (p *callPage) asking() bool { return p.byHand() || len(p.draft.Windows) > 0 }

func (p *callPage) byHand() bool { return peer.ByHand(p.matters()) }

// ask answers with a page of the flow.
func (p *callPage) ask(title words.Text, a web.Answer) web.Answer {
	a.Title, a.Errors = words.Say("%s – Order %s", title, order.Spaced(p.o.Number)), p.errors
	a.Help = help(p.standing.Plan, p.standing.Line)
	return a
}

// steps of booking a call.
var callSteps = []ui.Step{{Label: "Choose a time"}, {Label: "Who will be on the call"}, {Label: "Check and confirm"}}

// askCall says whether a call is available; a plain yes goes straight on.
func askCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.standing.Result == peer.Available {
		return web.Answer{SeeOther: p.path("/time")}, nil
	}
	return p.ask("Peer-to-peer", web.Answer{Body: standingView(p)}), nil
}

// turnedAway sends who can't book to the page that says why.
func (p *callPage) turnedAway() (web.Answer, bool) {
	if p.moving == nil && !p.standing.Bookable() {
		return web.Answer{SeeOther: p.path("")}, true
	}
	return web.Answer{}, false
}
