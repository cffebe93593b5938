package message

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Missing are the items to ask for by an order's criteria: one for each that a
// reviewer marked as not shown and, unmarked, that the answers of the office
// leave open. Who may: reviewers, who have read the order.
func Missing(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) ([]Item, error) {
	if err := by.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	marks, err := review.Marks(ctx, tx, o.ID, tx.Now())
	if err != nil {
		return nil, err
	}
	answered, err := request.Answers(ctx, tx, by, o)
	if err != nil {
		return nil, err
	}
	var all []Item
	for _, q := range answered {
		name := q.Guideline.Name()
		for _, l := range leaves(q.Meter().Lines) {
			m, marked := marks[name+"/"+string(l.Criterion)]
			if marked && m.Says == review.MarkNotShown || !marked && l.Truth == guideline.NotShown && l.Needed {
				all = append(all, itemFor(l, name))
			}
		}
	}
	return all, nil
}

// leaves are the criteria that are no put-together of others.
func leaves(lines []guideline.MeterLine) (all []guideline.MeterLine) {
	for _, l := range lines {
		if len(l.Of) > 0 {
			all = append(all, leaves(l.Of)...)
			continue
		}
		all = append(all, l)
	}
	return all
}

func itemFor(l guideline.MeterLine, name string) Item {
	i := Item{Kind: File, Ask: "Send records that show this: " + strings.TrimSuffix(l.Sentence, ".") + ".", Why: name + ": " + l.Sentence, Satisfies: l.Evidence, Guideline: name, Criterion: string(l.Criterion), FileKind: "Office note"}
	if l.Evidence == "" {
		i.Kind, i.FileKind = Text, ""
		i.Ask = "Tell us about this: " + strings.TrimSuffix(l.Sentence, ".") + "."
	}
	return i
}
