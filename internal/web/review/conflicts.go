package review

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// conflictsPage is where a reviewer says whose orders they don't decide.
type conflictsPage struct {
	all         []review.Conflict
	number, why string
	faults      map[string]words.Text
	errors      []ui.FieldError
	key         string
}

func openConflicts(ctx context.Context, r *web.Request) (*conflictsPage, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	all, err := review.Conflicts(ctx, r.Tx, r.By)
	return &conflictsPage{all: all, number: r.Query("order"), key: r.Key(), faults: map[string]words.Text{}}, err
}

func (p *conflictsPage) answer() web.Answer {
	return web.Answer{Title: "Conflicts of interest", Body: conflictsView(p), Errors: p.errors,
		Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: "Conflicts of interest"}}}
}

func showConflicts(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openConflicts(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// declareConflict finds the office by one of its orders: that is what a
// reviewer has before them.
func declareConflict(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openConflicts(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.number, p.why = strings.TrimSpace(r.Value("number")), strings.TrimSpace(r.Value("why"))
	o, err := order.Get(ctx, r.Tx, r.By, p.number)
	if fault.Is(err, fault.NotFound) {
		err = fault.Fields{"number": "Enter the number of an order of the office"}.Err()
	}
	if err == nil {
		err = review.Declare(ctx, r.Tx, r.By, o.OrganizationID, p.why)
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/conflicts"}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "number", "why")
	return p.answer(), err
}

func withdrawConflict(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/review/conflicts"}, review.Withdraw(ctx, r.Tx, r.By, r.PathValue("organization"))
}
