package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

const joinPassword = "a quiet walk before the rain"

// makesPasskey goes from "Protect your account" into the house.
func (d *desk) makesPasskey() {
	d.Helper()
	d.says("Create a passkey")
	d.tab.Click("Create a passkey")
	d.answers("Save your recovery codes")
	d.tab.Click("Continue")
}

// joins follows the link of an invitation, as somebody new at their own browser.
func (h *house) joins(t *testing.T, first, email string) *desk {
	t.Helper()
	_, text := h.mailed(t, email)
	d := &desk{t, h, browser.New(t, browser.Authenticator())}
	d.visit(invitationLink.FindString(text))
	d.tab.Type("#first_name", first)
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#password", joinPassword)
	d.tab.Click("Make my account")
	d.makesPasskey()
	return d
}

// An organization from its first account to the day on which somebody's device
// is lost: Sam registers, proves the organization by a code to its number, and
// invites Kim and Ana; all sign in by passkey; Sam and Ana remove Kim's, who
// makes another.
func TestFromRegisteringToALostDevice(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	h.directory()
	sam := &desk{t, h, browser.New(t, browser.Authenticator())}
	sam.registers("1306849450", "Sam", "sam@elm.example")
	_, text := h.mailed(t, "sam@elm.example")
	sam.visit(registerLink.FindString(text))
	sam.tab.Type("#password", joinPassword)
	sam.tab.Click("Create account")
	sam.makesPasskey()
	sam.tab.Click("By phone, to the number that ends in 0177")
	sam.tab.Click("Send a code")
	sam.tab.Type("#code", h.readOut(t))
	sam.tab.Click("Confirm")
	sam.says("You are your organization's administrator now")

	for email, role := range map[string]string{"kim@elm.example": "Staff", "ana@elm.example": "Administrator"} {
		sam.visit("/organization")
		sam.tab.Click("People")
		sam.tab.Click("Invite people")
		sam.tab.Type("#emails", email)
		if role != "Staff" { // which is chosen already
			sam.tab.Click(role)
		}
		sam.tab.Click("Send invitations")
		sam.says("Invitations are on their way", email)
	}
	kim := h.joins(t, "Kim", "kim@elm.example")
	kim.visit("/")
	kim.says("Kim Lee")
	ana := h.joins(t, "Ana", "ana@elm.example")

	people := func(d *desk) {
		d.visit("/organization")
		d.tab.Click("People")
		d.tab.Click("Kim Lee")
	}
	people(sam)
	sam.tab.Click("Ask to remove their second factor")
	sam.says("Another administrator agrees within a day")
	people(sam)
	sam.silent("Agree and remove it")
	people(ana)
	ana.look("walk-lost-device")
	ana.tab.Click("Agree and remove it")
	ana.says("Their passkeys, authenticator app and recovery codes are removed")

	kim = &desk{t, h, browser.New(t, browser.Authenticator())} // another device
	kim.visit("/sign-in")
	kim.tab.Type("#email", "kim@elm.example")
	kim.tab.Type("#password", joinPassword)
	kim.tab.Click("Sign in")
	kim.makesPasskey()
	kim.visit("/")
	kim.says("Kim Lee")
	for _, action := range []string{"person.second_factor_reset_asked", "person.second_factor_reset"} {
		if n := h.audited(t, action); n != 1 {
			t.Errorf("%d rows of the audit say %s", n, action)
		}
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// readOut is the code that a representative reads to who answers the number of
// the one organization that waits for a call.
func (h *house) readOut(t *testing.T) (code string) {
	t.Helper()
	rosa := h.person(t, "Rosa", account.Intake)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		wait, err := provider.ToCall(ctx, tx, rosa)
		if err != nil || len(wait) != 1 {
			t.Fatalf("to call: %v", wait)
		}
		_, code, err = provider.ReadOut(ctx, tx, rosa, wait[0].LocationID)
		return err
	})
	return code
}
