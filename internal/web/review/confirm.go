package review

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/web"
)

// confirmPage asks a scheduler to confirm a requested call.
type confirmPage struct {
	c        peer.Call
	o        order.Order
	more     int // orders of the call besides that one
	reviewer string
	when     string
	key      string
}

func askConfirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return web.Answer{}, err
	}
	if c.Status != peer.Requested || c.StartsAt.IsZero() {
		return web.Answer{SeeOther: "/p2p/" + c.Number}, nil
	}
	p := confirmPage{c: c, o: o, key: r.Key()}
	loc := r.Zone(civil.DefaultZone)
	p.when = civil.SpanOn(c.StartsAt, c.EndsAt, loc, r.Tx.Now()).String()
	numbers, err := peer.Numbers(ctx, r.Tx, c)
	if err != nil {
		return web.Answer{}, err
	}
	p.more = len(numbers) - 1
	p.reviewer, err = peer.ReviewerName(ctx, r.Tx, c)
	return web.Answer{Title: "Confirm a call", Body: confirmView(p)}, err
}

func confirmCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return web.Answer{}, err
	}
	_, err = peer.Confirm(ctx, r.Tx, r.By, c, o)
	return web.Answer{SeeOther: "/p2p/" + c.Number}, err
}

func missedDone(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/board"}, peer.MissedDone(ctx, r.Tx, r.By, c, o)
}

func noteDone(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/board"}, peer.NoteDone(ctx, r.Tx, r.By, r.PathValue("note"))
}
