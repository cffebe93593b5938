package order_test

import (
	"context"
	"errors"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func amend(d *db.DB, by account.Actor, o order.Order, a order.Amendment) (order.Order, error) {
	err := d.Update(context.Background(), func(tx *db.Tx) (err error) {
		o, err = order.Amend(context.Background(), tx, by, o, a)
		return err
	})
	return o, err
}

func TestAmend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		by := staff(w, "all", "")
		made, err := create(t, d, by, w.order())
		if err != nil {
			t.Fatal(err)
		}
		first := made.Services[0]
		first.Units, first.Place = 3, "22"
		second := order.Service{Line: 2, System: "HCPCS", Code: "A9579", Wording: "Contrast", Units: 1}
		ref := order.Reference{Kind: order.Trace, Value: "T-2"}
		if _, err := amend(d, by, made, order.Amendment{Services: []order.Service{first, second}, References: []order.Reference{ref}, Text: "Changed."}); err != nil {
			t.Fatal(err)
		}
		got, err := get(d, by, made.Number)
		if err != nil || len(got.Services) != 2 || got.Services[0].Units != 3 || got.Services[0].Place != "22" || got.Services[1].Status != order.New || len(got.References) != 2 {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := amend(d, by, made, order.Amendment{Text: "Changed."}); !fault.Is(err, fault.Conflict) {
			t.Errorf("with an old version: %v", err)
		}
	})
}

func TestAnOrderWhoseLinesAreAllTakenBackIsWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		by := staff(w, "all", "")
		made, err := create(t, d, by, w.order())
		if err != nil {
			t.Fatal(err)
		}
		line := made.Services[0]
		line.Status = order.Withdrawn
		if made, err = amend(d, by, made, order.Amendment{Services: []order.Service{line}, Text: "Taken back."}); err != nil || made.Status != order.Withdrawn {
			t.Errorf("%v %v", made.Status, err)
		}
		if _, err = amend(d, by, made, order.Amendment{Text: "Changed."}); !fault.Is(err, fault.Conflict) {
			t.Errorf("after that: %v", err)
		}
	})
}

func TestWhoMayAmend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made, err := create(t, d, staff(w, "all", ""), w.order())
		if err != nil {
			t.Fatal(err)
		}
		stranger := account.Actor{ID: "per_else", Verified: true, Seats: []account.Seat{{OrganizationID: w.other.ID, Role: account.OfficeStaff, Sees: "all"}}}
		if _, err := amend(d, stranger, made, order.Amendment{Text: "Changed."}); !fault.Is(err, fault.Denied) {
			t.Errorf("another office: %v", err)
		}
	})
}

func TestFromDocument(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made, err := create(t, d, staff(w, "all", ""), w.order())
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			addErr := order.AddSource(ctx, tx, made.ID, order.Source{Format: "test", Name: "a", Hash: "abc", BlobKey: "k", ReceivedAt: tx.Now()})
			found, err := order.FromDocument(ctx, tx, "abc", made.MemberID)
			if found.ID != made.ID {
				t.Errorf("found %+v", found)
			}
			if _, other := order.FromDocument(ctx, tx, "abc", "mem_else"); !fault.Is(other, fault.NotFound) {
				t.Errorf("of another member: %v", other)
			}
			return errors.Join(addErr, err)
		})
		if err != nil {
			t.Error(err)
		}
	})
}
