package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

var registerLink = regexp.MustCompile(`/register/[A-Za-z0-9_-]{20,}`)

// directory has the national directory know two practices, of which the
// second is the office of the world.
func (h *house) directory() {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		if _, err := provider.SaveListings(ctx, tx, account.Program(), []provider.Listing{
			{NPI: "1306849450", Kind: "organization", Name: "Elm Family Practice", Line: "4 Sample Street", City: "Exampleville", State: "TX", ZIP: "00002", Phone: "5555550177", Fax: "5555550178"},
			{NPI: "1234567893", Kind: "organization", Name: "Cedar Orthopedics", Line: "1 Sample Street", City: "Exampleville", State: "TX", ZIP: "00001", Phone: "5555550147"},
		}); err != nil {
			return err
		}
		o, err := account.GetOrganization(ctx, tx, h.world.Office.ID)
		if err != nil {
			return err
		}
		o.NPI = "1234567893"
		_, err = account.SaveOrganization(ctx, tx, account.Program(), o)
		return err
	})
}

// registers fills in the pages for a new account, as far as the mail.
func (d *desk) registers(npi, first, email string) {
	d.Helper()
	d.visit("/register")
	d.tab.Click("I work for a provider")
	d.tab.Type("#npi", npi)
	d.tab.Click("Continue")
	d.tab.Click("Yes, continue")
	d.tab.Type("#first_name", first)
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#email", email)
	d.tab.Type("#phone", "555-555-0133")
	d.tab.Click("I agree to the terms")
	d.tab.Click("Agree and create account")
	d.says("Check your email")
}

// mailed is the last mail to an address.
func (h *house) mailed(t testing.TB, email string) (subject, text string) {
	t.Helper()
	h.drain(t)
	for _, m := range h.mail.All() {
		if m.To.Email == email {
			subject, text = m.Subject, m.Text
		}
	}
	return subject, text
}

// The first of an organization registers, starts at once with what is their
// own, and becomes its administrator by a code to the number on file.
func TestSomebodyRegisters(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": {browser.Authenticator()}, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			if name == "script" {
				h.named(t)
			}
			h.directory()
			d := &desk{t, h, browser.New(t, options...)}
			d.visit("/sign-in")
			d.tab.Click("Create an account")
			d.look("register-" + name)
			d.tab.Type("#npi", "1306849451")
			d.tab.Click("Continue")
			d.says("Select what describes you", "This NPI doesn't pass its check digit")
			d.look("register-wrong-" + name)
			d.tab.Click("I work for a provider")
			d.tab.Type("#npi", "1306849450")
			d.tab.Click("Continue")
			d.says("Is this your organization?", "Elm Family Practice", "4 Sample Street")
			d.look("register-card-" + name)
			d.tab.Click("Yes, continue")
			d.tab.Type("#first_name", "Sam")
			d.tab.Type("#tin", "12")
			d.tab.Click("Agree and create account")
			d.says("Enter the last name", "Enter an email address", "Tax ID must be 9 digits", "Agree to the terms")
			d.look("register-you-" + name)
			d.registers("1306849450", "Sam", "sam@elm.example")
			d.look("register-sent-" + name)
			_, text := h.mailed(t, "sam@elm.example")
			d.visit(registerLink.FindString(text))
			d.says("Choose a password", "sam@elm.example is confirmed")
			d.look("register-password-" + name)
			d.tab.Type("#password", "a quiet walk before the rain")
			d.tab.Click("Create account")
			if name == "noscript" {
				d.says("Set up your authenticator app")
				return
			}
			d.tab.Click("Create a passkey")
			d.answers("Save your recovery codes")
			d.tab.Click("Continue")
			d.says("Getting started", "You can start now, with limits", "Start a request", "ends in 0177")
			d.look("welcome-limited")
			d.visit("/")
			d.says("You work with limits")
			d.look("home-limited")
			d.tab.Click("Getting started")
			d.tab.Click("Send a code")
			d.says("Select a number")
			d.tab.Click("By phone, to the number that ends in 0177")
			d.tab.Click("Send a code")
			d.says("The code is on its way")
			d.look("welcome-code")
			d.tab.Type("#code", h.readOut(t))
			d.tab.Click("Confirm")
			d.says("You are your organization's administrator now", "Set up your organization")
			d.look("welcome-done")
			d.visit("/organization")
			d.says("Elm Family Practice")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// Where an organization works already its administrator decides. A stranger
// sees the same page whether an address has an account or not.
func TestAnAdministratorLetsSomebodyIn(t *testing.T) {
	h := still(t, 1)
	h.directory()
	dana := h.colleague("Dana", "Cole", account.OrgAdmin)
	d := &desk{t, h, browser.New(t)}
	d.registers("1234567893", "Maria", h.world.Maria.Email)
	if subject, text := h.mailed(t, strings.ToLower(h.world.Maria.Email)); subject != "You have an account already" || strings.Contains(text, "/register/") {
		t.Errorf("%s: %s", subject, text)
	}
	d.registers("1234567893", "Sam", "sam@cedarortho.example")
	_, text := h.mailed(t, "sam@cedarortho.example")
	d.visit(registerLink.FindString(text))
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Create account")
	d.says("Set up your authenticator app")

	var sam account.Actor
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, "sam@cedarortho.example")
		sam = account.Actor{ID: p.ID}
		return err
	})
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.Provision(ctx, tx, h.Box, account.Program(), sam.ID, "JBSWY3DPEHPK3PXP")
	})
	d = h.desk(t, browser.New(t), sam) // the cookie of a sign-in is hidden from scripts, so another browser
	d.visit("/welcome")
	d.says("You wait for Cedar Orthopedics", "Remind them")
	d.silent("Start a request")
	d.look("welcome-waiting")
	for _, path := range []string{"/", "/orders", "/requests/new", "/organization", "/messages"} {
		if a := h.as(t, sam, "authenticator").get(path); a.status != 403 && a.status != 303 {
			t.Errorf("%s while waiting: %d", path, a.status)
		}
	}
	d.tab.Click("Remind them")
	d.says("They were told within the last day")

	if subject, _ := h.mailed(t, strings.ToLower(dana.Email)); subject != "Sam Lee asks to join Cedar Orthopedics" {
		t.Errorf("Dana is told %q", subject)
	}
	boss := h.desk(t, d.tab, dana)
	boss.visit("/organization/" + h.world.Office.ID + "/people")
	boss.says("Requests to join", "They didn't give your tax ID")
	boss.look("joining-people")
	boss.tab.Click("Accept Sam Lee")
	boss.says("They are let in")
	if subject, _ := h.mailed(t, "sam@cedarortho.example"); subject != "You can work for Cedar Orthopedics now" {
		t.Errorf("Sam is told %q", subject)
	}
	d = h.desk(t, d.tab, sam)
	d.visit("/welcome")
	d.says("First steps", "Start a request")
	d.silent("You wait for")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
