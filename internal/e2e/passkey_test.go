package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// named has the house answer under a name: no browser has passkeys for a number.
func (h *house) named(t testing.TB) {
	t.Helper()
	h.url = strings.Replace(h.url, "127.0.0.1", "localhost", 1)
	u, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	h.Web.Settings.URL = u
}

// invite has an administrator of the office invite somebody, and is the link.
func (h *house) invite(t testing.TB, dana account.Actor, email string) string {
	t.Helper()
	a := h.as(t, dana, "authenticator").post("/organization/"+h.world.Office.ID+"/people/invite", url.Values{"emails": {email}, "roles": {string(account.OfficeStaff)}})
	if a.status != 303 {
		t.Fatal(a.status, a.body)
	}
	h.drain(t)
	for _, m := range h.mail.All() {
		if m.To.Email == email {
			return invitationLink.FindString(m.Text)
		}
	}
	t.Fatalf("no mail to %s", email)
	return ""
}

// answers reads the page until it says something that a device answers first.
func (d *desk) answers(words string) {
	d.Helper()
	for try := 0; try < 100 && !strings.Contains(plain(d.tab.Text("body")), words); try++ {
		time.Sleep(100 * time.Millisecond)
	}
	d.says(words)
}

// Somebody invited makes a passkey in place of a code, signs out, and comes
// back with nothing but that; what protects the account stays under its
// owner's hand.
func TestAColleagueSignsInByPasskey(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	link := h.invite(t, h.colleague("Dana", "Cole", account.OrgAdmin), "sam@cedarortho.example")
	d := &desk{t, h, browser.New(t, browser.Authenticator())}
	d.visit(link)
	d.tab.Type("#first_name", "Sam")
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Make my account")
	d.says("Protect your account", "Create a passkey", "Set up an authenticator app instead")
	d.holds("#name", "Chrome")
	d.look("passkey-first")
	d.tab.Type("#name", "Front desk computer")
	d.tab.Click("Create a passkey")
	d.answers("Save your recovery codes")
	d.tab.Click("Continue")
	d.tab.Click(".name-menu summary")
	d.tab.Click(".name-menu button")
	d.says("You're signed out", "Sign in with a passkey")
	d.look("passkey-door")
	d.tab.Click("Sign in with a passkey")
	d.answers("Sam Lee")

	d.visit("/account/security")
	d.says("Front desk computer", "Last used", "No app is set up", "10 of 10 codes are left")
	d.look("passkey-security")
	d.tab.Click("Rename or remove Front desk computer")
	d.tab.Type("#name", "Laptop")
	d.look("passkey-one")
	d.tab.Click("Save name")
	d.says("The passkey has its new name", "Laptop")
	d.tab.Click("Rename or remove Laptop")
	d.tab.Type("#current_password", "a quiet walk before the rain")
	d.tab.Click("Remove passkey")
	d.says("This is the only way you prove that it's you")
	d.look("passkey-last")
	d.visit("/account/security/passkeys/new")
	d.tab.Type("#current_password", "wrong")
	d.tab.Click("Create the passkey")
	d.answers("This password doesn't match our records")
	d.look("passkey-new")
	d.tab.Type("#current_password", "a quiet walk before the rain")
	d.tab.Click("Create the passkey")
	d.answers("This device already has a passkey for your account")

	h.at(16 * time.Minute)
	d.visit("/")
	d.says("Locked", "Unlock with your passkey")
	d.look("passkey-locked")
	d.tab.Click("Unlock with your passkey")
	d.answers("Sam Lee")
	d.silent("Locked")

	d.tab.Click(".name-menu summary")
	d.tab.Click(".name-menu button")
	d.tab.Type("#email", "sam@cedarortho.example")
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Sign in")
	d.says("Use your passkey", "Use a recovery code")
	d.look("passkey-second")
	d.tab.Click("main button[data-passkey-go]")
	d.answers("Home")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Where no script runs the pages say so and offer the other ways.
func TestPasskeysWithoutScript(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	link := h.invite(t, h.colleague("Dana", "Cole", account.OrgAdmin), "sam@cedarortho.example")
	d := &desk{t, h, browser.New(t, browser.NoScript())}
	d.visit("/sign-in")
	d.says("where scripts are on")
	d.look("passkey-door-noscript")
	d.visit(link)
	d.tab.Type("#first_name", "Sam")
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Make my account")
	d.says("Protect your account", "Passkeys need scripts, which are off here")
	d.look("passkey-first-noscript")
	d.tab.Click("Set up an authenticator app instead")
	d.says("Set up your authenticator app")
}
