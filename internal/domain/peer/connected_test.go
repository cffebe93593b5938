package peer_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/fetch"
	"parley/internal/infra/secret"
	"parley/internal/scene"
)

// outside is a calendar on the internet, and a reader that finds it.
type outside struct {
	*peer.CalendarReader
	w      *scene.World
	text   atomic.Pointer[string] // nil: it is down
	asked  atomic.Int32
	tagged atomic.Int32 // times that it was asked whether anything changed
}

const calendarAddress = "https://calendar.example/secret-canary.ics"

func newOutside(t *testing.T, w *scene.World) *outside {
	t.Helper()
	e := &outside{w: w}
	s := httptest.NewTLSServer(http.HandlerFunc(func(wr http.ResponseWriter, r *http.Request) {
		e.asked.Add(1)
		text := e.text.Load()
		switch {
		case text == nil:
			wr.WriteHeader(http.StatusInternalServerError)
		case r.Header.Get("If-None-Match") != "":
			e.tagged.Add(1)
			wr.WriteHeader(http.StatusNotModified)
		default:
			wr.Header().Set("ETag", `"tag"`)
			_, _ = wr.Write([]byte(*text))
		}
	}))
	t.Cleanup(s.Close)
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	own := netip.MustParseAddrPort(s.Listener.Addr().String())
	e.CalendarReader = &peer.CalendarReader{DB: w.DB, Box: box, Client: fetch.Client{
		May:   func(to netip.AddrPort) bool { return to == own },
		Trust: func(tr *http.Transport) { toServer(tr, s.Listener.Addr().String()) },
	}}
	return e
}

// toServer has every name lead to the test's own server, as a name server would.
func toServer(tr *http.Transport, address string) {
	dial := tr.DialContext
	tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a server of this test
	tr.DialContext = dialAlways(dial, address)
}

func (e *outside) says(events ...string) {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for _, one := range events {
		b.WriteString("BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Canarysurgery with Rosa Canarywell\r\n" + one + "\r\nEND:VEVENT\r\n")
	}
	text := b.String() + "END:VCALENDAR\r\n"
	e.text.Store(&text)
}

func (e *outside) connect(by account.Actor, address string) (c peer.Connected, err error) {
	err = e.w.Try(func(ctx context.Context, tx *db.Tx) error {
		c, err = peer.Connect(ctx, tx, e.Box, by, address)
		return err
	})
	return c, err
}

func (e *outside) read(t *testing.T, c peer.Connected) peer.Connected {
	t.Helper()
	if err := e.Fetch(context.Background(), peer.FetchCalendar{CalendarID: c.ID}); err != nil {
		t.Fatal(err)
	}
	var now peer.Connected
	e.w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := peer.ConnectedOf(ctx, tx, c.PersonID)
		if i := slices.IndexFunc(all, func(one peer.Connected) bool { return one.ID == c.ID }); i >= 0 {
			now = all[i]
		}
		return err
	})
	return now
}

func starts(w *scene.World, o order.Order) (all []time.Time) {
	for _, s := range w.Slots(w.Maria, o, nil) {
		all = append(all, s.Start)
	}
	return all
}

// What a calendar elsewhere says takes away exactly the times it touches, the
// page of reasons says so, and disconnecting brings back exactly those.
func TestACalendarElsewhereKeepsTimesFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o, e, me := w.Denied(), newOutside(t, w), w.Reviewers[0]
		before := starts(w, o)
		e.says("DTSTART;TZID=America/Chicago:20261124T100000\r\nDTEND;TZID=America/Chicago:20261124T120000\r\nRRULE:FREQ=WEEKLY")
		c, err := e.connect(me, "webcal://calendar.example/secret-canary.ics")
		if err != nil {
			t.Fatal(err)
		}
		now := e.read(t, c)
		if now.Failed != "" || now.ReadAt == nil || now.Blocks < 10 || now.Host != "calendar.example" {
			t.Fatalf("read: %+v", now)
		}
		busy := func(at time.Time) bool {
			l := at.In(w.Zone())
			m := l.Hour()*60 + l.Minute()
			return l.Weekday() == time.Tuesday && m > 9*60+30 && m < 12*60
		}
		want := slices.DeleteFunc(slices.Clone(before), busy)
		if got := starts(w, o); !slices.Equal(got, want) || len(want) == len(before) {
			t.Errorf("offered: %d of %d, want %d", len(got), len(before), len(want))
		}
		at := before[slices.IndexFunc(before, busy)]
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			v, err := peer.Why(ctx, tx, w.Scheduler, o.Number, me.ID, at, w.Zone())
			if err == nil && (v.Bookable() || v.First().Rule != "Own calendar" || !strings.Contains(v.First().Text, "Busy in the reviewer’s own calendar from Tue, Nov 24, 10:00 AM CT")) {
				t.Errorf("why not: %+v", v.First())
			}
			return err
		})
		if _, err := w.Book(w.Maria, o, peer.Slot{Start: at, Minutes: 30}); err == nil {
			t.Error("a time was booked at which the reviewer is busy")
		}
		e.nothingKept(t)
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return peer.Disconnect(ctx, tx, w.Scheduler, c.ID) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("disconnected by another: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.Disconnect(ctx, tx, me, c.ID) })
		if got := starts(w, o); !slices.Equal(got, before) {
			t.Errorf("after disconnecting: %d of %d", len(got), len(before))
		}
		if err := e.Fetch(context.Background(), peer.FetchCalendar{CalendarID: c.ID}); err != nil || len(starts(w, o)) != len(before) {
			t.Errorf("a job that comes late: %v", err)
		}
	})
}

// nothingKept fails if the address, or anything of an event but its times, is
// in the database.
func (e *outside) nothingKept(t *testing.T) {
	t.Helper()
	e.w.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, where := range []string{"connected_calendar where address_sealed like $1 or failed like $1 or host like $1", "connected_busy where spans like $1", "job where args like $1", "audit where detail like $1"} {
			for _, word := range []string{"%secret-canary%", "%Canary%"} {
				n, err := db.Count(ctx, tx, `select count(*) from `+where, word)
				if err != nil || n > 0 {
					t.Errorf("%s is in %s (%v)", word, where, err)
				}
			}
		}
		return nil
	})
}

// While a calendar doesn't answer, what it said last holds and its owner reads
// why; what did not change is not read again; what changed is.
func TestACalendarElsewhereThatFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o, e, me := w.Denied(), newOutside(t, w), w.Reviewers[0]
		before := len(starts(w, o))
		e.says("DTSTART:20261124T150000Z\r\nDTEND:20261124T230000Z")
		c, err := e.connect(me, calendarAddress)
		if err != nil {
			t.Fatal(err)
		}
		e.read(t, c)
		less := len(starts(w, o))
		if less >= before {
			t.Fatal("nothing was taken away")
		}
		if now := e.read(t, c); e.tagged.Load() != 1 || now.Blocks != 1 {
			t.Errorf("asked with its tag %d times; %+v", e.tagged.Load(), now)
		}
		e.text.Store(nil)
		if now := e.read(t, c); !strings.Contains(now.Failed, "didn’t answer") || now.Blocks != 1 || len(starts(w, o)) != less {
			t.Errorf("while it is down: %+v", now)
		}
		page := "<html>sign in</html>"
		e.text.Store(&page)
		w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.FetchNow(ctx, tx, me, c.ID) })
		if now := e.read(t, c); !strings.Contains(now.Failed, "isn’t a calendar") || len(starts(w, o)) != less {
			t.Errorf("a page for signing in: %+v", now)
		}
		e.says()
		if now := e.read(t, c); now.Failed != "" || now.Blocks != 0 || len(starts(w, o)) != before {
			t.Errorf("empty again: %+v", now)
		}
	})
}

func TestWhatCanBeConnected(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		e, me := newOutside(t, w), w.Reviewers[0]
		for _, address := range []string{"", "http://calendar.example/a.ics", "https://127.0.0.1/a.ics", "https://localhost/a", "https://169.254.169.254/latest", "https://u:p@calendar.example/", "file:///etc/passwd", "https://" + strings.Repeat("x", 2000)} {
			if _, err := e.connect(me, address); fault.Of(err).Fields["address"] == "" {
				t.Errorf("%q: %v", address, err)
			}
		}
		if _, err := e.connect(w.Maria, calendarAddress); !fault.Is(err, fault.Denied) {
			t.Errorf("by an office: %v", err)
		}
		c, err := e.connect(me, calendarAddress)
		if err != nil {
			t.Fatal(err)
		}
		e.Client.May = nil // as in the program: the name leads to this machine
		if now := e.read(t, c); !strings.Contains(now.Failed, "private network") || e.asked.Load() > 0 {
			t.Errorf("a name that leads within: %+v, asked %d times", now, e.asked.Load())
		}
		for range 2 {
			if _, err := e.connect(me, calendarAddress); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.connect(me, calendarAddress); fault.Of(err).Fields["address"] == "" {
			t.Errorf("a fourth: %v", err)
		}
		later := dbtest.Clock.Add(16 * time.Minute)
		d.Now = func() time.Time { return later }
		for _, want := range []int{6, 6} { // three when they were connected, three a quarter of an hour later, and no more
			w.Do(peer.SweepCalendars)
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				n, err := db.Count(ctx, tx, `select count(*) from job where kind = 'calendar.fetch'`)
				if n != want {
					t.Errorf("%d jobs, want %d", n, want)
				}
				return err
			})
		}
	})
}

func dialAlways(dial func(context.Context, string, string) (net.Conn, error), address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, address) }
}
