package legacy_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func day(month time.Month, n int) civil.Date { return civil.Date{Year: 2026, Month: month, Day: n} }

// old is an order of the world's office for its member.
func old(w *scene.World) legacy.Order {
	return legacy.Order{Number: "CO-2026/077", PlanID: w.Plan.ID, Line: w.Line.Code, OrganizationID: w.Office.ID, MemberNumber: scene.Card, First: w.Member.First, Last: w.Member.Last, Born: w.Member.Born,
		Code: "72148", Service: "MRI, lower back", Status: "approved", Requested: day(time.March, 2), Decided: day(time.March, 4), ServiceFrom: day(time.March, 10)}
}

func TestOldOrdersAreFoundByTheirOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		put := func(by account.Actor, o legacy.Order) (n int, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = legacy.Put(ctx, tx, by, []legacy.Order{o})
				return err
			})
			return n, err
		}
		if _, err := put(w.Maria, old(w)); !fault.Is(err, fault.Denied) {
			t.Errorf("an office imports: %v", err)
		}
		changed := old(w)
		changed.Status = "denied"
		for i, c := range []struct {
			o    legacy.Order
			want int
		}{{old(w), 1}, {old(w), 0}, {changed, 1}} {
			if n, err := put(account.Program(), c.o); n != c.want || err != nil {
				t.Errorf("%d: %d changed, %v", i, n, err)
			}
		}
		find := func(by account.Actor, term legacy.Term) (all []legacy.Order) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = legacy.Find(ctx, tx, by, term)
				return err
			})
			return all
		}
		narrow := w.Maria
		narrow.Seats = []account.Seat{{OrganizationID: w.Office.ID, Role: account.OfficeStaff, Sees: "own"}}
		staff := w.Scheduler
		staff.Scopes = []account.Scope{{PlanID: "pln_other"}}
		for name, c := range map[string]struct {
			by   account.Actor
			term legacy.Term
			want int
		}{
			"by its number":           {w.Maria, legacy.Term{Number: "CO2026077"}, 1},
			"by the member's":         {w.Maria, legacy.Term{Number: scene.Card}, 1},
			"by name":                 {w.Maria, legacy.Term{Words: []string{"canary"}}, 1},
			"by first and last":       {w.Maria, legacy.Term{Words: []string{"rosa", "canarywell"}, Born: w.Member.Born}, 1},
			"last first":              {w.Maria, legacy.Term{Words: []string{"canarywell", "ro"}, LastFirst: true}, 1},
			"another day of birth":    {w.Maria, legacy.Term{Words: []string{"canary"}, Born: day(time.May, 1)}, 0},
			"nothing":                 {w.Maria, legacy.Term{}, 0},
			"of another office":       {w.Stranger, legacy.Term{Number: "CO2026077"}, 0},
			"who sees their own":      {narrow, legacy.Term{Number: "CO2026077"}, 0},
			"staff":                   {w.Scheduler, legacy.Term{Number: "CO2026077"}, 1},
			"staff of another plan":   {staff, legacy.Term{Number: "CO2026077"}, 0},
			"the beginning of number": {w.Maria, legacy.Term{Number: "CO2026"}, 0},
		} {
			if got := find(c.by, c.term); len(got) != c.want {
				t.Errorf("%s: %d found, want %d", name, len(got), c.want)
			}
		}
		o := find(w.Maria, legacy.Term{Number: "CO2026077"})[0]
		if o.Status != "denied" || member.ID(o.MemberID) != w.Member.ID {
			t.Errorf("%+v", o)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := legacy.Get(ctx, tx, w.Stranger, o.ID)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger reads it: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { _, err := legacy.Get(ctx, tx, w.Maria, o.ID); return err })
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := audit.Of(ctx, tx, "legacy_order", o.ID)
			if len(all) != 1 || all[0].MemberID != o.MemberID {
				t.Errorf("the reading left %+v", all)
			}
			return err
		})
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { _, err := legacy.Counts(ctx, tx, w.Maria); return err }); !fault.Is(err, fault.Denied) {
			t.Errorf("an office counts: %v", err)
		}
	})
}
