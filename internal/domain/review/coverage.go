package review

import (
	"context"

	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// EligibilityAnswered approves an order that lacked nothing but the plan's word
// that it covers the patient, and that nobody has begun to review.
func EligibilityAnswered(ctx context.Context, tx *db.Tx, e member.EligibilityAnswered) error {
	all, err := order.OfEligibility(ctx, tx, e.EligibilityID)
	for _, o := range all {
		if err := again(ctx, tx, o); err != nil {
			return err
		}
	}
	return err
}

// again approves an order that nobody has begun to review, if it can be by now.
func again(ctx context.Context, tx *db.Tx, o order.Order) error {
	if o.Status != order.New {
		return nil
	}
	r, sent, err := request.Reweigh(ctx, tx, o)
	if fault.Is(err, fault.NotFound) { // it came another way, and nothing was answered here
		return nil
	}
	if err != nil {
		return err
	}
	_, err = settle(ctx, tx, r, sent)
	return err
}

// PatientMatched approves an order that lacked nothing but to know which member
// it is for, and that nobody has begun to review.
func PatientMatched(ctx context.Context, tx *db.Tx, e order.Matched) error {
	o, err := order.OfEvent(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	return again(ctx, tx, o)
}

// matched refuses to approve anything for a patient of whom nobody has said
// which member they are: an authorization is a promise to pay for a member.
func matched(o order.Order, d Decision) error {
	if o.Unmatched && outcome(d.Lines) != order.Denied {
		return fault.New(fault.Conflict, "The office entered this patient by hand. Say which member it is before you approve anything.")
	}
	return nil
}
