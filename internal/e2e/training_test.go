package e2e

import (
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/mail"
)

// lastMail is the latest mail to an address.
func (h *house) lastMail(t testing.TB, address string) (last mail.Message) {
	t.Helper()
	h.drain(t)
	for _, m := range h.mail.All() {
		if m.To.Email == address {
			last = m
		}
	}
	return last
}

// hears fails unless the latest mail to somebody has a subject and says some
// words; a calendar entry comes with it if method is one.
func (h *house) hears(t testing.TB, address, subject, method string, words ...string) {
	t.Helper()
	m := h.lastMail(t, address)
	if m.Subject != subject {
		t.Errorf("%s heard last %q, want %q", address, m.Subject, subject)
	}
	for _, w := range words {
		if !strings.Contains(m.Text, w) {
			t.Errorf("%q doesn't say %q:\n%s", subject, w, m.Text)
		}
	}
	switch {
	case method == "" && m.Calendar != nil:
		t.Errorf("%q has a calendar entry", subject)
	case method != "" && (m.Calendar == nil || m.Calendar.Method != method || strings.Contains(string(m.Calendar.Body), "sesame")):
		t.Errorf("%q has another calendar entry: %+v", subject, m.Calendar)
	}
}

// An administrator plans a session with one place. One registers, another
// waits and moves up when the first gives the place up; both hear of it, and
// of the session the day before. Who came is noted after.
func TestTraining(t *testing.T) {
	h := still(t, 1)
	admin := h.person(t, "Omar", account.Admin)
	tab := browser.New(t)
	omar := h.desk(t, tab, admin)
	omar.visit("/admin/training")
	omar.says("Training", "None.")
	tab.Click("New session")
	omar.look("training-new")
	tab.Eval(`document.querySelector("#starts").value = "2026-11-20T09:00"`, nil)
	tab.Click("Save")
	omar.says("Enter a title", "Enter a time that is to come", "Enter a link or a phone number")
	omar.look("training-wrong")
	tab.Type("#title", "First steps")
	tab.Type("#about", "Requests and messages, with time for questions.")
	tab.Eval(`document.querySelector("#starts").value = "2026-11-25T11:00"`, nil)
	tab.Type("#seats", "1")
	tab.Type("#link", "https://meet.example/123")
	tab.Type("#password", "open-sesame")
	tab.Click("Save")
	omar.says("First steps", "Wed, Nov 25, 11:00 AM to 12:00 PM CT", "0 of 1 taken", "Nobody has registered yet.")

	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/help")
	tab.Click("Training")
	maria.says("First steps", "1 place is free.")
	maria.silent("meet.example")
	tab.Click("Register for First steps")
	maria.says("You have a place", "https://meet.example/123", "open-sesame")
	maria.look("training")
	h.hears(t, h.world.Maria.Email, "Training: First steps", "REQUEST", "Wed, Nov 25, 11:00 AM to 12:00 PM CT", "https://meet.example/123", "open-sesame")

	nina := h.desk(t, tab, h.world.Stranger)
	nina.visit("/help/training")
	nina.says("All places are taken.")
	tab.Click("Wait for a place in First steps")
	nina.says("You are waiting", "You are the next to get a place.")
	nina.look("training-waiting")
	h.hears(t, h.world.Stranger.Email, "Waiting list: First steps", "", "You are on the waiting list.")

	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/help/training")
	tab.Click("Give up my place in First steps")
	maria.says("All places are taken.")
	h.hears(t, h.world.Maria.Email, "Place given up: First steps", "CANCEL")
	h.hears(t, h.world.Stranger.Email, "Training: First steps", "REQUEST", "A place became free, and it is yours", "open-sesame")

	h.at(27 * time.Hour)
	h.hears(t, h.world.Stranger.Email, "Tomorrow: First steps", "", "give your place up", "open-sesame")
	if m := h.lastMail(t, h.world.Maria.Email); strings.HasPrefix(m.Subject, "Tomorrow") {
		t.Error("who gave their place up is reminded")
	}

	omar = h.desk(t, tab, admin)
	omar.visit("/admin/training")
	tab.Click("main li a")
	tab.Click("Change")
	tab.Type("#minutes", "90")
	tab.Click("Save")
	omar.says("11:00 AM to 12:30 PM CT", "1 of 1 taken", "Nina Patel")
	omar.look("training-session")
	h.hears(t, h.world.Stranger.Email, "Changed: First steps", "REQUEST", "11:00 AM to 12:30 PM CT")
	h.at(50*time.Hour + time.Minute)
	omar = h.desk(t, tab, admin)
	omar.visit("/admin/training")
	tab.Click("main li a")
	tab.Click("Nina Patel, Birch Cardiology")
	tab.Click("Save who came")
	omar.says("Who came")
	var ticked bool
	tab.Eval(`document.querySelector("#came").checked`, &ticked)
	if !ticked {
		t.Error("who came is not kept")
	}
	omar.look("training-came")
	if a := h.as(t, h.world.Maria, "authenticator").get("/admin/training"); a.status != 403 {
		t.Errorf("an office reads who comes: %d", a.status)
	}
}
