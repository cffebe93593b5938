package web_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/internal/web"
)

func TestSafeReturn(t *testing.T) {
	for to, want := range map[string]string{
		"/orders/1369306954?tab=files": "/orders/1369306954?tab=files",
		"/":                            "/",
		"":                             "/",
		"orders":                       "/",
		"//evil.example":               "/",
		"/\\evil.example":              "/",
		"/%2Fevil.example":             "/",
		"/%5cevil.example":             "/",
		"https://evil.example/":        "/",
		"javascript:alert(1)":          "/",
		"/a\r\nSet-Cookie: x=1":        "/",
		"/sign-out":                    "/",
		"/sign-in/verify":              "/",
		"/locked/resume":               "/locked/resume",
	} {
		if got := web.SafeReturn(to); got != want {
			t.Errorf("SafeReturn(%q) = %q, want %q", to, got, want)
		}
	}
}

// A form sent twice does nothing twice; with other answers under the same key
// it is refused, and one that failed can be corrected.
func TestAFormCountsOnce(t *testing.T) {
	h := open(t)
	first := h.send("POST", "/write", "_key=k1&text=a")
	again := h.send("POST", "/write", "_key=k1&text=a")
	if first.Header.Get("Location") != "/mine?wrote=a" || again.Header.Get("Location") != "/mine?wrote=a" || len(h.wrote) != 1 {
		t.Errorf("first to %q, again to %q, wrote %q", first.Header.Get("Location"), again.Header.Get("Location"), h.wrote)
	}
	if r := h.send("POST", "/write", "_key=k1&text=b"); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(read(r), "already sent with other answers") {
		t.Errorf("other answers: status %d", r.StatusCode)
	}
	if r := h.send("POST", "/write", "_key=k2&text="); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(read(r), "<title>Error: ") {
		t.Errorf("a fault: status %d", r.StatusCode)
	}
	if r := h.send("POST", "/write", "_key=k2&text=corrected"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("corrected: status %d", r.StatusCode)
	}
	if r := h.send("POST", "/write", "_key="+strings.Repeat("k", 65)+"&text=a"); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a long key: status %d", r.StatusCode)
	}
}

func TestWhatIsTypedArrivesClean(t *testing.T) {
	h := open(t)
	h.send("POST", "/write", "text=a%00b%FFc%0D%0Ad")
	if len(h.wrote) != 1 || h.wrote[0] != "abc\nd" {
		t.Errorf("wrote %q", h.wrote)
	}
}

func TestTooMuchIsSaidSo(t *testing.T) {
	h := open(t)
	r := h.send("POST", "/write", "text="+strings.Repeat("x", 2<<20))
	if r.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(read(r), "larger than 1 MB") || len(h.wrote) > 0 {
		t.Errorf("status %d", r.StatusCode)
	}
}
