package e2e

import (
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/scene"
)

// Whether authorization is needed is answered before anything is begun, with a
// receipt to keep; the list is for everybody; and a request that needs none, or
// was sent already, stops to say so.
func TestIsAuthorizationNeeded(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/check")
	d.tab.Click("main button")
	d.says("There is a problem", "Select the plan", "Enter a procedure code")
	d.look("check-wrong")
	var line string
	d.tab.Eval(`document.querySelector("#plan option:not([value=''])").value`, &line)
	d.tab.Choose("#plan", line)
	d.tab.Type("#service", "72148")
	d.date("day", "12", "1", "2026")
	d.tab.Click("main button")
	d.says("Authorization is needed", "MRI, lower back")
	d.look("check-receipt")
	d.visit("/procedures")
	d.says("Procedures that need authorization", "72148", "Download as CSV")
	d.look("procedures")

	maria := h.as(t, h.world.Maria, "authenticator")
	path := asked(t, maria)
	if got := maria.post(path+"/review", url.Values{"attested": {"yes"}}); got.status != 303 {
		t.Fatalf("sent: %d", got.status)
	}
	path = begun(t, maria)
	d.visit(path + "/order")
	d.tab.Type("#service", "99213")
	d.tab.Type("#diagnosis", "low back")
	d.until("M54.50")
	d.look("combobox-open")
	d.tab.Press("ArrowDown", "Enter")
	if got := d.tab.Value("#diagnosis"); !strings.HasPrefix(got, "M54.5") {
		t.Errorf("the keyboard chose %q", got)
	}
	d.tab.Click("label[for=urgency]")
	d.tab.Click("Continue")
	d.says("No authorization needed")
	d.look("request-stop")
	d.tab.Click("Change the order")
	d.tab.Type("#service", "72148")
	d.tab.Click("Continue")
	d.says("An order for this exists", "Why is it needed again?")
	d.tab.Click("Continue anyway")
	d.says("Enter why it is needed again")
	d.look("request-similar")
	d.visit("/drafts")
	d.tab.Click("Rosa Canarywell")
	d.tab.Click("Delete this draft")
	d.tab.Click("Delete draft")
	d.says("Bring back")
	d.look("drafts-deleted")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Whoever has the card in hand asks on Home, and needs to know no plan.
func TestTheCardSaysWhetherAuthorizationIsNeeded(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/")
	d.look("home-quick-check")
	d.tab.Type("#number", scene.Card)
	d.tab.Type("#procedure", "7214")
	d.tab.Click("section[aria-labelledby=quick] button")
	d.says("There is a problem", "Enter the date of birth", "Enter a procedure code of 5 characters")
	d.holds("#number", scene.Card)
	d.look("check-member-wrong")
	d.tab.Type("#procedure", "72148")
	d.date("born", "4", "28", "1986")
	d.date("service", "12", "1", "2026")
	d.tab.Click("main form button")
	d.says("Select the patient") // two plans hold on that day
	d.tab.Click("main form button")
	d.says("There is a problem", "Select the patient")
	d.look("check-member-choice")
	d.tab.Click("main .choice label")
	d.tab.Click("main form button")
	d.says("Authorization is needed", "MRI, lower back (72148) on Tue, Dec 1, 2026")
	d.silent("Canarywell", scene.Card)
	if n := h.audited(t, "need.answered"); n != 1 {
		t.Errorf("%d answers in the audit", n)
	}

	d.visit("/check/member")
	d.tab.Type("#procedure", "72148")
	d.tab.Type("#number", scene.Card)
	d.date("born", "4", "29", "1986")
	d.date("service", "12", "1", "2026")
	d.tab.Click("main form button")
	d.says("We couldn't find this member")
	d.holds("#number", scene.Card)
	d.look("check-member-unknown")
}
