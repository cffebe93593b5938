package e2e

import (
	"context"
	"testing"

	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// In the demo an office is asked by a guideline about what offices order most,
// whichever plan the patient has.
func TestTheDemoAsksByGuidelines(t *testing.T) {
	h := open(t, "", true)
	ctx := context.Background()
	if err := h.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	err := h.DB.View(ctx, func(tx *db.Tx) error {
		plans, err := plan.All(ctx, tx)
		if err != nil || len(plans) == 0 {
			t.Fatalf("%d plans, %v", len(plans), err)
		}
		programs, err := plan.Programs(ctx, tx)
		if err != nil {
			return err
		}
		ids := map[string]plan.ProgramID{}
		for _, p := range programs {
			ids[p.Code] = p.ID
		}
		for _, p := range plans {
			today := civil.DateIn(tx.Now(), p.Zone())
			for code, want := range map[[2]string]string{
				{"msk", "72148"}: "lumbar-mri", {"msk", "29881"}: "knee", {"cardiology", "93306"}: "echocardiogram",
				{"sleep", "95810"}: "sleep-apnea", {"sleep", "E0601"}: "sleep-apnea", {"dme", "K0861"}: "power-wheelchair",
			} {
				got, err := guideline.For(ctx, tx, p.ID, ids[code[0]], code[1], today)
				if err != nil || got.ID != want {
					t.Errorf("%s %v: %v", p.Code, code, err)
					continue
				}
				facts := guideline.Facts{Service: today, Code: code[1]}
				if f := got.Form(facts, got.Prefill(facts, nil)); len(f.Pages) == 0 {
					t.Errorf("%s asks nothing", want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
