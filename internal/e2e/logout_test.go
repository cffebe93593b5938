package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/openid/openidtest"
)

// Who came in through their organization is offered to sign out there too, and
// whom the provider signs out there is out here.
func TestSigningOutHereAndThere(t *testing.T) {
	h := still(t, 1)
	h.named(t)
	own := func(path string) string { return h.Web.Settings.URL.JoinPath(path).String() }
	p := openidtest.New(t, h.DB.Now, own("/sign-in/organization/callback"))
	h.Web.Settings.Identity = p.Client()
	omar := h.person(t, "Omar", account.Admin)
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		return account.SaveConnection(ctx, tx, h.Web.Settings.Box, omar, account.Connection{OrganizationID: h.world.Office.ID, Domains: []string{"cedarortho.example"}, Issuer: openidtest.Issuer,
			ClientID: openidtest.ClientID, Secret: openidtest.Secret, Second: true, Password: true, Post: account.Post{Roles: []account.Role{account.OfficeStaff}}})
	})
	jess := &desk{t, h, browser.New(t)}
	in := func() {
		jess.visit("/sign-in/organization/cedarortho.example?return=/orders")
		jess.says("Orders", "Jess Moreno")
	}
	out := func() {
		jess.tab.Eval(`document.querySelector('form[action="/sign-out"]').requestSubmit()`, nil)
		jess.says("You are signed out here. You may still be signed in at Cedar Orthopedics")
	}
	in()
	out()
	jess.look("out-offer")
	jess.tab.Click("Sign out at Cedar Orthopedics too")
	jess.says("Cedar Orthopedics has no way to sign you out there from here")
	jess.look("out-not")
	p.Back, h.Web.Settings.Identity = own("/sign-in/organization/out"), p.Client()
	in()
	out()
	jess.tab.Click("Sign out at Cedar Orthopedics too")
	jess.says("Here, and where your organization keeps your account.")
	jess.look("out-both")
	jess.visit("/orders")
	jess.says("Sign in")

	in()
	h.Web.Settings.Identity = p.Client()
	tell := func(token string) int {
		t.Helper()
		res, err := http.PostForm(h.url+"/sign-in/organization/logout", url.Values{"logout_token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("Cache-Control: %s", res.Header.Get("Cache-Control"))
		}
		return res.StatusCode
	}
	for name, token := range map[string]string{"nothing": "", "no token": "x.y.z", "an ID token": p.Logout(func(_, c map[string]any) { c["nonce"] = "n" }),
		"another's": p.Logout(func(_, c map[string]any) { c["iss"] = "https://evil.example" })} {
		if status := tell(token); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	jess.visit("/orders")
	jess.says("Jess Moreno")
	if status := tell(p.Logout(nil)); status != http.StatusOK {
		t.Errorf("jess: %d", status)
	}
	jess.visit("/orders")
	jess.silent("Jess Moreno")
	if strings.Contains(h.logs.String(), "logout_token") || strings.Contains(h.logs.String(), "eyJ") {
		t.Error("a token stands in the log")
	}
}
