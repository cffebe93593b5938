package e2e

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	golang "github.com/arran4/golang-ical"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A calendar program reads a person's calls at a secret address, without a
// patient in them, for as long as the person wants and may.
func TestACalendarReadsItsOwnersCalls(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[8])
		if err != nil {
			t.Fatal(err)
		}
		nobody := reader{t: t, h: h}
		address := func(who reader) string {
			page := who.get("/calendar-feed").body
			_, rest, _ := strings.Cut(page, "<code>")
			whole, _, _ := strings.Cut(rest, "</code>")
			_, path, _ := strings.Cut(whole, "/calendar/")
			return "/calendar/" + path
		}
		calls := func(path string) int {
			t.Helper()
			a := nobody.get(path)
			if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/calendar") {
				t.Fatalf("%d %s", a.status, a.header.Get("Content-Type"))
			}
			for _, canary := range append(canaries, "Okafor", "555-0131") {
				if strings.Contains(a.body, canary) {
					t.Errorf("the calendar holds %q", canary)
				}
			}
			cal, err := golang.ParseCalendar(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			return len(cal.Events())
		}
		maria, doctor, stranger := h.as(t, w.Maria, "authenticator"), h.as(t, w.Reviewers[0], "authenticator"), h.as(t, w.Stranger, "authenticator")
		for who, want := range map[*reader]int{&maria: 1, &doctor: 1, &stranger: 0} {
			expect(t, who.post("/calendar-feed", url.Values{}), "/calendar-feed")
			if n := calls(address(*who)); n != want {
				t.Errorf("%d calls, want %d", n, want)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.SetLanguage(ctx, tx, w.Maria, words.Spanish)
		})
		if got := nobody.get(address(maria)).body; !strings.Contains(got, "SUMMARY:Llamada entre médicos (orden que termina en ") || !strings.Contains(got, "NAME:Llamadas de ") {
			t.Errorf("who chose Spanish reads %s", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.SetLanguage(ctx, tx, w.Maria, words.English)
		})
		old := address(maria)
		expect(t, maria.post("/calendar-feed", url.Values{}), "/calendar-feed")
		for _, path := range []string{old, "/calendar/nonsense.ics", "/calendar/"} {
			if a := nobody.get(path); a.status != 404 {
				t.Errorf("%s: %d", path, a.status)
			}
		}
		if strings.Contains(h.logs.String(), strings.TrimPrefix(old, "/calendar/")) {
			t.Error("the secret address stands in the log")
		}
		expect(t, maria.post("/p2p/"+c.Number+"/cancel", url.Values{"reason": {"other"}}), "/p2p/"+c.Number)
		if n := calls(address(maria)); n != 0 {
			t.Errorf("%d calls after the cancellation", n)
		}
		expect(t, maria.post("/calendar-feed/stop", url.Values{}), "/calendar-feed")
		mine := address(doctor)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.Disable(ctx, tx, account.Program(), w.Reviewers[0].ID)
		})
		if a := nobody.get(mine); a.status != 404 {
			t.Errorf("a person who was shut out still has a calendar: %d", a.status)
		}
	})
}

func TestThePageOfTheCalendarAddress(t *testing.T) {
	h := still(t, 1)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/p2p")
	d.tab.Click("Calls in your own calendar")
	d.says("It names no patient.")
	d.look("feed-none")
	d.tab.Click("Make a private address")
	d.says("Your private address", "/calendar/")
	d.look("feed")
	d.tab.Click("Stop it")
	d.says("Make a private address", "Calendar of a location")
	d.tab.Click("Make an address for North")
	d.says("Made by Maria Chen")
	d.look("feed-location")
	d.tab.Click("Stop the address of North")
	d.says("Make an address for North")
}

// A location's address shows the calls about its orders to whoever has it, and
// is made, replaced and stopped by who sees all of them.
func TestALocationHasACalendarOfItsOwn(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		o := w.Denied()
		if _, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[8]); err != nil {
			t.Fatal(err)
		}
		var south provider.Location
		var own account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if south, err = provider.SaveLocation(ctx, tx, account.Program(), provider.Location{OrganizationID: w.Office.ID, Name: "South"}); err != nil {
				return err
			}
			own, err = w.Person(ctx, tx, "Otto", "South", w.Office.ID, account.OfficeStaff)
			return err
		})
		maria, nobody := h.as(t, w.Maria, "authenticator"), reader{t: t, h: h}
		addresses := func() (all []string) {
			for _, m := range regexp.MustCompile(`<code>[^<]*(/calendar/[^<]+)</code>`).FindAllStringSubmatch(maria.get("/calendar-feed").body, -1) {
				all = append(all, m[1])
			}
			return all
		}
		for _, id := range []string{w.North.ID, south.ID} {
			expect(t, maria.post("/calendar-feed/places/"+id, url.Values{}), "/calendar-feed")
		}
		both := addresses()
		if len(both) != 2 {
			t.Fatalf("%d addresses", len(both))
		}
		events := 0
		for _, path := range both {
			a := nobody.get(path)
			if a.status != 200 {
				t.Fatalf("%s: %d", path, a.status)
			}
			for _, canary := range append(canaries, "Okafor", "555-0131", "Maria") {
				if strings.Contains(a.body, canary) {
					t.Errorf("the calendar holds %q", canary)
				}
			}
			events += strings.Count(a.body, "BEGIN:VEVENT")
		}
		if events != 1 {
			t.Errorf("%d calls in the calendars of both locations, want the one of North", events)
		}
		for _, who := range []reader{h.as(t, w.Stranger, "authenticator"), h.as(t, w.Scheduler, "authenticator")} {
			for _, path := range []string{"", "/stop"} {
				if a := who.post("/calendar-feed/places/"+w.North.ID+path, url.Values{}); a.status != 404 {
					t.Errorf("a stranger's %q: %d", path, a.status)
				}
			}
		}
		// A colleague stops it, and it is gone at once.
		otto := h.as(t, own, "authenticator")
		expect(t, otto.post("/calendar-feed/places/"+w.North.ID+"/stop", url.Values{}), "/calendar-feed")
		expect(t, otto.post("/calendar-feed/places/"+south.ID, url.Values{}), "/calendar-feed")
		for _, path := range both {
			if a := nobody.get(path); a.status != 404 {
				t.Errorf("%s still answers %d", path, a.status)
			}
		}
		if n := len(addresses()); n != 1 {
			t.Errorf("%d addresses are left", n)
		}
	})
}
