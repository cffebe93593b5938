package admin

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
)

// viewAs has an administrator see what somebody of an office sees.
func viewAs(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := user(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.reason = r.Value("reason")
	err = account.SeeAs(ctx, r.Tx, r.Visit, p.who.ID, p.reason)
	if err == nil {
		return web.Answer{SeeOther: "/"}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err)
	return p.answer(), err
}

// endView has them be themselves again, on the page of the person they looked
// for.
func endView(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := "/"
	if r.By.Viewed != nil {
		to = "/admin/users/" + string(r.By.Viewed.SeenID)
	}
	return web.Answer{SeeOther: to}, account.EndSeeing(ctx, r.Tx, r.Visit)
}
