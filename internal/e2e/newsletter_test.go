package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// Somebody subscribes with another address, whose owner says yes; an issue
// goes there, and one post to the address in its header ends it, without
// signing in. They join the feedback group, and leave it.
func TestNewsletterAndFeedback(t *testing.T) {
	h := still(t, 1)
	admin := h.person(t, "Omar", account.Admin)
	tab := browser.New(t)
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/help/newsletter")
	maria.look("newsletter-none")
	tab.Type("#email", "desk")
	tab.Click("Subscribe")
	maria.says("Enter an email address")
	tab.Type("#email", "desk@cedar.example")
	tab.Click("Subscribe")
	maria.says("Not confirmed", "We wrote to desk@cedar.example.")
	maria.look("newsletter-pending")
	m := h.lastMail(t, "desk@cedar.example")
	link := regexp.MustCompile(`/newsletter/confirm/[\w-]+`).FindString(m.Text)
	if link == "" || m.Unsubscribe != "" {
		t.Fatalf("%+v", m)
	}
	nobody := &desk{t, h, tab}
	tab.Eval(`document.cookie = "parley_session=; path=/; max-age=0"`, nil)
	nobody.visit(link)
	nobody.says("Confirm the newsletter")
	nobody.look("newsletter-confirm")
	tab.Click("Yes, send it to me")
	nobody.says("You get the newsletter")

	omar := h.desk(t, tab, admin)
	omar.visit("/admin/newsletter")
	omar.says("It goes to 1 address.", "Nobody takes part yet.")
	tab.Click("New newsletter")
	tab.Click("Save")
	omar.says("Enter a title", "Enter the text")
	tab.Type("#title", "What is new in December")
	tab.Type("#body", "Calls can be moved from a phone.\n\nThere is training on Wednesdays.")
	tab.Click("Save")
	omar.says("Send it", "It goes to 1 address as it is saved.")
	omar.look("newsletter-issue")
	tab.Click("Send the newsletter")
	omar.says("What is new in December", "Sent", "to 1 address")
	m = h.lastMail(t, "desk@cedar.example")
	if m.Subject != "What is new in December" || !strings.Contains(m.Text, "There is training on Wednesdays.") || !strings.HasPrefix(m.Unsubscribe, h.Desk.URL+"/newsletter/unsubscribe/nls_") {
		t.Fatalf("%+v", m)
	}

	path := strings.TrimPrefix(m.Unsubscribe, h.Desk.URL)
	nobody.visit(path)
	nobody.says("Unsubscribe", "You don't need to sign in.")
	nobody.look("newsletter-unsubscribe")
	stranger := reader{t: t, h: h}
	for _, bad := range []string{path[:len(path)-2] + "xx", "/newsletter/unsubscribe/nls_1", "/newsletter/unsubscribe/nls_1.abc"} {
		if a := stranger.post(bad, url.Values{"List-Unsubscribe": {"One-Click"}}); a.status != 404 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	for range 2 {
		if a := stranger.post(path, url.Values{"List-Unsubscribe": {"One-Click"}}); a.status != 200 || !strings.Contains(a.body, "You get no more newsletters") {
			t.Errorf("one click: %d", a.status)
		}
	}
	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/help/newsletter")
	maria.silent("Subscribed")
	tab.Click("Join the group")
	maria.says("Choose at least one")
	tab.Click("Short surveys, 5 to 10 minutes")
	tab.Click("Join the group")
	maria.says("You take part")
	maria.look("newsletter-member")
	omar = h.desk(t, tab, admin)
	omar.visit("/admin/newsletter")
	omar.says("Maria Chen", "Short surveys, 5 to 10 minutes")
	omar.look("newsletter-admin")
	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/help/newsletter")
	tab.Click("Leave the feedback group")
	maria.silent("You take part")
}
