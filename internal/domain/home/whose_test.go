package home_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/home"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func (r room) show(by account.Actor, show home.Show) (d home.Desk) {
	r.t.Helper()
	r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = home.Of(ctx, tx, by, tx.Now().Add(12*time.Hour), show)
		return err
	})
	return d
}

// An order is looked after by whom it was given to, who then has it among their
// own; what somebody chose to see stays so at their next visit.
func TestWhoLooksAfterAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := room{scene.New(t, d, 1), t}
		var dana account.Actor
		o := r.Denied()
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			dana, err = r.Person(ctx, tx, "Dana", "Cole", o.OrganizationID, account.OfficeStaff)
			return err
		})
		give := func(by account.Actor, to account.PersonID) error {
			return r.Try(func(ctx context.Context, tx *db.Tx) error { return order.Give(ctx, tx, by, o, to) })
		}
		if got := r.show(r.Maria, home.MyOwn); len(got.Needs) != 0 {
			t.Errorf("what nobody of the office sent: %+v", got.Needs)
		}
		if err := give(r.Maria, r.Maria.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.show(r.Maria, home.MyOwn); !got.Mine || len(got.Needs) != 1 || got.Needs[0].Holder != "" {
			t.Fatalf("who took it: %+v", got)
		}
		if got := r.show(dana, home.MyOwn); len(got.Needs) != 0 {
			t.Errorf("a colleague's own: %+v", got.Needs)
		}
		if err := give(r.Maria, dana.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.show(r.Maria, home.AsLast); !got.Mine || len(got.Needs) != 0 {
			t.Errorf("as chosen before, when it is given away: %+v", got)
		}
		if got := r.show(r.Maria, home.Everyones); got.Mine || len(got.Needs) != 1 || got.Needs[0].Holder != dana.Name {
			t.Errorf("of all that they see: %+v", got.Needs)
		}
		if got := r.show(dana, home.AsLast); !got.Mine || len(got.Needs) != 1 || got.Needs[0].Holder != "" {
			t.Errorf("to whom it was given: %+v", got)
		}
		for what, bad := range map[string]error{
			"a stranger gives":   give(r.Stranger, r.Stranger.ID),
			"staff give":         give(r.Reviewers[0], dana.ID),
			"to a stranger":      give(r.Maria, r.Stranger.ID),
			"to nobody":          give(r.Maria, ""),
			"to who isn't there": give(r.Maria, "per_none"),
		} {
			if !fault.Is(bad, fault.Denied) && !fault.Is(bad, fault.Invalid) {
				t.Errorf("%s: %v", what, bad)
			}
		}
		if err := give(dana, dana.ID); err != nil {
			t.Errorf("to who has it: %v", err)
		}
	})
}

// A draft that is given to a colleague is theirs to finish.
func TestADraftIsGivenToAColleague(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := room{scene.New(t, d, 1), t}
		r.Lists()
		q := r.Filled()
		var dana account.Actor
		r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			dana, err = r.Person(ctx, tx, "Dana", "Cole", q.OrganizationID, account.OfficeStaff)
			return err
		})
		r.later(8 * 24 * time.Hour)
		if got := kinds(r.of(r.Maria)); len(got) != 1 || got[0] != home.Finish {
			t.Fatalf("before: %v", got)
		}
		give := func(by account.Actor, to account.PersonID) error {
			return r.Try(func(ctx context.Context, tx *db.Tx) error { return request.Give(ctx, tx, by, q, to) })
		}
		for what, bad := range map[string]error{"a stranger gives": give(r.Stranger, r.Stranger.ID), "to a reviewer": give(r.Maria, r.Reviewers[0].ID), "to nobody": give(r.Maria, "")} {
			if !fault.Is(bad, fault.Denied) && !fault.Is(bad, fault.Invalid) {
				t.Errorf("%s: %v", what, bad)
			}
		}
		if err := give(r.Maria, dana.ID); err != nil {
			t.Fatal(err)
		}
		if got := r.of(r.Maria); len(got.Needs) != 0 {
			t.Errorf("who gave it away: %+v", got.Needs)
		}
		if got := kinds(r.show(dana, home.MyOwn)); len(got) != 1 || got[0] != home.Finish {
			t.Errorf("to whom it was given: %v", got)
		}
		r.later(60 * 24 * time.Hour)
		if err := give(dana, r.Maria.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("an expired one: %v", err)
		}
	})
}
