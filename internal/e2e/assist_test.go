package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// An intake representative takes a request down for an office that calls: who
// called and how is on the order for both sides, the clock began with the
// call, and what staff may see ends with the office's own.
func TestStaffTakeARequestDown(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			private := h.world.Filled()
			rosa := h.person(t, "Rosa", account.Intake)
			d := h.desk(t, browser.New(t, options...), rosa)
			d.visit("/")
			d.says("Take a request for an office")
			d.look("assist-" + name)
			d.tab.Click("Start")
			d.says("There is a problem", "Enter who called or wrote", "Find the office, then select it")
			d.look("assist-wrong-" + name)
			d.tab.Type("#caller", "Jo Smith")
			d.tab.Type("#caller_role", "front desk")
			d.tab.Type("#phone", "(555) 555-0188")
			d.tab.Type("#received_time", "8:30 AM")
			d.tab.Type("#office_search", "ortho")
			d.tab.Click("Find offices")
			d.says("Cedar Orthopedics")
			d.look("assist-found-" + name)
			d.tab.Click("Cedar Orthopedics")
			d.tab.Click("Start")
			d.says("Find the patient", "Acting for Cedar Orthopedics, phone from Jo Smith", "What is the member ID")
			d.look("assist-patient-" + name)
			d.visit("/requests/" + private.Number)
			d.silent("Canarywell")
			d.visit("/review")
			d.says("You don't have access")

			d.visit("/requests/new")
			d.date("service", "12", "1", "2026")
			d.tab.Type("#number", "HBR400100200")
			d.date("born", "4", "28", "1986")
			d.tab.Click("Continue")
			d.tab.Click("Rosa Canarywell, Harbor Health Plan")
			d.tab.Click("Continue")
			d.tab.Type("#service", "72148")
			d.tab.Type("#diagnosis", "M54.50")
			d.tab.Click("label[for=urgency]")
			d.tab.Click("Continue")
			d.says("Who is ordering?")
			if got := d.tab.Value("#contact_name"); got != "Jo Smith" {
				t.Errorf("whom to ask is %q", got)
			}
			d.tab.Click("Ada Okafor, MD")
			d.tab.Type("#contact_email", "jo@office.example")
			d.tab.Click("Not decided yet")
			d.tab.Click("Save and exit")
			d.says("Came by phone from Jo Smith (front desk), (555) 555-0188", "Taken down by Rosa Person.")
			d.look("assist-overview-" + name)
			d.tab.Click("main .usa-button")
			d.says("Read the answers back")
			d.tab.Click("label[for=attested]")
			h.at(10 * time.Minute)
			d.tab.Click("Send request")
			d.says("Request sent", "Decision by Mon, Nov 30, 8:30 AM")
			d.tab.Click("Open the order")
			d.says("by phone from Jo Smith")
			d.look("assist-order-" + name)
			sent := d.tab.URL()[strings.LastIndexByte(d.tab.URL(), '/'):]
			d.tab.Click("End")
			d.says("Take a request for an office")
			d.silent("Acting for")

			d = h.desk(t, d.tab, h.world.Maria)
			d.visit("/orders" + sent)
			d.says("by phone from Jo Smith")
			d = h.desk(t, d.tab, h.world.Reviewers[0])
			d.visit("/orders" + sent)
			d.says("Received by phone from Jo Smith.")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// While staff act for an office the audit says so, and the office's own drafts
// and other offices' orders stay closed to them; their plans stay theirs.
func TestWhoActsForAnOfficeIsHeldToIt(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		own := h.world.Filled()
		rosa := h.as(t, h.person(t, "Rosa", account.Intake), "authenticator")
		var visit account.Visit
		h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			visit, err = account.Look(ctx, tx, rosa.cookie, limits)
			return err
		})
		said := account.Assisting{OrganizationID: h.world.Office.ID, Channel: "fax", Caller: "Jo Smith", ReceivedAt: dbtest.Clock.Add(-time.Hour)}
		for field, wrong := range map[string]func(*account.Assisting){
			"channel": func(a *account.Assisting) { a.Channel = "pigeon" }, "caller": func(a *account.Assisting) { a.Caller = " " },
			"received":     func(a *account.Assisting) { a.ReceivedAt = dbtest.Clock.Add(time.Minute) },
			"organization": func(a *account.Assisting) { a.OrganizationID = visit.By.Seat().OrganizationID },
		} {
			bad := said
			wrong(&bad)
			err := h.world.Try(func(ctx context.Context, tx *db.Tx) error { _, err := account.Assist(ctx, tx, visit, bad); return err })
			if !hasField(err, field) {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		maria := visit
		maria.By = h.world.Maria
		if err := h.world.Try(func(ctx context.Context, tx *db.Tx) error { _, err := account.Assist(ctx, tx, maria, said); return err }); err == nil {
			t.Error("an office acted for itself")
		}
		h.world.Do(func(ctx context.Context, tx *db.Tx) error { _, err := account.Assist(ctx, tx, visit, said); return err })
		if got := rosa.get("/requests/" + own.Number); got.status != 404 {
			t.Errorf("the office's own draft: %d", got.status)
		}
		if got := rosa.get("/review"); got.status != 403 {
			t.Errorf("the queue: %d", got.status)
		}
		path := asked(t, rosa)
		if got := h.as(t, h.world.Stranger, "authenticator").get(path); got.status != 404 {
			t.Errorf("another office at the draft: %d", got.status)
		}
		if got := h.as(t, h.world.Maria, "authenticator").get(path); got.status != 200 || !strings.Contains(got.body, "Came by fax from Jo Smith") {
			t.Errorf("the office at the draft: %d", got.status)
		}
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := audit.Recent(ctx, tx, 200)
			said := 0
			for _, e := range all {
				if e.Action == "request.saved" && e.ActorName == "Rosa Person for Cedar Orthopedics by fax" {
					said++
				}
			}
			if said == 0 {
				t.Error("the audit doesn't say for whom she acted")
			}
			return err
		})
		rosa.to("/assist/end", nil)
		if got := rosa.get(path); got.status != 403 {
			t.Errorf("the draft after the end: %d", got.status)
		}
	})
}

func hasField(err error, field string) bool {
	return fault.Of(err).Fields[field] != ""
}
