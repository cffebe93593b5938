package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A program is changed as a draft that another administrator meets, previewed
// as an office, scheduled, live at its time, and taken back.
func TestAProgramIsChangedByVersions(t *testing.T) {
	h := still(t, 1)
	h.world.Order()
	minutes := func() (n int) {
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			p, err := plan.GetProgram(ctx, tx, h.world.Program.ID)
			n = p.SlotMinutes
			return err
		})
		return n
	}
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	pat := h.desk(t, browser.New(t), h.person(t, "Pat", account.Admin))
	omar.visit("/admin/config")
	omar.says("Musculoskeletal", "Harbor Health Plan", "Commercial")
	omar.look("settings")
	omar.tab.Click("Musculoskeletal")
	omar.says("As it is now", "Length of a call", "30 minutes", "None is kept yet")
	omar.look("setting")
	omar.tab.Click("Change")
	omar.tab.Type("#look_ahead_days", "90")
	omar.tab.Type("#name", "")
	omar.tab.Click("Save the draft")
	omar.says("Enter a name", "Look-ahead must be between 1 and 60 business days")
	omar.look("setting-wrong")
	omar.tab.Type("#name", "Musculoskeletal")
	omar.tab.Type("#look_ahead_days", "10")
	pat.visit("/admin/config/program/" + string(h.world.Program.ID) + "/edit")
	omar.tab.Eval(`document.querySelector("#slot_minutes").value = "60"`, nil)
	omar.tab.Type("#description", "Spine, joints and pain")
	omar.tab.Click("Save the draft")
	omar.says("Preview of Musculoskeletal", "2 changes", "30 minutes", "60 minutes", "1 order waits for a decision under it, and 0 calls are to come.", "Calls last 60 minutes")
	omar.tab.Type("#office", "Cedar Orthopedics")
	omar.tab.Click("Show")
	omar.says("On Mon, Nov 23, 2026, by the draft, once it is live", "Harbor Health Plan, Musculoskeletal, Commercial, TX")
	omar.look("setting-preview")

	// Pat began before that was saved, and is told.
	pat.tab.Eval(`document.querySelector("#slot_minutes").value = "15"`, nil)
	pat.tab.Type("#hold_minutes", "8")
	pat.tab.Click("Save the draft")
	pat.says("This changed while you were working", "Omar Person changed this", "Spine, joints and pain", "What you both changed", "15 minutes", "60 minutes")
	pat.holds("#description", "Spine, joints and pain")
	pat.holds("#hold_minutes", "8")
	pat.look("setting-both")
	pat.tab.Eval(`document.querySelector("#slot_minutes").value = "60"`, nil)
	pat.tab.Click("Save the draft")
	pat.says("3 changes, by Pat Person")

	// Omar's preview is not what he would put live any more.
	omar.tab.Type("#why", "The plan asked for it.")
	omar.tab.Click("Go live")
	omar.says("This changed while you were looking at it", "3 changes")
	omar.tab.Click("label[for=when-2]")
	omar.tab.Eval(`document.querySelector("#at").value = "2026-11-22T10:00"`, nil)
	omar.tab.Click("Go live")
	omar.says("Enter a time that is to come")
	omar.look("setting-when")
	omar.tab.Eval(`document.querySelector("#at").value = "2026-11-24T08:00"`, nil)
	omar.tab.Click("Go live")
	omar.says("A version is scheduled", "Goes live Tue, Nov 24, 8:00 AM CT", "The plan asked for it.")
	omar.look("setting-scheduled")
	pat.visit("/admin/config")
	pat.says("Scheduled")
	h.drain(t)
	if minutes() != 30 {
		t.Error("it holds before its time")
	}
	h.at(23*time.Hour + time.Hour)
	h.drain(t)
	h.drain(t)
	if minutes() != 60 {
		t.Error("it doesn't hold at its time")
	}
	pat = h.desk(t, pat.tab, h.person(t, "Pat", account.Admin))
	pat.visit("/admin/config/program/" + string(h.world.Program.ID))
	pat.says("Version 2", "Live", "Version 1", "Omar Person")
	pat.look("setting-live")
	pat.tab.Click("Compare or go back to version 1")
	pat.says("From version 2 to version 1", "60 minutes", "30 minutes")
	pat.tab.Click("Go back to version 1")
	pat.says("Say why")
	pat.look("setting-back")
	pat.tab.Type("#why", "Offices found it too long.")
	pat.tab.Click("Go back to version 1")
	pat.says("Version 3", "Offices found it too long.")
	if minutes() != 30 {
		t.Error("it wasn't taken back")
	}
	pat.visit("/admin/audit?action=config.")
	pat.says("config.live", "config.scheduled", "config.draft_saved")
}

// A new plan with a type of plan is set up on screen; the whole is exported as
// a file.
func TestANewPlanIsSetUpOnScreen(t *testing.T) {
	h := still(t, 1)
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/config")
	omar.tab.Click("New plan")
	omar.look("plan-new")
	omar.tab.Click("Save the draft")
	omar.says("Enter a name", "A code has 2 to 20", "Enter at least one phone number")
	omar.tab.Type("#name", "Bay Health")
	omar.tab.Type("#code", "harbor")
	omar.tab.Type("#phone", "(800) 555-0177")
	omar.tab.Click("Save the draft")
	omar.says("This code is already used by Harbor Health Plan")
	omar.tab.Type("#code", "bay")
	omar.tab.Click("Save the draft")
	omar.says("Preview of Bay Health", "Nothing", "(800) 555-0177")
	omar.tab.Type("#why", "A new customer.")
	omar.tab.Click("Go live")
	omar.says("Bay Health", "Version 1", "Add Medicaid")
	omar.look("plan-live")
	omar.tab.Click("Add Medicaid")
	omar.tab.Click("Set it up")
	omar.tab.Click("Save the draft")
	omar.tab.Type("#why", "A new customer.")
	omar.tab.Click("Go live")
	omar.says("Bay Health, Medicaid", "7 calendar days")
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		text, err := app.Export(ctx, tx, account.Program())
		if !strings.Contains(string(text), `"code": "bay"`) || !strings.Contains(string(text), `"code": "medicaid"`) {
			t.Errorf("the export lacks it: %s", text)
		}
		return err
	})
}
