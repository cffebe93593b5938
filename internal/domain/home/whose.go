package home

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
)

// A Show is whose needs Home shows.
type Show string

// Whose needs.
const (
	AsLast    Show = ""     // as the reader chose last; everyone's before they did
	MyOwn     Show = "mine" // what they look after, ordered, began or arranged
	Everyones Show = "all"  // of all that they see
)

// mine is whether the reader's needs alone are shown. What they choose is kept
// for their next visit.
func mine(ctx context.Context, tx *db.Tx, by account.Actor, kept string, show Show) (bool, error) {
	if show != MyOwn && show != Everyones {
		return Show(kept) == MyOwn, nil
	}
	if string(show) == kept || by.Viewed != nil {
		return show == MyOwn, nil
	}
	return show == MyOwn, tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
		return account.SetPreference(ctx, tx, by, shown, string(show))
	})
}

// holding is whose orders a list is asked for.
func holding(by account.Actor, own bool) account.Actor {
	if own {
		return by
	}
	return account.Actor{}
}

// arranged reports whether a call is by's to see to: they arranged it, or speak.
func arranged(c peer.Listed, by account.Actor) bool {
	return c.ArrangerID == by.ID || c.People.Email != "" && strings.EqualFold(c.People.Email, by.Email)
}

// holders says of orders who else looks after them.
func holders(ctx context.Context, tx *db.Tx, by account.Actor, needs []Need) error {
	var numbers []string
	for _, n := range needs {
		if n.Order != "" && n.Holder == "" {
			numbers = append(numbers, n.Order)
		}
	}
	found, err := order.Holders(ctx, tx, numbers)
	for i, n := range needs {
		if h := found[n.Order]; n.Holder == "" && h.ID != by.ID {
			needs[i].Holder = h.Name
		}
	}
	return err
}
