package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// An operator has an office move from codes by mail with 30 days of grace:
// people are told, one moves, the page says how far it is, and after the end
// the other one has to before anything else.
func TestAnOfficeMovesFromCodesByMail(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	const password = "a quiet walk before the rain"
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		o, err := account.GetOrganization(ctx, tx, h.world.Office.ID)
		if err != nil {
			return err
		}
		o.MailedCodes = true
		if _, err = account.SaveOrganization(ctx, tx, account.Program(), o); err != nil {
			return err
		}
		return account.SetPassword(ctx, tx, account.Program(), h.world.Maria.ID, password)
	})
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.tab.Click("Codes by mail")
	omar.says("A code by mail is no second factor")
	omar.tab.Click("Start and tell them")
	omar.says("Select at least one organization")
	omar.look("factor-wave-wrong")
	omar.tab.Click("Cedar Orthopedics")
	omar.tab.Click("Start and tell them")
	omar.says("Everybody who has to move gets a mail", "0 of 1 people have moved", "Codes by mail end")
	omar.tab.Click("Who has not moved")
	omar.says(strings.ToLower(h.world.Maria.Email))
	omar.look("factor-wave")
	email := strings.ToLower(h.world.Maria.Email)
	if subject, _ := h.mailed(t, email); subject != "Codes by mail end: set up a passkey" {
		t.Errorf("Maria is told %q", subject)
	}

	maria := h.desk(t, browser.New(t, browser.Authenticator()), h.world.Maria)
	maria.visit("/account/security")
	maria.tab.Click("Add a passkey")
	maria.tab.Type("#current_password", password)
	maria.tab.Click("Create the passkey")
	maria.answers("Save your recovery codes")
	omar.visit("/admin/codes")
	omar.says("1 of 1 people have moved")

	jess := h.colleague("Jess", "Moreno", account.OfficeStaff)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.SetPassword(ctx, tx, account.Program(), jess.ID, password)
	})
	h.at(31 * 24 * time.Hour)
	h.drain(t)
	late := &desk{t, h, browser.New(t)}
	late.visit("/sign-in")
	late.tab.Type("#email", jess.Email)
	late.tab.Type("#password", password)
	late.tab.Click("Sign in")
	late.says("Protect your account", "Create a passkey")
	omar = h.desk(t, omar.tab, h.person(t, "Olga", account.Admin))
	omar.visit("/admin/codes")
	omar.says("1 of 2 people have moved", "Ended", "No other organization uses codes by mail")
	omar.look("factor-wave-ended")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
