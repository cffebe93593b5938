package appeal

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// TakeLate has an answer that came after the decision be looked at as new
// information, in the name of who sent it: a reconsideration, where one is
// open. Where none is, the answer stays with the order.
func TakeLate(ctx context.Context, tx *db.Tx, e message.Answered) error {
	if !e.Late {
		return nil
	}
	t, err := message.OfEvent(ctx, tx, e.ThreadID)
	if err != nil {
		return err
	}
	by, err := account.Act(ctx, tx, account.PersonID(e.PersonID))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	o, err := order.ByID(ctx, tx, by, t.OrderID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = File(ctx, tx, by, o, Filing{Kind: review.Reconsider, Behalf: ForProvider, Reason: "The office sent what was asked for in message " + order.Spaced(t.Number) + " after the decision."})
	if fault.Is(err, fault.Conflict) { // none is open, or it is asked for already
		return order.Note(ctx, tx, by, o, "message", "An answer came after the decision. It is kept with the order.", false)
	}
	return err
}
