package portal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// speakPage is a call as its speaker reads it, who has no account and came by
// a personal link. Before the code is entered it shows nothing of the call.
type speakPage struct {
	g      peer.Guest
	card   peer.Card
	token  string
	people peer.People // as typed
	sent   []attachment.Upload
	rules  plan.FileRules
	late   int    // minutes, as chosen
	from   string // whose mail to look for
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	loc    *time.Location
	now    time.Time
}

func (pages *Pages) registerSpeakers(s *web.Server) {
	s.Handle("GET /speak/{link}", web.Public, speakerDoor)
	s.Handle("POST /speak/{link}", web.Public, speakerEnters)
	s.Handle("POST /speak/{link}/code", web.Public, speakerAsksCode)
	s.Handle("POST /speak/{link}/leave", web.Public, speakerLeaves)
	s.Handle("GET /speak/{link}/call", web.Public, spoken(showSpoken))
	s.Handle("POST /speak/{link}/late", web.Public, spoken(speakerLate))
	s.HandleSlow("POST /speak/{link}/files", web.Public, web.Slow{May: speakerMaySend, Do: pages.takeFiles, Then: spoken(speakerKeeps), Undo: pages.dropFiles})
	s.Handle("GET /speak/{link}/phone", web.Public, spoken(speakerPhone))
	s.Handle("POST /speak/{link}/phone", web.Public, spoken(speakerSavesPhone))
}

func openDoor(ctx context.Context, r *web.Request) (*speakPage, error) {
	p := &speakPage{token: r.PathValue("link"), from: r.Settings.MailFrom, key: r.Key(), now: r.Tx.Now(), faults: map[string]words.Text{}}
	var err error
	if p.g, err = peer.AtDoor(ctx, r.Tx, p.token); err != nil {
		return nil, err
	}
	p.loc, err = civil.Zone(p.g.Zone)
	return p, err
}

func (p *speakPage) path(parts string) string { return "/speak/" + p.token + parts }

// bare is an answer without the name of anything: its reader may not be who
// the link was for.
func (p *speakPage) bare(title words.Text, body templ.Component) web.Answer {
	return web.Answer{Title: title, Body: body, Errors: p.errors, Bare: true}
}

func speakerDoor(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDoor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	in, err := peer.CameIn(ctx, r.Tx, p.g, r.Brief("speaker"))
	if err != nil {
		return web.Answer{}, err
	}
	if in {
		return web.Answer{SeeOther: p.path("/call")}, nil
	}
	return p.bare("Your peer-to-peer call", doorView(p)), nil
}

// speakerAsksCode has a code mailed. Asked too soon, it says so.
func speakerAsksCode(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDoor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err = peer.AskSpeakerCode(ctx, r.Tx, p.g); err == nil {
		return web.Answer{SeeOther: p.path("")}, nil
	}
	return p.refused(err, false)
}

func speakerEnters(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDoor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	visit, err := peer.EnterCall(ctx, r.Tx, p.g, r.Value("code"))
	if err != nil {
		return p.refused(err, true)
	}
	a := web.Answer{SeeOther: p.path("/call")}
	a.Cookies = append(a.Cookies, r.Settings.SpeakerCookie(visit))
	return a, nil
}

// refused shows the door with what is wrong. A try at a code counts, so keep
// has the transaction commit.
func (p *speakPage) refused(err error, keep bool) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.TooMany {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "code")
	a := p.bare("Your peer-to-peer call", doorView(p))
	a.Keep = keep
	return a, err
}

func speakerLeaves(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDoor(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	a := web.Answer{SeeOther: p.path("")}
	a.Cookies = append(a.Cookies, r.Settings.SpeakerCookie(""))
	return a, peer.Leave(ctx, r.Tx, p.g, r.Brief("speaker"))
}

// spoken is a page for a speaker who entered a code; anybody else is led to
// the door.
func spoken(page func(context.Context, *web.Request, *speakPage) (web.Answer, error)) web.Page {
	return func(ctx context.Context, r *web.Request) (web.Answer, error) {
		p, err := openDoor(ctx, r)
		if err != nil {
			return web.Answer{}, err
		}
		in, err := peer.CameIn(ctx, r.Tx, p.g, r.Brief("speaker"))
		if err != nil {
			return web.Answer{}, err
		}
		if !in {
			return web.Answer{SeeOther: p.path("")}, nil
		}
		if p.card, err = peer.CardFor(ctx, r.Tx, p.g); err != nil {
			return web.Answer{}, err
		}
		p.people, p.late = p.g.People, p.card.Day.Late
		if err := p.readFiles(ctx, r); err != nil {
			return web.Answer{}, err
		}
		return page(ctx, r, p)
	}
}

func (p *speakPage) show(title words.Text, body templ.Component) web.Answer {
	a := p.bare(title, body)
	a.Help = help(p.card.Standing.Plan, p.card.Standing.Line)
	return a
}

func showSpoken(_ context.Context, _ *web.Request, p *speakPage) (web.Answer, error) {
	return p.show("Your peer-to-peer call", spokenView(p)), nil
}

func speakerLate(ctx context.Context, r *web.Request, p *speakPage) (web.Answer, error) {
	p.late, _ = strconv.Atoi(r.Value("late")) // no number is no choice
	if _, err := peer.RunLate(ctx, r.Tx, p.g.By, p.g.Call, p.card.Orders[0], p.late); err != nil {
		return p.again(err, "Your peer-to-peer call", spokenView(p), "late")
	}
	return web.Answer{SeeOther: p.path("/call")}, nil
}

func speakerPhone(_ context.Context, _ *web.Request, p *speakPage) (web.Answer, error) {
	if !peer.MayChangePhone(p.g.Call, p.now) {
		return web.Answer{SeeOther: p.path("/call")}, nil
	}
	return p.show("Change phone", spokenPhoneView(p)), nil
}

func speakerSavesPhone(ctx context.Context, r *web.Request, p *speakPage) (web.Answer, error) {
	p.people = typedPhone(r)
	if _, err := peer.ChangePhone(ctx, r.Tx, p.g.By, p.g.Call, p.card.Orders[0], p.people); err != nil {
		return p.again(err, "Change phone", spokenPhoneView(p), phoneFields...)
	}
	return web.Answer{SeeOther: p.path("/call")}, nil
}

// again shows a page once more, with what is wrong.
func (p *speakPage) again(err error, title words.Text, body templ.Component, fields ...string) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, fields...)
	return p.show(title, body), err
}

func (p *speakPage) when() words.Text { return callTime(p.g.Call, p.loc, p.now) }

// weCall says to the speaker that we call, from which number, and how often.
func (p *speakPage) weCall() words.Text {
	program := p.card.Standing.Program
	call := words.Text("We call you at the time of the call.")
	if program.CallFrom != "" {
		call = words.Say("We call you at the time of the call from %s.", program.CallFrom)
	}
	return words.Join([]words.Text{call, program.TryAgain()}, " ")
}

func (p *speakPage) countdown() words.Text { return countdown(p.g.Call, p.now) }

func (p *speakPage) mayBeLate() bool { return peer.MayBeLate(p.g.Call, p.now) }

func (p *speakPage) lates() ui.Group { return lates(p.late, p.faults["late"]) }

func (p *speakPage) lateWords() words.Text { return lateWords(p.card.Day, p.loc) }

func (p *speakPage) rows() []ui.SummaryRow {
	phone := ui.SummaryRow{Key: "We call you at", Value: withExtension(p.g.People.Phone, p.g.People.Extension), ChangeWhat: "phone number"}
	if peer.MayChangePhone(p.g.Call, p.now) {
		phone.ChangeHref = p.path("/phone")
	}
	rows := []ui.SummaryRow{
		{Key: "Reference", Value: words.AsIs(p.g.Reference())},
		phone,
		{Key: "Backup number", Value: withExtension(p.g.People.BackupPhone, p.g.People.BackupExtension)},
		{Key: "We say or press", Value: words.AsIs(p.g.People.Instructions)},
	}
	if p.card.Reviewer != "" {
		rows = append(rows, ui.SummaryRow{Key: "Who calls", Value: words.Say("A physician reviewer, %s", strings.ToLower(p.card.Reviewer))})
	}
	rows = append(rows, ui.SummaryRow{Key: "What the call can do", Value: effectWords(p.g.Effect, p.g.ValidUntil, p.loc, p.now)},
		ui.SummaryRow{Key: "Arranged by", Value: words.AsIs(p.g.ArrangerName)})
	return rows
}

// about is one order of the call with its patient, as one line each.
func (p *speakPage) about(o order.Order) (what, who words.Text) {
	return words.Say("Order %s, %s", order.Spaced(o.Number), o.Title), words.Say("%s, born %s", o.Patient.Name(), ui.BirthDate(o.Patient.Born))
}
