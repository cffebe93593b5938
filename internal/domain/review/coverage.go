package review

import (
	"context"

	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// EligibilityAnswered approves an order that lacked nothing but the plan's word
// that it covers the patient, and that nobody has begun to review.
func EligibilityAnswered(ctx context.Context, tx *db.Tx, e member.EligibilityAnswered) error {
	all, err := order.OfEligibility(ctx, tx, e.EligibilityID)
	for _, o := range all {
		if o.Status != order.New {
			continue
		}
		r, sent, err := request.Reweigh(ctx, tx, o)
		if err != nil {
			return err
		}
		if _, err := settle(ctx, tx, r, sent); err != nil {
			return err
		}
	}
	return err
}
