package portal

import (
	"context"
	"strconv"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// alertPage asks whether, and how, an office wants an earlier time.
type alertPage struct {
	*oneCall
	mode, part, notice string
}

func openAlert(ctx context.Context, r *web.Request) (*alertPage, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return nil, err
	}
	a := &alertPage{oneCall: p, mode: "offer", notice: strconv.Itoa(peer.Notices[0])}
	if w := p.alert; w != nil {
		a.mode, a.part, a.notice = map[bool]string{true: "move", false: "offer"}[w.Move], w.Part, strconv.Itoa(w.Notice)
	}
	return a, nil
}

func (p *alertPage) showAlert() web.Answer {
	return p.ask("An earlier time", web.Answer{Body: alertView(p), Crumbs: p.crumbs()})
}

func askAlert(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAlert(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mayChange {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.showAlert(), nil
}

func saveAlert(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAlert(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.mode, p.part, p.notice = r.Value("mode"), r.Value("part"), r.Value("notice")
	notice, err := strconv.Atoi(p.notice)
	if err != nil {
		notice = 0
	}
	if p.mode != "offer" && p.mode != "move" {
		err = fault.Fields{"mode": "Select what we do with an earlier time"}.Err()
	} else {
		err = peer.WantEarlier(ctx, r.Tx, r.By, p.c, p.o, peer.Alert{Move: p.mode == "move", Part: p.part, Notice: notice})
	}
	if err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "mode", "part", "notice")
	return p.showAlert(), err
}

func stopAlert(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: p.callPath("")}, peer.StopAlert(ctx, r.Tx, r.By, p.c, p.o)
}

// askEarlier shows the time that is kept; if it no longer is, the call.
func askEarlier(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.offered() {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.ask("An earlier time", web.Answer{Body: earlierView(p), Crumbs: p.crumbs()}), nil
}

func takeEarlier(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if r.Value("keep") != "" {
		return web.Answer{SeeOther: p.callPath("")}, peer.KeepTime(ctx, r.Tx, r.By, p.c)
	}
	if _, err = peer.TakeEarlier(ctx, r.Tx, r.By, p.c, p.o, p.standing, p.loc); err == nil {
		return web.Answer{SeeOther: p.callPath("/confirmed")}, nil
	}
	if !fault.Is(err, fault.Conflict) {
		return web.Answer{}, err
	}
	p.errors = web.Errors(err)
	return p.ask("Peer-to-peer call", web.Answer{Body: callView(p), Crumbs: p.crumbs()}), err
}

// offered reports whether an earlier time is kept for the office now.
func (p *oneCall) offered() bool {
	return p.mayChange && p.alert != nil && p.alert.Offered != nil && p.now.Before(p.alert.Until)
}

// alertWords say what the office wished for.
func (p *oneCall) alertWords() words.Text {
	text := words.Text("We look for an earlier time")
	switch p.alert.Part {
	case "morning":
		text += " in a morning"
	case "afternoon":
		text += " in an afternoon"
	}
	if p.alert.Move {
		return words.Say("%s, and move the call by itself if one opens.", text)
	}
	return words.Say("%s, and ask you if one opens.", text)
}

func (p *oneCall) offeredWords() words.Text {
	return civil.SpanOn(p.alert.Offered.Start, p.alert.Offered.End(), p.loc, p.now)
}

func (p *oneCall) keptUntil() words.Text { return civil.Clock(p.alert.Until, p.loc) }

func (p *alertPage) modes() ui.Group {
	return ui.Group{Name: "mode", Legend: "If an earlier time opens", Error: p.faults["mode"], Options: []ui.Option{
		{Value: "offer", Label: "Ask me first", Hint: "We write to you and keep the time for you for 15 minutes", Checked: p.mode == "offer"},
		{Value: "move", Label: "Move the call by itself", Hint: "You get a new invitation. You can still move it back while your old time is free", Checked: p.mode == "move"},
	}}
}

func (p *alertPage) parts() ui.Group {
	return ui.Group{Name: "part", Legend: "Which part of the day?", Error: p.faults["part"], Small: true, Options: []ui.Option{
		{Value: "", Label: "Any time", Checked: p.part == ""}, {Value: "morning", Label: "Mornings", Checked: p.part == "morning"},
		{Value: "afternoon", Label: "Afternoons", Checked: p.part == "afternoon"},
	}}
}

func (p *alertPage) notices() ui.Group {
	g := ui.Group{Name: "notice", Legend: "How long before do you need to know?", Error: p.faults["notice"], Small: true}
	for _, hours := range peer.Notices {
		label := words.Text("1 day")
		if hours%24 == 0 && hours > 24 {
			label = words.Say("%s days", strconv.Itoa(hours/24))
		} else if hours < 24 {
			label = words.Say("%s hours", strconv.Itoa(hours))
		}
		g.Options = append(g.Options, ui.Option{Value: strconv.Itoa(hours), Label: label, Checked: p.notice == strconv.Itoa(hours)})
	}
	return g
}
