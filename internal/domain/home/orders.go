package home

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/worklist"
	"parley/internal/infra/db"
)

// looked is how many of the latest denials are looked through for calls that
// can still be asked for.
const looked = 25

// orders are those that wait for information no message asks for, as with
// orders from elsewhere, and those about which a call can change the decision.
func orders(ctx context.Context, tx *db.Tx, by account.Actor, own bool, asked map[string]bool) (all []Need, err error) {
	holder := holding(by, own)
	waiting, err := worklist.First(ctx, tx, by, worklist.Query{Exactly: []order.Status{order.InfoRequested}, Holder: holder, Size: Most})
	if err != nil {
		return nil, err
	}
	for _, l := range waiting {
		if !asked[l.Number] {
			all = append(all, Need{Kind: Inform, Number: l.Number, Order: l.Number, Title: l.Title, Patient: l.Patient.Name(), By: l.Due})
		}
	}
	if !by.Can(account.BookCalls) {
		return all, nil
	}
	open, err := windows(ctx, tx, by, holder)
	return append(all, open...), err
}

func windows(ctx context.Context, tx *db.Tx, by, holder account.Actor) (all []Need, err error) {
	denied, err := worklist.First(ctx, tx, by, worklist.Query{Exactly: []order.Status{order.Denied, order.Partial}, Holder: holder, Size: looked})
	if err != nil {
		return nil, err
	}
	var ids []order.ID
	for _, l := range denied {
		if !l.HasCall {
			ids = append(ids, l.ID)
		}
	}
	some, err := order.Among(ctx, tx, by, ids)
	if err != nil {
		return nil, err
	}
	standings, err := peer.StandAll(ctx, tx, some)
	if err != nil {
		return nil, err
	}
	for i, st := range standings {
		if st.Result == peer.Available && len(all) < Most {
			o := some[i]
			all = append(all, Need{Kind: Call, Number: o.Number, Order: o.Number, Title: o.Title, Patient: o.Patient.Name(), By: st.Until})
		}
	}
	return all, nil
}
