package review

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// intentPage tells an office what is missing before an order is denied.
type intentPage struct {
	*casePage
	points string
}

func openIntent(ctx context.Context, r *web.Request) (*intentPage, error) {
	p, err := openCase(ctx, r)
	return &intentPage{casePage: p}, err
}

func (p *intentPage) answerIntent() web.Answer {
	return p.answer(intentView(p), ui.Link{Text: "Before a denial"})
}

func askIntent(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openIntent(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mustHear {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	return p.answerIntent(), nil
}

func announceIntent(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openIntent(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.points = strings.TrimSpace(r.Value("points"))
	version, err := strconv.Atoi(r.Value("version"))
	if err != nil {
		version = p.o.Version
	}
	if _, err = review.Announce(ctx, r.Tx, r.By, p.o, version, p.points); err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "points")
	return p.answerIntent(), err
}

// intentWords say what the office was told and until when it can talk.
func (p *casePage) intentWords() string {
	words := p.intent.Name + " told the office on " + civil.When(p.intent.At, p.loc, p.now).String() + " that this is about to be denied. "
	if p.intent.Open(p.now) {
		return words + "It can talk to a reviewer until " + civil.Deadline(p.intent.Until, p.loc, p.now).String() + "."
	}
	return words + "The time for a call is over; the decision can follow."
}
