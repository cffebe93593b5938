package e2e

import (
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/web"
)

// Anybody finds help, without signing in: a guide, an answer, whom to call and
// whether they are there, what comes and whether the service runs.
func TestHelpIsForEverybody(t *testing.T) {
	h := still(t, 1)
	h.world.Publish("lumbar-mri")
	h.world.Publish("lumbar-mri", `"version": "2026.1"`, `"version": "2027.1"`, `"from": "2026-01-01"`, `"from": "2027-01-01"`, "The pain has lasted six weeks or more", "The pain has lasted eight weeks or more")
	tab := browser.New(t)
	d := &desk{t, h, tab}
	d.visit("/help")
	d.says("Help", "How do I", "Book a peer-to-peer call", "I can't sign in", "Protect patients' information")
	d.look("help")
	tab.Type("#help-q", "move a call")
	tab.Click("main form button")
	d.says("Move or cancel a call", "pages")
	if strings.Contains(tab.URL(), "move") {
		t.Errorf("what was looked for stands in the address: %s", tab.URL())
	}
	d.look("help-found")
	tab.Click("Move or cancel a call")
	d.says("Move or cancel a call")
	d.visit("/help/guides/office/find-an-order")
	d.look("help-section")
	for _, name := range []string{"office", "reviewer", "operator"} {
		d.visit("/help/guides/" + name)
		d.look("help-guide-" + name)
	}
	d.visit("/help/protect")
	d.look("help-protect")
	d.visit("/help/coming")
	d.says("Lumbar spine MRI 2027.1", "From Fri, Jan 1, 2027", "eight weeks, was six", "Until then: The pain has lasted six weeks or more")
	d.look("help-coming")
	d.visit("/help/contacts?plan=harbor")
	d.says("Harbor Health Plan", "Open now", "until 6:00 PM CT", "(800) 555-0142", "8:00 AM to 6:00 PM CT")
	d.look("help-contacts")
	d.visit("/help/resources?plan=harbor")
	d.says("For Harbor Health Plan", "Commercial: read the list", "Lumbar spine MRI 2026.1")
	tab.Click("Lumbar spine MRI 2026.1")
	d.says("For how many weeks in all?", "The latest office note")
	d.look("help-resources")
	d.visit("/status")
	d.says("Everything runs.", "Maintenance now", "None is planned.")
	d.look("status")
	d.visit("/accessibility")
	d.look("accessibility")
	r := reader{t: t, h: h}
	for _, path := range []string{"/help/guides/nobody", "/help/guides/office/nothing", "/help/pictures/..%2Fguide%2Foffice.md", "/help/here/nothing"} {
		if a := r.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := r.get("/help/pictures/orders.png"); a.status != 200 || a.header.Get("Content-Type") != "image/png" {
		t.Errorf("a picture: %d %v", a.status, a.header)
	}
}

// An administrator adds a question and a contact, which go live as everything
// that is set does; an office finds them from the page it is on, with the
// contacts of the order's plan. Nobody learns from help whose an order is.
func TestHelpWithThisPage(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/help")
	omar.says("Help center", "None yet.")
	tab.Click("New question")
	omar.look("help-question-new")
	tab.Click("Save the draft")
	omar.says("Enter what it is called", "Enter the answer")
	tab.Type("#name", "What does “Approved in part” mean?")
	tab.Type("#text", "Some of what was asked for is approved.\n\nThe letter says what.")
	tab.Eval(`document.querySelector("#topic").value = "order"`, nil)
	tab.Click("Save the draft")
	omar.says("Preview of", "What readers see")
	omar.look("help-question-preview")
	tab.Type("#why", "Offices ask it")
	tab.Click("Go live")
	omar.says("Live", "Version 1")
	omar.visit("/admin/help")
	tab.Click("New contact")
	tab.Type("#name", "Imaging intake")
	tab.Type("#phone", "(800) 555-0150")
	tab.Type("#plans", "harbour")
	tab.Click("Save the draft")
	omar.says("There is no plan “harbour”")
	tab.Type("#plans", "harbor")
	tab.Type("#closes", "08:30")
	tab.Click("Save the draft")
	tab.Type("#why", "A new desk")
	tab.Click("Go live")
	omar.visit("/admin/help")
	omar.says("Imaging intake", "For harbor")
	omar.look("help-admin")

	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	tab.Click("Help with this page")
	maria.says("Help with: Read an order", "Harbor Health Plan", "Imaging intake", "Closed now", "opens tomorrow, 8:00 AM CT", "What does “Approved in part” mean?")
	maria.look("help-here")
	maria.visit("/messages")
	tab.Click("Help with this page")
	maria.says("Help with: Answer a message")
	maria.silent("Imaging intake")

	stranger := h.as(t, h.world.Stranger, "authenticator")
	for _, path := range []string{"/help/here/order?order=" + o.Number, "/help/here/order?order=0000000000"} {
		if a := stranger.get(path); a.status != 200 || strings.Contains(a.body, "Harbor") {
			t.Errorf("a stranger at %s: %d", path, a.status)
		}
	}
	if a := stranger.post("/help/search", url.Values{"q": {"Canarywell"}}); strings.Contains(a.to, "Canary") {
		t.Errorf("sent on to %s", a.to)
	}
}

// Every page of an office leads to help with it.
func TestEveryOfficePageHasHelp(t *testing.T) {
	h := still(t, 1)
	maria := h.as(t, h.world.Maria, "authenticator")
	seen := 0
	for _, route := range h.Web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		path = strings.TrimSuffix(path, "{$}")
		if method != "GET" || route.Guard.Name == web.Public.Name || strings.Contains(path, "{") || strings.HasPrefix(path, "/help") {
			continue
		}
		a := maria.get(path)
		if a.status != 200 || !strings.Contains(a.body, `class="site-footer"`) || !strings.Contains(a.body, `aria-label="Main"`) {
			continue // not an office's, or no page
		}
		seen++
		if !strings.Contains(a.body, `href="/help/here/`) {
			t.Errorf("%s has no help", path)
		}
	}
	if seen < 10 {
		t.Errorf("only %d pages were looked at", seen)
	}
}
