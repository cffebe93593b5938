package portal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
)

// chooseZone asks once in which zone a person reads times.
func chooseZone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.ask("Your time zone", web.Answer{Body: zoneView(p, p.loc.String())}), nil
}

// readerZone is the zone that a person said they read times in, until then
// that of the order's location, else of its plan.
func readerZone(ctx context.Context, r *web.Request, o order.Order, p plan.Plan) *time.Location {
	if r.By.Zone == "" && o.LocationID != "" {
		if l, err := provider.GetLocation(ctx, r.Tx, o.LocationID); err == nil && l.TimeZone != "" {
			return r.Zone(l.TimeZone)
		}
	}
	return r.Zone(p.TimeZone)
}

func saveZone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	tz := r.Value("tz")
	if _, ok := civil.ChoiceFor(tz); !ok {
		err := fault.Fields{"tz": "Select your time zone"}.Err()
		p.errors = web.Errors(err)
		return p.ask("Your time zone", web.Answer{Body: zoneView(p, p.loc.String())}), err
	}
	return web.Answer{SeeOther: p.path("/time")}, account.SetZone(ctx, r.Tx, r.By, tz)
}
