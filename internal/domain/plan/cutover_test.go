package plan

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestWhereRequestsAreMade(t *testing.T) {
	ctx := context.Background()
	admin := account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
	office := account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock } // Nov 23, 2026
		err := d.Update(ctx, func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago"})
			if err != nil {
				return err
			}
			if err := SaveLine(ctx, tx, admin, Line{PlanID: p.ID, Code: "medicaid", Name: "Medicaid", CallEffect: "change"}); err != nil {
				return err
			}
			if err := SetCutover(ctx, tx, office, Cutover{}); !fault.Is(err, fault.Denied) {
				t.Errorf("an office: %v", err)
			}
			wrong := SetCutover(ctx, tx, admin, Cutover{OldURL: "http://old.example"})
			for _, field := range []string{"plan", "day", "old_name", "old_url"} {
				if fault.Of(wrong).Fields[field] == "" {
					t.Errorf("nothing at %s: %v", field, wrong)
				}
			}
			all := Cutover{PlanID: p.ID, Day: date("2026-11-23"), OldName: "CareOld"}
			one := Cutover{PlanID: p.ID, Line: "medicaid", Day: date("2026-12-01"), OldName: "CareOld", OldURL: "https://old.example"}
			if err := SetCutover(ctx, tx, admin, Cutover{PlanID: p.ID, Line: "none", Day: all.Day, OldName: "x"}); !fault.Is(err, fault.NotFound) {
				t.Errorf("no such line: %v", err)
			}
			for _, c := range []Cutover{all, one} {
				if err := SetCutover(ctx, tx, admin, c); err != nil {
					return err
				}
			}
			for line, want := range map[string]bool{"commercial": false, "medicaid": true} {
				c, elsewhere, err := MadeElsewhere(ctx, tx, p.ID, line)
				if err != nil || elsewhere != want {
					t.Errorf("%s: %+v, %v, %v", line, c, elsewhere, err)
				}
			}
			if got := one.Refusal("Harbor, Medicaid"); got.String() != "Until Mon, Nov 30, 2026, requests for Harbor, Medicaid are made in CareOld. From Tue, Dec 1, 2026 on, they are made here." {
				t.Error(got)
			}
			if err := DropCutover(ctx, tx, admin, p.ID, "medicaid"); err != nil {
				return err
			}
			if err := DropCutover(ctx, tx, admin, p.ID, "medicaid"); !fault.Is(err, fault.Conflict) {
				t.Errorf("dropped twice: %v", err)
			}
			left, err := Cutovers(ctx, tx)
			if len(left) != 1 || left[0] != all {
				t.Errorf("%+v", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
