package web_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"parley/internal/web/ui"
)

// A file goes to disk and not into the page, in a box that can't run or load
// anything, whatever it says it is.
func TestASVS_3_2_1_FilesAreNotRenderedAsPages(t *testing.T) {
	h := open(t)
	r := h.send("GET", "/file", "")
	if got := r.Header.Get("Content-Disposition"); got != `attachment; filename="a \"b\".html"` {
		t.Errorf("disposition %q", got)
	}
	if got := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox; default-src 'none'") {
		t.Errorf("policy %q", got)
	}
}

// What people type comes back as text, in the title too.
func TestASVS_3_2_2_TextIsShownAsText(t *testing.T) {
	h := open(t)
	body := read(h.send("GET", "/echo?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E%3Cimg+src=x+onerror=alert(1)%3E", ""))
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
		t.Errorf("it became a part of the page:\n%s", body)
	}
	if n := strings.Count(body, "&lt;script&gt;alert(1)"); n < 2 {
		t.Errorf("it is shown %d times, want in the title and in the page", n)
	}
}

func (h *house) cookies() []*http.Cookie {
	h.Helper()
	all := h.send("GET", "/cookies", "").Cookies()
	if len(all) != 3 {
		h.Fatalf("%d cookies, want the session's, the device's and a brief one", len(all))
	}
	return all
}

// Cookies travel by HTTPS only.
func TestASVS_3_3_1_CookiesAreSecure(t *testing.T) {
	for _, c := range open(t).cookies() {
		if !c.Secure {
			t.Errorf("%s is not Secure", c.Name)
		}
	}
}

// Cookies don't come along with what another site sends for somebody.
func TestASVS_3_3_2_CookiesAreSameSite(t *testing.T) {
	for _, c := range open(t).cookies() {
		if c.SameSite != http.SameSiteLaxMode {
			t.Errorf("%s has SameSite %v", c.Name, c.SameSite)
		}
	}
}

// The browser itself refuses these cookies from another host, or without HTTPS.
func TestASVS_3_3_3_CookiesAreThisHosts(t *testing.T) {
	for _, c := range open(t).cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || c.Domain != "" || c.Path != "/" {
			t.Errorf("%s for domain %q and path %q", c.Name, c.Domain, c.Path)
		}
	}
}

// No script reads a cookie.
func TestASVS_3_3_4_CookiesAreHiddenFromScripts(t *testing.T) {
	for _, c := range open(t).cookies() {
		if !c.HttpOnly {
			t.Errorf("%s is not HttpOnly", c.Name)
		}
	}
}

// Cookies are short enough for any browser to keep.
func TestASVS_3_3_5_CookiesAreShort(t *testing.T) {
	for _, c := range open(t).cookies() {
		if n := len(c.Name) + len(c.Value); n > 4096 {
			t.Errorf("%s takes %d bytes", c.Name, n)
		}
	}
}

// Whoever came once by HTTPS never comes without it for at least a year.
func TestASVS_3_4_1_StrictTransportSecurity(t *testing.T) {
	for what, r := range open(t).everyKind() {
		m := regexp.MustCompile(`max-age=(\d+); includeSubDomains`).FindStringSubmatch(r.Header.Get("Strict-Transport-Security"))
		if m == nil {
			t.Errorf("%s: none", what)
			continue
		}
		if age, _ := strconv.Atoi(m[1]); age < 365*24*60*60 {
			t.Errorf("%s: %d seconds", what, age)
		}
	}
}

// No other site's script may read what we answer.
func TestASVS_3_4_2_NoCrossOriginReading(t *testing.T) {
	h := open(t)
	for _, method := range []string{"GET", "OPTIONS"} {
		r := h.send(method, "/mine", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
		for name := range r.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s answers %s", method, name)
			}
		}
	}
}

// The policy lets in nothing but our own files: no inline script or style, no
// plug-in, no other base.
func TestASVS_3_4_3_ContentSecurityPolicy(t *testing.T) {
	for what, r := range open(t).everyKind() {
		policy := r.Header.Get("Content-Security-Policy")
		if what == "a file" {
			continue // has a stricter one, see 3.2.1
		}
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: no %s in %q", what, want, policy)
			}
		}
		for _, bad := range []string{"unsafe-inline", "unsafe-eval", "*", "http:"} {
			if strings.Contains(policy, bad) {
				t.Errorf("%s: %s in %q", what, bad, policy)
			}
		}
	}
}

func (h *house) wantHeader(name, want string) {
	h.Helper()
	for what, r := range h.everyKind() {
		if got := r.Header.Get(name); got != want {
			h.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
}

// Browsers take our word for what an answer is.
func TestASVS_3_4_4_NoSniffing(t *testing.T) { open(t).wantHeader("X-Content-Type-Options", "nosniff") }

// Addresses of ours don't travel to other sites.
func TestASVS_3_4_5_ReferrerPolicy(t *testing.T) {
	open(t).wantHeader("Referrer-Policy", "same-origin")
}

// Nobody puts a page of ours into theirs.
func TestASVS_3_4_6_NoFraming(t *testing.T) {
	for what, r := range open(t).everyKind() {
		if !strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s can be framed", what)
		}
	}
}

// A window opened by another site has no hold on ours.
func TestASVS_3_4_8_OpenerPolicy(t *testing.T) {
	open(t).wantHeader("Cross-Origin-Opener-Policy", "same-origin")
}

// A form that another site sends in somebody's name is refused and changes
// nothing; our own is taken, and so is a script's that carries no browser's word.
func TestASVS_3_5_1_ForgedPostsAreRefused(t *testing.T) {
	h := open(t)
	for _, forged := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"},
		{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site", "Origin", "https://portal.example"}, {"Origin", "https://portal.example.evil.example"},
	} {
		if r := h.send("POST", "/write", "text=forged", forged...); r.StatusCode != http.StatusForbidden {
			t.Errorf("%q: status %d", forged, r.StatusCode)
		}
	}
	if len(h.wrote) > 0 {
		t.Errorf("written: %q", h.wrote)
	}
	for _, own := range [][]string{{"Sec-Fetch-Site", "same-origin", "Origin", "https://portal.example"}, {"Origin", "https://portal.example"}, {}} {
		if r := h.send("POST", "/write", "text=ours", own...); r.StatusCode != http.StatusSeeOther {
			t.Errorf("%q: status %d", own, r.StatusCode)
		}
	}
}

// What changes something can't be had by a link or an image.
func TestASVS_3_5_3_ReadingChangesNothing(t *testing.T) {
	h := open(t)
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"} {
		if r := h.send(method, "/write?text=x", ""); r.StatusCode < 400 {
			t.Errorf("%s: status %d", method, r.StatusCode)
		}
	}
	if len(h.wrote) > 0 {
		t.Errorf("written: %q", h.wrote)
	}
}

// No answer becomes a script by asking for a callback.
func TestASVS_3_5_6_NoJSONP(t *testing.T) {
	r := open(t).send("GET", "/mine?callback=steal&jsonp=steal", "")
	if got := r.Header.Get("Content-Type"); got != "text/html; charset=utf-8" || strings.Contains(read(r), "steal") {
		t.Errorf("content type %q", got)
	}
}

// Scripts are the same for everybody, so there is nothing in them to steal.
func TestASVS_3_5_7_ScriptsHoldNoData(t *testing.T) {
	h := open(t)
	signedIn := read(h.send("GET", ui.Asset("app.js"), ""))
	h.token = ""
	if signedIn == "" || read(h.send("GET", ui.Asset("app.js"), "")) != signedIn {
		t.Error("the script differs by who asks")
	}
}

// No other site loads an answer of ours as an image, script or video.
func TestASVS_3_5_8_NothingIsEmbeddedElsewhere(t *testing.T) {
	open(t).wantHeader("Cross-Origin-Resource-Policy", "same-origin")
}

// Pages stay in no cache; what never changes and holds no data may.
func TestASVS_14_3_2_PagesAreNotCached(t *testing.T) {
	for what, r := range open(t).everyKind() {
		want := "no-store"
		if what == "a static file" {
			want = "public, max-age=31536000, immutable"
		}
		if got := r.Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
}
