package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
)

// Home says what needs somebody, until when, and what changed since they were
// last here; what can't be done now is put off.
func TestHome(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			maria := h.desk(t, browser.New(t, options...), h.world.Maria)
			maria.visit("/")
			maria.says("You're caught up. Nothing needs you right now.")
			maria.silent("Changed since your last visit")
			h.at(time.Minute)
			o := h.world.Denied()
			thread := h.talk(t, h.person(t, "Aisha", account.Nurse))
			h.at(20 * time.Hour)
			h.drain(t)
			maria = h.desk(t, browser.New(t, options...), h.world.Maria) // signed out meanwhile
			maria.visit("/")
			maria.says("Needs your attention", "Answer the message about order ending", "1 file and 2 answers needed: MRI, lower back, Rosa Canarywell",
				"Request a peer-to-peer call about order ending "+order.Ending(o.Number), "Changed since your last visit", "1 denied", "Last checked")
			maria.look("home-needs")
			maria.tab.Click(`a[href="/messages/` + thread.Number + `"]`)
			maria.says("Needs a reply")
			maria.visit("/")
			maria.tab.Click(".need summary")
			maria.tab.Click("Until tomorrow, 8 AM")
			maria.says("Request a peer-to-peer call", "1 snoozed")
			maria.silent("Answer the message")
			maria.look("home-snoozed")
			colleague := h.colleague("Jess", "Ortiz", account.OfficeStaff)
			jess := h.as(t, colleague, "authenticator")
			if a := jess.get("/"); !strings.Contains(a.body, "Answer the message") {
				t.Error("it is put off for a colleague too")
			}
			maria.tab.Click("Show what you snoozed")
			maria.says("Answer the message", "Request a peer-to-peer call")
			if a := jess.post("/home/snooze", url.Values{"need": {"answer"}, "until": {"week"}}); a.status != http.StatusUnprocessableEntity {
				t.Errorf("something else is put off: %d", a.status)
			}
			maria.assigns(o.Number, colleague)
			if a := jess.get("/?show=mine"); !strings.Contains(a.body, "Request a peer-to-peer call") || strings.Contains(a.body, "Answer the message") {
				t.Error("what was assigned isn't there, or more is")
			}
			h.mailTo(t, colleague.Email, "An order is yours to look after (ending "+order.Ending(o.Number)+")")
		})
	}
}

// assigns gives the order that nobody looks after to Jess, from Home.
func (d *desk) assigns(number string, jess account.Actor) {
	d.T.Helper()
	d.tab.Click("Mine")
	d.says("You're caught up. Nothing needs you right now.")
	d.tab.Click("My locations")
	d.tab.Click(`a[href="/orders/` + number + `/holder?from=home"]`)
	d.says("Who looks after this order?", "Nobody of your organization has it now.")
	d.tab.Click("main form button")
	d.says("Select somebody of your organization")
	d.look("holder-error")
	d.tab.Choose("#to", string(jess.ID))
	d.tab.Click("main form button")
	d.says("Needs your attention", "Jess Ortiz has it")
	d.look("home-assigned")
	d.visit("/orders/" + number)
	d.says("Looked after by", "Jess Ortiz")
}
