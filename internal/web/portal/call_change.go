package portal

import (
	"context"

	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func askReschedule(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	sees, err := peer.SeesAll(ctx, r.Tx, r.By, *p.moving)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.moving.Status.Live() || !sees && r.By.ID != p.moving.ReviewerID {
		return web.Answer{SeeOther: "/p2p/" + p.moving.Number}, nil // which says why
	}
	return p.show(ctx, r, nil)
}

func reschedule(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen = r.Value("slot")
	slot, err := p.read(r.Value("slot"))
	if err == nil {
		err = rememberZone(ctx, r, p)
	}
	if err == nil {
		_, err = peer.Reschedule(ctx, r.Tx, r.By, *p.moving, p.o, p.standing, slot, p.loc)
	}
	if err == nil {
		return web.Answer{SeeOther: "/p2p/" + p.moving.Number + "/confirmed"}, nil
	}
	return p.lost(ctx, r, slot, err)
}

func askCancel(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mayChange {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.ask("Cancel the call", web.Answer{Body: cancelView(p)}), nil
}

func cancelCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.reason, p.note = r.Value("reason"), r.Value("note")
	if _, err = peer.Cancel(ctx, r.Tx, r.By, p.c, p.o, p.reason, p.note); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "reason", "note")
	return p.ask("Cancel the call", web.Answer{Body: cancelView(p)}), err
}

// undoCall puts back what was just moved or canceled. One that comes too late
// says so on the call's own page.
func undoCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err = peer.PutBack(ctx, r.Tx, r.By, p.c, p.o); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	if !fault.Is(err, fault.Conflict) {
		return web.Answer{}, err
	}
	p.errors = web.Errors(err)
	return p.ask("Peer-to-peer call", web.Answer{Body: callView(p), Crumbs: p.crumbs()}), err
}

// putBackWords say what undoing would bring back.
func (p *oneCall) putBackWords() words.Text {
	return words.Say("For 1 minute you can put the call back to %s. Until then nobody is told of the change.", callTime(p.undo.Before, p.loc, p.now))
}

func (p *oneCall) reasons() ui.Group {
	g := ui.Group{Name: "reason", Legend: "Why are you canceling?", Error: p.faults["reason"]}
	for _, reason := range peer.Reasons {
		g.Options = append(g.Options, ui.Option{Value: reason.Value, Label: words.Text(reason.Words), Checked: p.reason == reason.Value})
	}
	return g
}
