package plan

import (
	"context"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestWhatNoDelegationIs(t *testing.T) {
	ctx := context.Background()
	admin := account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago"})
			if err != nil {
				return err
			}
			wrong := Delegate(ctx, tx, admin, Delegation{PlanID: p.ID, Function: "x", By: "y", To: date("2026-01-01")})
			for _, field := range []string{"line", "function", "by", "from"} {
				if fault.Of(wrong).Fields[field] == "" {
					t.Errorf("nothing at %s: %v", field, wrong)
				}
			}
			for _, from := range []string{"2026-01-01", "2026-06-01"} {
				if err := Delegate(ctx, tx, admin, Delegation{PlanID: p.ID, Line: "commercial", Function: Appeal, By: Us, From: date(from)}); err != nil {
					return err
				}
			}
			all, err := Delegations(ctx, tx, p.ID)
			if len(all) != 2 || all[0].From != date("2026-06-01") {
				t.Errorf("%v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
