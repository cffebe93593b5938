package openid_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/internal/infra/openid"
	"parley/internal/infra/openid/openidtest"
)

// A provider's word that somebody signed out is taken if it is right in every
// respect, and in no other case.
func TestASVS_10_5_5_LogoutTokensAreChecked(t *testing.T) {
	p := openidtest.New(t, now, callback)
	c := p.Client()
	got, err := c.LoggedOut(ctx, party, p.Logout(nil))
	if err != nil || got.Subject != "jess-1" || got.SID != "" || !got.At.Equal(now()) {
		t.Fatal(got, err)
	}
	got, err = c.LoggedOut(ctx, party, p.Logout(func(h, c map[string]any) { delete(h, "typ"); delete(c, "sub"); c["sid"] = "s-1" }))
	if err != nil || got.SID != "s-1" {
		t.Fatal(got, err)
	}
	forger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	own := p.Key
	for name, wrong := range map[string]func(header, claims map[string]any){
		"another program's":    func(_, c map[string]any) { c["aud"] = "another" },
		"another provider's":   func(_, c map[string]any) { c["iss"] = "https://evil.example" },
		"expired":              func(_, c map[string]any) { c["exp"] = now().Add(-time.Minute).Unix() },
		"without an end":       func(_, c map[string]any) { delete(c, "exp") },
		"unsigned":             func(h, _ map[string]any) { h["alg"] = "none" },
		"signed with a secret": func(h, _ map[string]any) { h["alg"] = "HS256" },
		"a forger's":           func(_, _ map[string]any) { p.Key = forger },
		"nobody's":             func(_, c map[string]any) { delete(c, "sub") },
		"an ID token":          func(_, c map[string]any) { c["nonce"] = "n" },
		"about nothing":        func(_, c map[string]any) { delete(c, "events") },
		"about something else": func(_, c map[string]any) { c["events"] = map[string]any{"https://x.example": map[string]any{}} },
		"about no object": func(_, c map[string]any) {
			c["events"] = map[string]any{"http://schemas.openid.net/event/backchannel-logout": "yes"}
		},
		"another type":       func(h, _ map[string]any) { h["typ"] = "at+jwt" },
		"of no time":         func(_, c map[string]any) { delete(c, "iat") },
		"of an hour to come": func(_, c map[string]any) { c["iat"] = now().Add(time.Hour).Unix() },
		"without a name":     func(_, c map[string]any) { delete(c, "jti") },
	} {
		p.Key = own
		var untrusted openid.UntrustedError
		if got, err := c.LoggedOut(ctx, party, p.Logout(wrong)); !errors.As(err, &untrusted) || got.Subject != "" || strings.Contains(err.Error(), "eyJ") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for raw, want := range map[string]bool{p.Logout(nil): true, "": false, "a.b": false, "a.!.c": false, "a.e30.c": false} {
		issuer, audience, ok := openid.Said(raw)
		if ok != want || ok && (issuer != openidtest.Issuer || len(audience) != 1) {
			t.Errorf("%q: %s %v %v", raw, issuer, audience, ok)
		}
	}
}

// The address for signing out names the program, and nobody.
func TestSigningOutThere(t *testing.T) {
	p := openidtest.New(t, now, callback)
	if _, err := p.Client().SignOut(ctx, party, "https://portal.example/out"); !errors.Is(err, openid.ErrNoLogout) {
		t.Errorf("a provider without: %v", err)
	}
	p.Back = "https://portal.example/out"
	to, err := p.Client().SignOut(ctx, party, p.Back)
	if err != nil || !strings.HasSuffix(to, "/end?client_id=parley&post_logout_redirect_uri=https%3A%2F%2Fportal.example%2Fout") {
		t.Error(to, err)
	}
}
