package message

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Waiting are the requests for information about an order that its office has
// not wholly answered. The caller has read the order.
func Waiting(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID) ([]Thread, error) {
	all, err := AboutOrder(ctx, tx, by, id)
	var waiting []Thread
	for _, t := range all {
		if t.Kind != Request || t.Status != Open {
			continue
		}
		if err := t.loadItems(ctx, tx); err != nil {
			return nil, err
		}
		if len(t.Remaining()) > 0 {
			waiting = append(waiting, t)
		}
	}
	return waiting, err
}

// AnswerByFax takes pages that were faxed as the answer to what is left of a
// request for information. said is the sentence that stands at each item: where
// the pages are. An answer that the office has begun stays the office's, to be
// sent by them. The pages count from when they came, not before they were asked
// for. Who may: those who put faxes on orders and have read this one. The error
// is a Conflict if nothing is left to answer.
func AnswerByFax(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order, said string, at time.Time) (Thread, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return t, err
	}
	left := t.Remaining()
	if t.Kind != Request || t.Status != Open || len(left) == 0 {
		return t, fault.New(fault.Conflict, "This request for information was answered or closed meanwhile. Look at the order again.")
	}
	if t.SentAt != nil && at.Before(*t.SentAt) {
		at = *t.SentAt
	}
	var sent []int
	for i := range t.Items {
		if !slices.ContainsFunc(left, func(l Item) bool { return l.N == t.Items[i].N }) {
			continue
		}
		if !t.Items[i].Empty() {
			continue
		}
		t.Items[i].Text = said
		sent = append(sent, t.Items[i].N)
	}
	if err := t.markSent(ctx, tx, by, sent); err != nil {
		return t, err
	}
	return t.answered(ctx, tx, by, o, len(sent), at, "What was asked for came by fax. In review again.")
}
