package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// Where a feature isn't there for an office, each page says so with words and a
// phone number, and nothing that was typed is lost.
func TestWhatAnOfficeReadsInstead(t *testing.T) {
	h := still(t, 1)
	w := h.world
	w.Lists()
	o := w.Denied()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, f := range plan.Features {
			r := plan.Rollout{Feature: f.ID, PlanID: w.Plan.ID, ProgramID: w.Program.ID, Organizations: w.Office.ID, Stage: plan.Off, From: civil.Date{Year: 2026, Month: time.January, Day: 1}}
			if f.ID == plan.CallsFeature {
				r.Fallback, r.FallbackES, r.Phone = "Ask for a call by phone.", "Pida la llamada por teléfono.", "(800) 555-0177"
			}
			if err := plan.RollOut(ctx, tx, account.Program(), r); err != nil {
				return err
			}
		}
		return nil
	})
	system := h.system(t, w.Maria)
	if got := system.get("Schedule/" + o.Number).wants(403); !strings.Contains(got.body, "by FHIR. Call (800) 555-0142.") {
		t.Errorf("a system: %s", got.body)
	}
	path := begun(t, h.as(t, w.Maria, "authenticator"))

	d := h.desk(t, browser.New(t), w.Maria)
	d.visit("/orders/" + o.Number)
	d.says("you can't add files to an order that was sent. Call (800) 555-0142.", "you can't write to us about an order online. Call (800) 555-0142.")
	d.silent("Add files", "Request peer-to-peer")
	d.look("order-instead")
	d.visit("/orders/" + o.Number + "/p2p")
	d.says("Ask for a call by phone. Call (800) 555-0177.")
	d.visit("/orders/" + o.Number + "/files")
	d.says("you can't add files to an order that was sent")
	d.silent("Choose files")
	d.look("files-instead")

	d.visit("/check")
	var line string
	d.tab.Eval(`document.querySelector("#plan option:not([value=''])").value`, &line)
	d.tab.Choose("#plan", line)
	d.tab.Type("#service", "72148")
	d.date("day", "12", "1", "2026")
	d.tab.Click("main button")
	d.says("This isn't open here", "you can't check online whether authorization is needed. Call (800) 555-0142.")
	d.look("check-instead")

	d.visit(path + "/order")
	d.tab.Type("#diagnosis", "low back")
	d.until("M54.50")
	d.tab.Press("ArrowDown", "Enter")
	d.tab.Click("label[for=urgency]")
	d.tab.Type("#service", "72148")
	d.tab.Click("Continue")
	d.says("you can't send requests for authorization online. Call (800) 555-0142.")
	d.holds("#service", "72148")
	d.holds("#diagnosis", "M54.5")
	d.look("request-instead")
}
