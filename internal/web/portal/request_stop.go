package portal

import (
	"context"
	"strings"

	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
)

// stopPage says that no authorization is needed, or that the plan decides.
type stopPage struct {
	*requestPage
	need plan.Need
}

func openStop(ctx context.Context, r *web.Request) (*stopPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &stopPage{requestPage: q}
	p.need, err = request.Stops(ctx, r.Tx, q.Request)
	return p, err
}

func askStop(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openStop(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	if p.need == "" {
		return web.Answer{SeeOther: p.path(placeOf(p.Next()))}, nil
	}
	return p.ask("Before you go on", web.Answer{Body: stopView(p)}), nil
}

func insist(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openStop(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	saved, err := request.Insist(ctx, r.Tx, r.By, p.Request, p.since)
	if err == nil {
		return web.Answer{SeeOther: p.after(r, saved)}, nil
	}
	if !p.refused(err) {
		return web.Answer{}, err
	}
	return p.ask("Before you go on", web.Answer{Body: stopView(p)}), err
}

// similarPage warns of orders for the same care.
type similarPage struct {
	*requestPage
	orders []order.Order
	why    string
}

func openSimilar(ctx context.Context, r *web.Request) (*similarPage, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &similarPage{requestPage: q}
	p.orders, err = request.Duplicates(ctx, r.Tx, r.By, q.Request)
	return p, err
}

func askSimilar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSimilar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.early(); yes {
		return away, nil
	}
	if len(p.orders) == 0 {
		return web.Answer{SeeOther: p.path(placeOf(p.Next()))}, nil
	}
	p.why = p.Patient.Anyway
	return p.ask("An order for this exists", web.Answer{Body: similarView(p)}), nil
}

func goOnAnyway(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSimilar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.why = strings.TrimSpace(r.Value("anyway"))
	f := fault.Fields{}
	f.Check(p.why != "", "anyway", "Enter why it is needed again")
	f.Check(len([]rune(p.why)) <= 500, "anyway", "Answer must be 500 characters or less")
	if err = f.Err(); err == nil {
		var saved request.Request
		if saved, err = request.Save(ctx, r.Tx, r.By, p.Request, request.PatientPart, p.since, func(c *request.Content) { c.Patient.Anyway = p.why }); err == nil {
			return web.Answer{SeeOther: p.after(r, saved)}, nil
		}
	}
	if !p.refused(err, "anyway") {
		return web.Answer{}, err
	}
	return p.ask("An order for this exists", web.Answer{Body: similarView(p)}), err
}
