package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/legacy"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// A plan moves here from an older platform: its orders are found by their
// numbers there, links lead to the right place, and requests are refused here
// before the day and made here from then on.
func TestAPlanMovesHereFromAnOlderPlatform(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	o := h.world.Order()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := legacy.Put(ctx, tx, account.Program(), []legacy.Order{{Number: "CO-2026-077", PlanID: h.world.Plan.ID, Line: h.world.Line.Code, OrganizationID: h.world.Office.ID, MemberNumber: scene.Card,
			First: h.world.Member.First, Last: h.world.Member.Last, Born: h.world.Member.Born, Code: "72148", Service: "MRI, lower back", Status: "approved",
			Requested: civil.Date{Year: 2026, Month: time.March, Day: 2}, Decided: civil.Date{Year: 2026, Month: time.March, Day: 4}, Link: "https://old.example/orders/77"}})
		return err
	})
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/cutover")
	omar.says("No plan came from an older platform.")
	omar.tab.Click("See what it does")
	omar.says("Choose the plan", "Enter what offices call the older platform")
	omar.look("cutover-wrong")
	omar.tab.Eval(`document.querySelector("#plan").selectedIndex = 1; document.querySelector("#day").value = "2026-12-01"`, nil)
	omar.tab.Type("#old_name", "CareOld")
	omar.tab.Type("#old_url", "https://old.example/")
	omar.tab.Click("See what it does")
	omar.says("Until Mon, Nov 30, 2026, requests for Harbor Health Plan are made in CareOld.", "1 order of Harbor Health Plan from there can be read here.")
	omar.look("cutover-before")
	omar.tab.Click("Save the cut-over")
	omar.says("Still there", "Harbor Health Plan")
	omar.look("cutover")

	// One search across both, by name and by the number there.
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders")
	maria.tab.Type("#orders-q", "Canarywell")
	maria.tab.Click("main .finder .usa-button")
	maria.says("1 order, ", "From an earlier system", "CO-2026-077", "Canarywell, Rosa")
	maria.look("old-search")
	maria.tab.Type("#orders-q", "co 2026 077")
	maria.tab.Click("main .finder .usa-button")
	maria.says("From an earlier system", "CO-2026-077")
	maria.silent("No orders match")
	maria.tab.Click("CO-2026-077")
	maria.says("Order CO-2026-077", "From CareOld", "can't be changed here", "Approved", "MRI, lower back (72148)", "Cedar Orthopedics", "Open it in CareOld")
	maria.silent("Start a request here")
	maria.look("old-order")
	var href string
	maria.tab.Eval(`document.querySelector("main .usa-alert a, main a[rel=noreferrer]").href`, &href)
	if href != "https://old.example/orders/77" {
		t.Errorf("the link leads to %s", href)
	}

	// Old links lead to the right place.
	maria.visit("/orders/CO-2026-077")
	maria.says("Order CO-2026-077", "From CareOld")
	maria.visit("/old-orders/" + o.Number)
	maria.says("MRI, lower back")
	if !strings.HasSuffix(maria.tab.URL(), "/orders/"+o.Number) {
		t.Errorf("an order made here is at %s", maria.tab.URL())
	}
	maria.visit("/old-orders/CO-1")
	maria.says("We can't find this order", "It may be in an earlier system", "Open CareOld")
	maria.look("old-none")

	// A request here is refused before the day, and made here from then on.
	begin := func(who *desk) {
		who.visit("/")
		who.tab.Click("Start a request")
		who.date("service", "12", "15", "2026")
		who.tab.Type("#number", "hbr-400 100 20001")
		who.date("born", "4", "28", "1986")
		who.tab.Click("Continue")
		who.tab.Click("Rosa Canarywell, Harbor Health Plan")
		who.tab.Click("Continue")
	}
	begin(maria)
	maria.says("Requests for this plan are made elsewhere", "Until Mon, Nov 30, 2026", "Open CareOld")
	maria.look("cutover-refused")
	h.at(8 * 24 * time.Hour)
	maria = h.desk(t, tab, h.world.Maria)
	begin(maria)
	maria.says("What is being ordered")
	maria.visit("/old-orders/CO-2026-077")
	maria.says("Since Tue, Dec 1, 2026, new requests for Harbor Health Plan, Commercial are made here.", "Start a request here")
	maria.look("old-order-after")

	// Nobody else's.
	stranger := h.desk(t, tab, h.world.Stranger)
	stranger.visit("/old-orders/CO-2026-077")
	stranger.says("We can't find this order")
	stranger.silent("Canarywell")
}
