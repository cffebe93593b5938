package portal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// openDay reads what happened to a call on its day.
func (p *oneCall) openDay(ctx context.Context, r *web.Request) (err error) {
	if p.dials, err = peer.Dials(ctx, r.Tx, p.c); err != nil {
		return err
	}
	p.day, err = peer.DayOf(ctx, r.Tx, p.c)
	p.late = p.day.Late
	books := r.By.Can(account.BookCalls)
	p.mayBeLate = books && peer.MayBeLate(p.c, p.now)
	p.mayPhone = books && peer.MayChangePhone(p.c, p.now)
	if books && err == nil {
		p.link, err = peer.LinkOf(ctx, r.Tx, p.c)
	}
	p.mine = r.By.ID == p.c.ReviewerID && r.By.Can(account.HoldCalls)
	return err
}

// changeLink sends the speaker a new link, or ends the one they have.
func changeLink(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	change := peer.SendLink
	if r.Value("do") == "end" {
		change = peer.EndLink
	}
	if err = change(ctx, r.Tx, r.By, p.c, p.o); err != nil {
		return p.again(err, callView(p))
	}
	return web.Answer{SeeOther: p.callPath("")}, nil
}

// linkWords say how the speaker's link stands.
func (p *oneCall) linkWords() words.Text {
	who := p.c.People.SpeakerName()
	switch {
	case p.link.Ended:
		return words.Say("The link of %s was ended. Mails about the call bring no new one.", who)
	case p.link.Sent == nil:
		return words.Say("%s gets a personal link to this call with the next mail.", who)
	}
	return words.Say("%s got a personal link to this call %s.", who, civil.When(*p.link.Sent, p.loc, p.now))
}

// sayLate tells the reviewer that the office is late.
func sayLate(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.late, _ = strconv.Atoi(r.Value("late")) // no number is no choice
	if _, err = peer.RunLate(ctx, r.Tx, r.By, p.c, p.o, p.late); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.again(err, callView(p), "late")
}

// again shows a page of the call once more, with what is wrong.
func (p *oneCall) again(err error, body templ.Component, fields ...string) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, fields...)
	return p.ask("Peer-to-peer call", web.Answer{Body: body, Crumbs: p.crumbs()}), err
}

func (p *oneCall) lates() ui.Group { return lates(p.late, p.faults["late"]) }

// lates ask by how many minutes a speaker is late.
func lates(chosen int, wrong words.Text) ui.Group {
	g := ui.Group{Name: "late", Legend: "How late will you be?", Error: wrong, Small: true}
	for _, n := range peer.Lates {
		g.Options = append(g.Options, ui.Option{Value: strconv.Itoa(n), Label: words.Say("%s minutes", strconv.Itoa(n)), Checked: chosen == n})
	}
	return g
}

// canMove reports whether the office can still move the call itself.
func (p *oneCall) canMove() bool {
	return p.mayChange && peer.MayMove(p.person, p.c, p.now)
}

// canTakeOut reports whether an order can still be taken out of the call.
func (p *oneCall) canTakeOut() bool {
	return p.mayTake && peer.MayMove(p.person, p.c, p.now)
}

func askPhone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mayPhone {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	p.people = p.c.People
	return p.ask("Change phone", web.Answer{Body: phoneView(p)}), nil
}

var phoneFields = []string{"phone", "extension", "backup_phone", "backup_extension", "instructions"}

func savePhone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.people = typedPhone(r)
	if _, err = peer.ChangePhone(ctx, r.Tx, r.By, p.c, p.o, p.people); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.again(err, phoneView(p), phoneFields...)
}

// typedPhone is how the speaker is reached, as typed into phoneInputs.
func typedPhone(r *web.Request) peer.People {
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	return peer.People{Phone: v("phone"), Extension: v("extension"), BackupPhone: v("backup_phone"), BackupExtension: v("backup_extension"), Instructions: v("instructions")}
}

// callAgain leads from a mail to the times for another call, where the plan
// allows one. The address names no order.
func callAgain(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mayBook {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return web.Answer{SeeOther: p.path("/time")}, nil
}

// failedBefore reports whether the call came to nothing on its day, so that
// another time is what comes next.
func (p *oneCall) failedBefore() bool { return p.c.Status == peer.Missed || p.c.Status == peer.NoShow }

// needsOutcome reports whether the call was made and its result isn't there.
func (p *oneCall) needsOutcome() bool { return peer.NeedsOutcome(p.c, len(p.dials), p.now) }

// attemptWords say to the office that we called: "We called at 9:31 AM CT, no
// answer."
func (p *oneCall) attemptWords(d peer.Dial) words.Text {
	return words.Say("We called at %s, %s.", civil.Clock(d.At, p.loc), words.Text(d.Words()))
}

// lateWords say that the office is late, and since when we know.
func (p *oneCall) lateWords() words.Text { return lateWords(p.day, p.loc) }

func lateWords(d peer.Day, loc *time.Location) words.Text {
	return words.Say("Running %s minutes late. The reviewer was told at %s.", strconv.Itoa(d.Late), civil.Clock(*d.LateAt, loc))
}

// resultWords say what came of a call for one order: a heading and, where
// there is one, the reviewer's reason.
func resultWords(s peer.Subject) (heading words.Text, reason string) {
	switch {
	case s.Outcome == peer.Upheld:
		return "Decision stays", s.Note
	case peer.Changes(s.Outcome) && s.Order.DecidedAt != nil && !s.Order.DecidedAt.Before(*s.At):
		return words.Say("Decision changed: %s", words.Text(s.Order.Status.Words())), s.Note
	case peer.Changes(s.Outcome):
		return "Decision changed: the reviewer is writing the new decision", s.Note
	case s.Outcome == peer.MoreToCome:
		return "More information", s.Note
	case s.Outcome == peer.Withdrawn:
		return "Your office withdrew", s.Note
	}
	return words.Text(peer.OutcomeWords(s.Outcome)), s.Note
}
