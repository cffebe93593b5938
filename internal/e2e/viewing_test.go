package e2e

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/infra/db"
)

// An administrator sees what somebody of an office sees: with a reason, under a
// banner, for half an hour, on record in their own name, and can't change
// anything, not even that a message was read.
func TestSupportSeesWhatAnOfficeSees(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			thread := h.talk(t, h.person(t, "Aisha", account.Nurse))
			h.at(message.UndoFor)
			h.drain(t)
			o := w.Order()
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			omar.visit("/admin/users/" + string(w.Maria.ID))
			omar.tab.Click("See what they see")
			omar.says("Say why you need to see it")
			omar.look("view-wrong-" + name)
			omar.tab.Type("#reason", "They can't find the button to book a call.")
			omar.tab.Click("See what they see")
			omar.says("You see what Maria Chen sees, until", "Nothing can be changed.", "Needs your attention", "Messages (1)")
			omar.look("view-home-" + name)
			omar.visit("/messages/" + thread.Number)
			omar.says("1 file and 2 answers needed")
			omar.look("view-thread-" + name)
			omar.visit("/orders/" + o.Number)
			omar.says("Rosa Canarywell")
			for _, own := range []string{"/account", "/account/security", "/calendar-feed"} {
				omar.visit(own)
				omar.says("This page belongs to Maria Chen alone")
			}
			omar.visit("/messages/" + thread.Number)
			omar.tab.Click("Send answers")
			omar.says("You see what Maria Chen sees, and can't change anything")
			omar.look("view-refused-" + name)
			maria := h.as(t, w.Maria, "authenticator")
			if home := maria.get("/"); !strings.Contains(home.body, "Messages (1)") || strings.Contains(home.body, "Changed since your last visit") {
				t.Error("somebody else's look counts as her own")
			}
			h.lookIsOnRecord(t, o.Number)
			h.drain(t)
			told := 0
			for _, m := range h.mail.All() {
				if m.Subject == "Support looked at your pages" {
					told++
				}
			}
			if told != 1 {
				t.Errorf("she was told %d times", told)
			}
			omar.visit("/")
			omar.tab.Click("End")
			omar.says("person.viewed_as", "Omar Person")
			omar.visit("/orders/" + o.Number)
			omar.says("Your role doesn't open this page")
		})
	}
}

// lookIsOnRecord checks that reading an order stands in the audit under who
// looked.
func (h *house) lookIsOnRecord(t *testing.T, number string) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Count(ctx, tx, `select count(*) from audit where action = 'order.read' and actor_name = 'Omar Person as Maria Chen sees it' and actor_id <> $1`, string(h.world.Maria.ID))
		if n == 0 {
			t.Errorf("reading order %s stands in nobody's name", number)
		}
		return err
	})
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// Nobody looks without the right to, at staff, at themselves, or for longer
// than half an hour.
func TestWhoSeesWhatOthersSee(t *testing.T) {
	h := still(t, 1)
	w := h.world
	aisha := h.person(t, "Aisha", account.Nurse)
	admin := h.person(t, "Omar", account.Admin)
	omar, maria := h.as(t, admin, "authenticator"), h.as(t, w.Maria, "authenticator")
	form := url.Values{"reason": {"To help."}}
	path := func(who account.Actor) string { return "/admin/users/" + string(who.ID) + "/view" }
	if a := maria.post(path(w.Stranger), form); a.status == http.StatusSeeOther {
		t.Error("office staff look at others")
	}
	for _, who := range []account.Actor{aisha, admin} {
		if a := omar.post(path(who), form); a.status != http.StatusForbidden {
			t.Errorf("an administrator sees what %s sees: %d", who.Name, a.status)
		}
	}
	if a := omar.post(path(w.Maria), form); a.status != http.StatusSeeOther {
		t.Fatalf("%d", a.status)
	}
	if a := omar.post("/admin/users/"+string(w.Stranger.ID)+"/disable", nil); a.status != http.StatusForbidden {
		t.Errorf("while looking, an account is closed: %d", a.status)
	}
	for _, route := range h.Web.Routes() {
		if route.Pattern == "POST /sign-in/organization/logout" {
			continue // what a provider says, by a token that it signed: no session does it
		}
		if method, address, _ := strings.Cut(route.Pattern, " "); method == "POST" && address != "/view/end" && address != "/sign-out" && !strings.HasPrefix(address, "/demo/") {
			if a := omar.post(wildcard.ReplaceAllString(address, "x"), nil); a.status != http.StatusForbidden && a.status != http.StatusNotFound && a.status != http.StatusUnauthorized {
				t.Errorf("%s is done while looking: %d", route.Pattern, a.status)
			}
		}
	}
	for _, after := range []time.Duration{12 * time.Minute, 24 * time.Minute} { // not away for long enough to lock
		h.at(after)
		if a := omar.get("/orders"); a.status != http.StatusOK {
			t.Errorf("after %v: %d", after, a.status)
		}
	}
	h.at(31 * time.Minute)
	if a := omar.get("/orders"); a.status != http.StatusForbidden {
		t.Errorf("after half an hour: %d", a.status)
	}
}
