package admin

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/web"
)

// longestProbe is how long a plan's own system has to say what it can.
const longestProbe = 10 * time.Second

// probing is the question to a plan's own system, and what came of it.
type probing struct {
	of    plan.Plan
	wrong string
}

func mayProbe(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	of, err := plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan")))
	r.Carry = &probing{of: of}
	return web.Answer{}, err
}

func (p Pages) probe(ctx context.Context, r *web.Request) error {
	ctx, cancel := context.WithTimeout(ctx, longestProbe)
	defer cancel()
	asked := r.Carry.(*probing)
	asked.wrong = "It has no system of its own here."
	if asked.of.Eligibility != "" {
		asked.wrong = p.Probe(ctx, asked.of)
	}
	return nil
}

func probed(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := onePlan(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.probed, p.wrong = true, r.Carry.(*probing).wrong
	p.from = p.today.AddDays(1).String()
	return p.answer(), nil
}
