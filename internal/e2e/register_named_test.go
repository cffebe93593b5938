package e2e

import (
	"regexp"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// Who doesn't know the NPI finds the organization by its name, or describes one
// that isn't listed; an operator lets the first of that in.
func TestAnOrganizationIsFoundByNameOrDescribed(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	h.directory()
	d := &desk{t, h, browser.New(t, browser.Authenticator())}
	d.visit("/register")
	d.tab.Click("I don't know the NPI")
	d.tab.Click("Find")
	d.says("Select what describes you", "Enter at least 3 letters of the name", "State must be two letters")
	d.look("register-find-wrong")
	d.tab.Click("I work for a provider")
	d.tab.Type("#name", "elm fam")
	d.tab.Type("#state", "TX")
	d.tab.Click("Find")
	d.says("Elm Family Practice", "4 Sample Street", "1306849450")
	d.look("register-find")
	d.tab.Click("Elm Family Practice")
	d.says("Is this your organization?")
	d.tab.Click("Find it by name")
	d.tab.Click("I work for a provider")
	d.tab.Type("#name", "Oak Clinic")
	d.tab.Type("#state", "TX")
	d.tab.Click("Find")
	d.says("The national directory has no organization in TX whose name begins so")
	d.tab.Click("It isn't listed: enter its details")
	d.tab.Click("Agree and create account")
	d.says("Enter the organization's name", "Enter the street address", "ZIP code must be 5 or 9 digits", "Enter an email address")
	d.look("register-unlisted")
	for field, text := range map[string]string{"#org_name": "Oak Clinic", "#line": "9 Sample Street", "#city": "Exampleville", "#state": "TX", "#zip": "00003", "#org_phone": "555-555-0199",
		"#first_name": "Ann", "#last_name": "Lee", "#email": "ann@oak.example", "#phone": "555-555-0133"} {
		d.tab.Type(field, text)
	}
	d.tab.Click("I agree to the terms")
	d.tab.Click("Agree and create account")
	d.says("Check your email")
	_, text := h.mailed(t, "ann@oak.example")
	d.visit(registerLink.FindString(text))
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Create account")
	d.tab.Click("Create a passkey")
	d.answers("Save your recovery codes")
	d.tab.Click("Continue")
	d.says("You can start now, with limits", "We have no number on file")

	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.tab.Click("Newcomers")
	omar.says("Ann Lee", "Oak Clinic", "ann@oak.example")
	omar.look("newcomers")
	omar.tab.Click("Let in as administrator Ann Lee")
	omar.says("They are their organization's administrator now", "Nobody waits")
	d.visit("/organization")
	d.says("Oak Clinic")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Who saves a registration goes on where they were by a mailed link, for a week.
func TestARegistrationIsFinishedLater(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	h.directory()
	d := &desk{t, h, browser.New(t, browser.NoScript())}
	d.visit("/register/you?as=clinician&npi=1306849450")
	d.tab.Type("#first_name", "Ann")
	d.tab.Click("Save and finish later")
	d.says("Enter an email address")
	d.holds("#first_name", "Ann")
	d.tab.Type("#email", "ann@elm.example")
	d.tab.Type("#tin", "000000077")
	d.tab.Click("Save and finish later")
	d.says("It is saved", "for 7 days")
	d.look("register-kept")
	_, text := h.mailed(t, "ann@elm.example")
	link := continueLink.FindString(text)
	h.at(6 * 24 * time.Hour)
	d.visit(link)
	d.says("You register for Elm Family Practice")
	d.holds("#first_name", "Ann")
	d.holds("#email", "ann@elm.example")
	d.holds("#tin", "")
	d.look("register-continued")
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#phone", "555-555-0133")
	d.tab.Click("I agree to the terms")
	d.tab.Click("Agree and create account")
	d.says("Check your email")
	_, text = h.mailed(t, "ann@elm.example")
	d.visit(registerLink.FindString(text))
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Create account")
	d.says("Protect your account")
	d.visit(link)
	d.says("This link doesn't work any more")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

var continueLink = regexp.MustCompile(`/register/continue/[A-Za-z0-9_-]{20,}`)
