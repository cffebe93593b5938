package message

import (
	"context"
	"strings"

	"parley/internal/domain/letter"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Write has a request also written as a letter, once: to the office that may
// hear by fax only, and to the member whose decision waits for it.
func Write(ctx context.Context, tx *db.Tx, e Asked) error {
	t, err := OfEvent(ctx, tx, e.ThreadID)
	if err != nil || t.ReplyBy == nil {
		return err
	}
	w := letter.Want{Cause: t.ID, Until: *t.ReplyBy, Effect: t.Effect, Due: t.DueThen, Closes: t.Unanswered == plan.CloseThen}
	for _, i := range t.Items {
		w.Asks = append(w.Asks, i.line())
	}
	return letter.Ask(ctx, tx, t.OrderID, w)
}

// line is an item in one line: what is asked for, and what would be enough.
func (i Item) line() string {
	return strings.TrimSpace(strings.TrimRight(i.Ask, ".") + ". " + i.Satisfies)
}
