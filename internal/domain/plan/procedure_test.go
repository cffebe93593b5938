package plan_test

import (
	"context"
	"fmt"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func day(month, d int) civil.Date {
	date, _ := civil.ParseDate(fmt.Sprintf("2026-%02d-%02d", month, d))
	return date
}

// listed saves procedures for a plan "harbor" and a program "msk", and
// returns their ids.
func listed(ctx context.Context, t *testing.T, tx *db.Tx, all ...plan.Procedure) (plan.ID, plan.ProgramID) {
	t.Helper()
	by := account.Program()
	p, err := plan.Save(ctx, tx, by, plan.Plan{Code: "harbor", Name: "Harbor", TimeZone: "America/Chicago"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := plan.SaveProgram(ctx, tx, by, plan.Program{Code: "msk", Name: "Musculoskeletal", SlotMinutes: 30, Confirm: "instant"})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		one.ProgramID = g.ID
		if one.PlanID != "" {
			one.PlanID = p.ID
		}
		if err := plan.SaveProcedure(ctx, tx, by, one); err != nil {
			t.Fatal(err)
		}
	}
	return p.ID, g.ID
}

func TestTheLineThatSaysMostCounts(t *testing.T) {
	ctx := context.Background()
	spine := plan.Procedure{System: "CPT", Code: "72148", Wording: "MRI, lower back", Also: "lumbar spine", From: day(1, 1), Needed: true}
	ours, late, medicaid := spine, spine, spine
	ours.PlanID, ours.Needed = "x", false
	late.PlanID, late.From, late.To = "x", day(9, 1), day(9, 30)
	medicaid.PlanID, medicaid.Line, medicaid.Needed = "x", "medicaid", true
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			id, _ := listed(ctx, t, tx, spine, ours, late, medicaid)
			for _, c := range []struct {
				plan plan.ID
				line string
				day  civil.Date
				want string
			}{
				{"other", "commercial", day(5, 1), "[true]"}, {id, "commercial", day(5, 1), "[false]"}, {id, "commercial", day(9, 30), "[true]"},
				{id, "commercial", day(10, 1), "[false]"}, {id, "medicaid", day(10, 1), "[true]"}, {id, "medicaid", day(1, 1).AddDays(-1), "[]"},
			} {
				all, err := plan.ProceduresOf(ctx, tx, c.plan, c.line, c.day, "72148")
				if err != nil {
					return err
				}
				needed := []bool{}
				for _, p := range all {
					needed = append(needed, p.Needed)
				}
				if got := fmt.Sprint(needed); got != c.want {
					t.Errorf("%s %s %s: needed %s, want %s", c.plan, c.line, c.day, got, c.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestProceduresAreFoundByCodeAndWords(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			id, _ := listed(ctx, t, tx,
				plan.Procedure{System: "CPT", Code: "72148", Wording: "MRI, lower back", Also: "lumbar spine l-spine", From: day(1, 1), Needed: true},
				plan.Procedure{System: "CPT", Code: "72141", Wording: "MRI, neck", Also: "cervical spine", From: day(1, 1), Needed: true})
			for text, want := range map[string]string{"7214": "[72141 72148]", "mri": "[72141 72148]", "lumbar MRI": "[72148]", "MRI L-spine": "[72148]", "spine low": "[72148]", "": "[]", "back neck": "[]"} {
				all, err := plan.FindProcedures(ctx, tx, id, "commercial", day(5, 1), text, 10)
				if err != nil {
					return err
				}
				codes := []string{}
				for _, p := range all {
					codes = append(codes, p.Code)
				}
				if got := fmt.Sprint(codes); got != want {
					t.Errorf("%q: %s, want %s", text, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestProceduresAreChecked(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			err := plan.SaveProcedure(ctx, tx, account.Program(), plan.Procedure{Code: "721", System: "X", Line: "medicaid", MostUnits: 1000, From: day(2, 1), To: day(1, 1)})
			if f := fault.Of(err).Fields; len(f) != 6 {
				t.Errorf("%v", f)
			}
			err = plan.SaveProcedure(ctx, tx, account.Actor{}, plan.Procedure{})
			if !fault.Is(err, fault.Denied) {
				t.Errorf("nobody may: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
