package e2e

import (
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/openid/openidtest"
)

// An operator connects an organization's own sign-in; somebody there comes in
// by it for the first time, is a member, and comes in again after a lock.
func TestPeopleSignInThroughTheirOrganization(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	p := openidtest.New(t, func() time.Time { return h.DB.Now() }, h.Web.Settings.URL.JoinPath("/sign-in/organization/callback").String())
	p.Asks = true
	h.Web.Settings.Identity = p.Client()
	omar := h.desk(t, browser.New(t), h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.tab.Click("Organizations’ own sign-in")
	omar.says("No organization signs its people in yet")
	omar.tab.Click("Continue")
	omar.says("There is no organization of this name")
	omar.look("sso-none")
	omar.tab.Type("#organization", "Cedar Orthopedics")
	omar.tab.Click("Continue")
	omar.says("/sign-in/organization/callback", "It is kept sealed")
	omar.tab.Type("#domains", "gmail.com")
	omar.tab.Click("Save")
	omar.says("Anybody gets an address at gmail.com", "Enter the client secret")
	omar.look("sso-wrong")
	omar.tab.Type("#domains", "cedarortho.example")
	omar.tab.Type("#issuer", openidtest.Issuer)
	omar.tab.Type("#client", openidtest.ClientID)
	omar.tab.Type("#secret", openidtest.Secret)
	omar.tab.Click("Their sign-in asks for it")
	omar.tab.Click("Becomes office staff")
	omar.tab.Click("Save")
	omar.says("It is saved")
	omar.silent(openidtest.Secret)
	omar.tab.Click("Check now")
	omar.says("We reach it")
	omar.look("sso")

	jess := &desk{t, h, browser.New(t)}
	jess.visit("/orders")
	jess.tab.Click("Sign in through your organization")
	jess.tab.Click("Continue")
	jess.says("Enter an email address")
	jess.look("through-wrong")
	jess.tab.Type("#email", "jess.moreno@cedarortho.example")
	jess.tab.Click("Continue")
	jess.says("People of cedarortho.example sign in where Cedar Orthopedics keeps their accounts")
	jess.look("through")
	p.Down, h.Web.Settings.Identity = true, p.Client() // which knows nothing of it yet
	jess.tab.Click("Sign in through Cedar Orthopedics")
	jess.says("Your organization's sign-in doesn't answer")
	jess.look("through-down")
	p.Down = false
	jess.tab.Click("Try again")
	jess.says("Cedar sign-in")
	jess.tab.Click("Sign in as Jess")
	jess.says("Orders", "Jess Moreno")
	if !strings.Contains(jess.tab.URL(), "/orders") {
		t.Errorf("at %s", jess.tab.URL())
	}
	h.at(20 * time.Minute)
	jess.visit("/orders")
	jess.says("Locked", "Or with your password")
	jess.look("through-locked")
	jess.tab.Click("Sign in through Cedar Orthopedics")
	jess.tab.Click("Sign in as Jess")
	jess.says("Orders", "Jess Moreno")

	omar = h.desk(t, omar.tab, h.person(t, "Olga", account.Admin))
	omar.visit("/admin/sso")
	omar.says("1 person came in by it", "new people become office staff")
	omar.look("sso-list")
	omar.tab.Click("Cedar Orthopedics")
	omar.tab.Click("Recognize everybody anew")
	omar.says("Everybody is recognized by their mail address")
	omar.tab.Click("Remove this sign-in")
	omar.says("It is removed")
	for _, secret := range []string{openidtest.Secret, "code=", "jess.moreno"} {
		if strings.Contains(h.logs.String(), secret) {
			t.Errorf("%s stands in the log", secret)
		}
	}
}
