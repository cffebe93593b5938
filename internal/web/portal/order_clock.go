package portal

import (
	"context"
	"time"

	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// clockPage explains by when an order is decided: the same to the office and
// to those who review.
type clockPage struct {
	o     order.Order
	clock deadline.Kept
	loc   *time.Location
	now   time.Time
}

func showClock(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return web.Answer{}, err
	}
	at, err := plan.Get(ctx, r.Tx, o.PlanID)
	if err != nil {
		return web.Answer{}, err
	}
	p := &clockPage{o: o, loc: r.Zone(at.TimeZone), now: r.Tx.Now()}
	p.clock, err = deadline.Of(ctx, r.Tx, string(o.ID))
	if fault.Is(err, fault.NotFound) {
		return web.Answer{}, fault.New(fault.NotFound, "This order came from another system with its due time. How that came about isn't known here.")
	}
	name := "Order " + order.Spaced(o.Number)
	return web.Answer{Title: words.Say("How this clock works – %s", name), Body: clockView(p),
		Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.AsIs(name), Href: "/orders/" + o.Number}, {Text: "How this clock works"}}}, err
}
