package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.100.100.200": false,
		"0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false, "224.0.0.1": false, "192.0.0.192": false, "198.18.0.1": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fd00:ec2::254": false, "fc00::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false, "2001::1": false, "fec0::1": false, "::ffff:0:127.0.0.1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is public: %v", text, got)
		}
	}
}

func TestAddressesAsPeoplePasteThem(t *testing.T) {
	for text, want := range map[string]string{
		" https://calendar.example/a.ics ": "https://calendar.example/a.ics", "webcal://calendar.example/a.ics?k=1": "https://calendar.example/a.ics?k=1",
		"WEBCAL://calendar.example/x": "https://calendar.example/x", "webcals://calendar.example/x": "https://calendar.example/x",
		"http://calendar.example/a.ics": "", "ftp://calendar.example": "", "file:///etc/passwd": "", "https://": "", "https://u:p@calendar.example/": "", "javascript:alert(1)": "", "": "",
		"https://localhost/a": "", "https://LOCALHOST./a": "", "https://a.localhost/": "", "https://127.0.0.1/": "", "https://[::1]/": "", "https://169.254.169.254/latest/meta-data": "", "https://10.0.0.1/": "",
		"webcal://192.168.0.1/a": "", "https:calendar.example": "", "gopher://calendar.example": "",
	} {
		if got, err := Address(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// serve answers by TLS on this machine, and client may speak to it.
func serve(t *testing.T, answer http.HandlerFunc) (address string, client Client) {
	t.Helper()
	s := httptest.NewTLSServer(answer)
	t.Cleanup(s.Close)
	own := netip.MustParseAddrPort(s.Listener.Addr().String())
	return s.URL + "/secret.ics", Client{
		May:   func(to netip.AddrPort) bool { return to == own },
		Trust: func(t *http.Transport) { t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} }, //nolint:gosec // a server of this test
	}
}

func TestADocumentIsGotOnceAndThenOnlyIfItChanged(t *testing.T) {
	address, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte("BEGIN:VCALENDAR"))
	})
	d, err := c.Get(context.Background(), address, "", "")
	if err != nil || string(d.Body) != "BEGIN:VCALENDAR" || d.Tag != `"1"` {
		t.Fatalf("%+v, %v", d, err)
	}
	if d, err = c.Get(context.Background(), address, d.Tag, d.Since); err != nil || !d.Same || len(d.Body) > 0 {
		t.Errorf("the second time: %+v, %v", d, err)
	}
}

// Whatever leads to this machine is refused where it is dialed: an address, a
// name that is looked up, a redirect.
func TestNothingPrivateIsSpokenTo(t *testing.T) {
	asked := 0
	address, may := serve(t, func(http.ResponseWriter, *http.Request) { asked++ })
	strict := Client{Trust: may.Trust}
	for _, to := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1), "https://[::1]:443/", "https://0.0.0.0/"} {
		if _, err := strict.Get(context.Background(), to, "", ""); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", to, err)
		}
	}
	// A name that passes the first look, and leads here: the dialer is asked
	// about what it was looked up to be.
	if err := strict.control("tcp", "127.0.0.1:443", nil); !errors.Is(err, ErrPrivate) {
		t.Errorf("dialed: %v", err)
	}
	if err := strict.control("tcp", "93.184.215.14:22", nil); !errors.Is(err, ErrPrivate) {
		t.Errorf("another port: %v", err)
	}
	if err := strict.control("tcp", "93.184.215.14:443", nil); err != nil {
		t.Errorf("a public address: %v", err)
	}
	elsewhere, c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) })
	if _, err := c.Get(context.Background(), elsewhere, "", ""); !errors.Is(err, ErrPrivate) {
		t.Errorf("a redirect to another machine within: %v", err)
	}
	for _, to := range []string{"http://calendar.example/", "file:///etc/passwd", "https://169.254.169.254/"} {
		moved, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
		if _, err := c.Get(context.Background(), moved, "", ""); err == nil {
			t.Errorf("a redirect to %s was followed", to)
		}
	}
	if asked > 0 {
		t.Errorf("the machine itself was asked %d times", asked)
	}
}

func TestLimits(t *testing.T) {
	big, c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), Most+1)) })
	if _, err := c.Get(context.Background(), big, "", ""); !errors.Is(err, ErrLarge) {
		t.Errorf("too large: %v", err)
	}
	bomb, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 200 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
	})
	if _, err := c.Get(context.Background(), bomb, "", ""); !errors.Is(err, ErrLarge) {
		t.Errorf("200 MB packed: %v", err)
	}
	var loop string
	loop, c = serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, loop, http.StatusFound) })
	if _, err := c.Get(context.Background(), loop, "", ""); !errors.Is(err, ErrMoved) {
		t.Errorf("round and round: %v", err)
	}
	gone, c := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	if _, err := c.Get(context.Background(), gone, "", ""); !errors.Is(err, AnswerError(http.StatusGone)) {
		t.Errorf("gone: %v", err)
	}
	if _, err := (Client{}).Get(context.Background(), "https://nowhere.invalid/secret.ics", "", ""); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the address stands in %v", err)
	}
}
