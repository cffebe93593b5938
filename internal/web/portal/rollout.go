package portal

import (
	"context"
	"slices"

	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// insteadOn is what the reader reads on an order in the place of features that
// their office doesn't have, by the feature.
func insteadOn(ctx context.Context, r *web.Request, o order.Order) (map[string]words.Text, error) {
	all := map[string]words.Text{}
	for _, feature := range []string{plan.FilesFeature, plan.MessagesFeature} {
		said, err := plan.Instead(ctx, r.Tx, r.By, feature, o.Place())
		if err != nil {
			return nil, err
		}
		all[feature] = said
	}
	return all, nil
}

// endingAt is what the reader reads of features that their office has there and
// that end.
func endingAt(ctx context.Context, r *web.Request, at plan.Place, features ...string) (all []words.Text, err error) {
	for _, feature := range features {
		said, err := plan.EndingFor(ctx, r.Tx, r.By, feature, at)
		if err != nil {
			return nil, err
		}
		if said != "" {
			all = append(all, said)
		}
	}
	return all, nil
}

// unasked reports whether files that came are added of the office's own accord:
// neither in the place of one that couldn't be taken nor for an open appeal.
func (p *latePage) unasked(ctx context.Context, r *web.Request) (bool, error) {
	if slices.ContainsFunc(p.late, func(u attachment.Upload) bool { return u.ID == r.Value("instead") && lost(u) }) {
		return false, nil
	}
	number := order.Digits(r.Value("appeal"))
	if number == "" {
		return true, nil
	}
	f, o, err := appeal.Get(ctx, r.Tx, r.By, number)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return f.Status != appeal.Open || o.ID != p.o.ID, err
}
