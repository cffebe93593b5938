package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/notice"
	"parley/internal/infra/db"
)

// An administrator tells readers something and plans maintenance; offices read
// it in time, put it away, and what they do meanwhile is kept.
func TestReadersAreTold(t *testing.T) {
	h := still(t, 1)
	h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/notices")
	omar.says("No maintenance is planned.", "No announcements yet.")
	omar.look("notices-none")
	omar.tab.Click("New announcement")
	omar.look("announcement")
	omar.tab.Click("Save")
	omar.says("Enter a title", "Enter the title in Spanish")
	omar.look("announcement-wrong")
	omar.tab.Click("On Home, first and marked")
	omar.tab.Type("#title", "Calls can be booked online")
	omar.tab.Type("#body", "For musculoskeletal requests of Harbor Health Plan.")
	omar.tab.Type("#title_es", "Las llamadas se reservan en línea")
	omar.tab.Type("#body_es", "Para solicitudes musculoesqueléticas.")
	omar.tab.Click("Harbor Health Plan")
	omar.tab.Click("Office staff")
	omar.tab.Click("Save")
	omar.says("Calls can be booked online", "Up")
	omar.tab.Click("Plan maintenance")
	omar.look("maintenance")
	omar.tab.Click("Booking peer-to-peer calls")
	omar.tab.Click("Sending messages")
	omar.tab.Eval(`document.querySelector("#starts").value = "2026-11-24T09:00"`, nil)
	omar.tab.Eval(`document.querySelector("#ends").value = "2026-11-24T10:00"`, nil)
	omar.tab.Click("Save")
	omar.says("Planned", "Sending requests, booking peer-to-peer calls and sending messages are paused", "Tue, Nov 24, 9:00 to 10:00 AM CT")
	omar.look("notices")

	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/")
	maria.says("Announcements", "Important", "Calls can be booked online", "Las llamadas", "Maintenance.", "Tue, Nov 24, 9:00 to 10:00 AM CT", "Due times don't change.")
	maria.look("home-told")
	maria.tab.Click("Dismiss this notice")
	maria.silent("Maintenance.")
	maria.visit("/orders")
	maria.silent("Maintenance.")
	h.at(23*time.Hour + 30*time.Minute)
	late := h.desk(t, tab, h.world.Maria)
	late.visit("/orders")
	late.says("Maintenance.")
	late.silent("Dismiss")
	h.at(24 * time.Hour)
	late = h.desk(t, tab, h.world.Maria)
	late.visit("/messages/new")
	late.says("paused until Tue, Nov 24, 10:00 AM CT")
	stranger := h.desk(t, tab, h.world.Stranger)
	stranger.visit("/")
	stranger.silent("Calls can be booked online")

	// What is stopped says so, with when it is back, and keeps what was typed.
	reader := h.as(t, h.world.Maria, "authenticator")
	a := reader.post("/messages/new", url.Values{"_key": {"once"}, "topic": {"other"}, "text": {"Who signs?"}})
	if a.status != 503 || !strings.Contains(a.body, "paused until") || !strings.Contains(a.body, "What you entered is kept") || a.header.Get("Retry-After") != "3601" {
		t.Errorf("%d %v\n%s", a.status, a.header, a.body)
	}
	late = h.desk(t, tab, h.world.Maria)
	late.visit("/locked/resume")
	late.says("What you were sending is kept.")
	late.look("kept")
	h.at(25 * time.Hour)
	late = h.desk(t, tab, h.world.Maria)
	late.visit("/locked/resume")
	late.silent("Maintenance.")
	late.tab.Click("Continue")
	late.says("Who signs?")
}

// A process that did not make a notice itself shows it all the same.
func TestANoticeIsSoonEverywhere(t *testing.T) {
	h := still(t, 1)
	maria := h.as(t, h.world.Maria, "authenticator")
	if a := maria.get("/orders"); strings.Contains(a.body, "Down tonight") {
		t.Fatal("it is there before")
	}
	admin := h.person(t, "Omar", account.Admin)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := notice.Announce(ctx, tx, admin, notice.Announcement{Level: notice.SiteWide, Title: "Down tonight", TitleES: "Cerrado esta noche", StartsAt: tx.Now(), EndsAt: tx.Now().Add(time.Hour)})
		return err
	})
	if a := maria.get("/orders"); !strings.Contains(a.body, "Down tonight") || !strings.Contains(a.body, `lang="es"`) {
		t.Error("it is not there at once")
	}
	if a := (reader{t: t, h: h}).get("/sign-in"); !strings.Contains(a.body, "Down tonight") {
		t.Error("it is not on the sign-in page")
	}
}
