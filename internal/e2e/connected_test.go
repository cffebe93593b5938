package e2e

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/infra/fetch"
)

// A reviewer connects a calendar from elsewhere, reads when it was read and
// what came of it, and disconnects it.
func TestConnectedCalendars(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Canary lunch\nDTSTART:20261124T180000Z\nDTEND:20261124T190000Z\nEND:VEVENT\nEND:VCALENDAR\n"))
			}))
			t.Cleanup(s.Close)
			own := netip.MustParseAddrPort(s.Listener.Addr().String())
			d := h.desk(t, browser.New(t, options...), h.world.Reviewers[0])
			d.visit("/review/calendar")
			d.tab.Type("#address", "https://10.0.0.7/secret-canary.ics")
			d.tab.Click("Connect")
			d.says("There is a problem", "Enter an address on the internet that begins with https:// or webcal://")
			d.look("connected-wrong-" + name)
			d.tab.Type("#address", "webcal://calendar.invalid/secret-canary.ics")
			d.tab.Click("Connect")
			d.says("The calendar is being read", "calendar.invalid", "It is being read for the first time")
			d.silent("secret-canary")
			h.drain(t)
			d.visit("/review/calendar")
			d.says("Not read", "The server didn't answer")
			d.look("connected-failed-" + name)
			h.Calendars.Client = fetch.Client{May: func(to netip.AddrPort) bool { return to == own }, Trust: func(tr *http.Transport) {
				dial := tr.DialContext
				tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a server of this test
				tr.DialContext = toAddress(dial, own.String())
			}}
			d.tab.Click("Read now calendar.invalid")
			h.drain(t)
			d.visit("/review/calendar")
			d.says("Last read Mon, Nov 23", "1 busy time.")
			d.silent("Canary lunch", "secret-canary")
			d.look("connected-" + name)
			d.tab.Click("Disconnect calendar.invalid")
			d.says("The calendar is disconnected")
			d.silent("calendar.invalid")
			if strings.Contains(h.logs.String(), "secret-canary") {
				t.Error("the address stands in the log")
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

type dialer = func(context.Context, string, string) (net.Conn, error)

// toAddress has every name lead to one address, as a name server would.
func toAddress(dial dialer, address string) dialer {
	return func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, address) }
}
