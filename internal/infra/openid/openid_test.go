package openid_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/infra/fetch"
	"parley/internal/infra/openid"
	"parley/internal/infra/openid/openidtest"
)

const callback = "https://portal.example/sign-in/organization/callback"

var (
	ctx   = context.Background()
	party = openid.Party{Issuer: openidtest.Issuer, ClientID: openidtest.ClientID, Secret: openidtest.Secret, Callback: callback}
	now   = func() time.Time { return time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC) }
)

const verifier = "a-verifier-that-is-long-enough-for-the-standard"

// bring asks, and is what a browser brings back.
func bring(t *testing.T, c *openid.Client) openid.Answer {
	t.Helper()
	address, err := c.Ask(ctx, party, "state", "nonce", verifier)
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), callback+"?") || to.Query().Get("state") != "state" {
		t.Fatalf("sent to %s with status %d", to, res.StatusCode)
	}
	return openid.Answer{Code: to.Query().Get("code"), Issuer: to.Query().Get("iss"), Verifier: verifier, Fits: func(n string) bool { return n == "nonce" }}
}

// A provider's word is taken, once, and its keys are asked for once an hour.
func TestAProviderSaysWhoItIs(t *testing.T) {
	p := openidtest.New(t, now, callback)
	c := p.Client()
	for range 2 {
		a := bring(t, c)
		got, err := c.Claim(ctx, party, a)
		if want := (openid.Claims{Subject: "jess-1", Email: "Jess.Moreno@cedarortho.example", Verified: true, First: "Jess", Last: "Moreno"}); err != nil || got != want {
			t.Fatal(got, err)
		}
		if _, err := c.Claim(ctx, party, a); !errors.Is(err, openid.ErrRefused) {
			t.Errorf("a code twice: %v", err)
		}
	}
	if p.Asked["/.well-known/openid-configuration"] != 1 || p.Asked["/keys"] != 1 {
		t.Errorf("asked %v", p.Asked)
	}
	if host, err := c.Reach(ctx, openidtest.Issuer); err != nil || host == "" {
		t.Error(host, err)
	}
}

// What is wrong with an answer is found, and nothing of it is in the error.
func TestASVS_10_5_4_OtherTokensAreRefused(t *testing.T) {
	p := openidtest.New(t, now, callback)
	c := p.Client()
	forger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	own := p.Key
	for name, wrong := range map[string]func(header, claims map[string]any){
		"another program's":     func(_, c map[string]any) { c["aud"] = "another" },
		"two programs'":         func(_, c map[string]any) { c["aud"] = []string{openidtest.ClientID, "another"} },
		"another party's":       func(_, c map[string]any) { c["azp"] = "another" },
		"another provider's":    func(_, c map[string]any) { c["iss"] = "https://evil.example" },
		"expired":               func(_, c map[string]any) { c["exp"] = now().Add(-time.Minute).Unix() },
		"of another sign-in":    func(_, c map[string]any) { c["nonce"] = "other" },
		"without nonce":         func(_, c map[string]any) { delete(c, "nonce") },
		"unsigned":              func(h, _ map[string]any) { h["alg"] = "none" },
		"signed with a secret":  func(h, _ map[string]any) { h["alg"] = "HS256" },
		"a forger's":            func(_, _ map[string]any) { p.Key = forger },
		"nobody's":              func(_, c map[string]any) { delete(c, "sub") },
		"not valid for an hour": func(_, c map[string]any) { c["nbf"] = now().Add(time.Hour).Unix() },
	} {
		p.Key, p.Wrong = own, wrong
		var untrusted openid.UntrustedError
		if got, err := c.Claim(ctx, party, bring(t, c)); !errors.As(err, &untrusted) || got.Subject != "" || strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "eyJ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.Key, p.Wrong = own, func(_, c map[string]any) {
		c["email_verified"], c["aud"], c["azp"] = "true", []string{openidtest.ClientID, "another"}, openidtest.ClientID
	}
	if got, err := c.Claim(ctx, party, bring(t, c)); err != nil || !got.Verified {
		t.Errorf("for two, but asked by us: %v, %v", got, err)
	}
}

// A code is no use without what only the browser that began has (PKCE), and one
// that another provider sent is refused before it is shown to anybody.
func TestASVS_10_2_2_MixedUpAnswersAreRefused(t *testing.T) {
	p := openidtest.New(t, now, callback)
	c := p.Client()
	a := bring(t, c)
	a.Verifier = "another-verifier-that-is-long-enough-too-for-it"
	if _, err := c.Claim(ctx, party, a); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("another verifier: %v", err)
	}
	asked := p.Asked["/token"]
	for _, issuer := range []string{"", "https://evil.example"} {
		a := bring(t, c)
		a.Issuer = issuer
		var untrusted openid.UntrustedError
		if _, err := c.Claim(ctx, party, a); !errors.As(err, &untrusted) {
			t.Errorf("from %q: %v", issuer, err)
		}
	}
	if p.Asked["/token"] != asked {
		t.Error("the code was shown to the provider")
	}
}

// A provider that calls itself by another name is none.
func TestASVS_10_5_3_AProviderIsWhoItSaysItIs(t *testing.T) {
	p := openidtest.New(t, now, callback)
	var untrusted openid.UntrustedError
	if _, err := p.Client().Reach(ctx, openidtest.Issuer+"/"); !errors.As(err, &untrusted) {
		t.Errorf("another name: %v", err)
	}
}

// A provider that is down, and one where private machines are, is said to be
// down in words that hold nothing of it.
func TestAProviderThatIsDown(t *testing.T) {
	p := openidtest.New(t, now, callback)
	c := p.Client()
	a := bring(t, c)
	p.Down = true
	if _, err := c.Claim(ctx, party, a); err != openid.ErrDown {
		t.Errorf("at the code: %v", err)
	}
	if _, err := p.Client().Ask(ctx, party, "state", "nonce", verifier); err != openid.ErrDown {
		t.Errorf("at first: %v", err)
	}
	public := &openid.Client{HTTP: fetch.Client{}.HTTP(), Now: now}
	for _, issuer := range []string{"https://127.0.0.1", "http://login.cedarortho.example", "https://169.254.169.254/latest"} {
		if _, err := public.Reach(ctx, issuer); err != openid.ErrDown {
			t.Errorf("%s: %v", issuer, err)
		}
	}
}
