package e2e

import (
	"context"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func key(body string) string { return first(body, `name="_key" value="([^"]+)"`) }

// held takes Maria up to the page where a call is confirmed.
func held(t *testing.T, h *house, maria reader, o order.Order, slot string) string {
	t.Helper()
	expect(t, maria.post("/orders/"+o.Number+"/p2p/time", url.Values{"slot": {slot}, "tz": {"America/Chicago"}}), "/people")
	expect(t, maria.post("/orders/"+o.Number+"/p2p/people", url.Values{"speaker": {"ordering"}, "phone": {"555-555-0131"}, "instructions": {"Press 4"}}), "/review")
	return key(maria.get("/orders/" + o.Number + "/p2p/review").body)
}

// ASVS 2.3.3: the same form sent twice does one thing, and gets one answer,
// also when both arrive at once; with other words in it, it is refused.
func TestASVS_2_3_3_TheSameFormTwiceIsOneCall(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied()
		maria := h.as(t, h.world.Maria, "authenticator")
		slots := slotsOn(t, maria.get("/orders/"+o.Number+"/p2p/time"))
		k := held(t, h, maria, o, slots[8])
		var wg sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			wg.Go(func() { answers[i] = maria.post("/orders/"+o.Number+"/p2p/review", url.Values{"_key": {k}}) })
		}
		wg.Wait()
		for _, a := range answers {
			if a.status != 303 || a.to != answers[0].to {
				t.Errorf("%d to %s, the first went to %s", a.status, a.to, answers[0].to)
			}
		}
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from call`)
			if n != 1 {
				t.Errorf("%d calls", n)
			}
			return err
		})
		other := maria.post("/orders/"+o.Number+"/p2p/review", url.Values{"_key": {k}, "x": {"y"}})
		if other.status != 422 || !strings.Contains(other.body, "already sent") {
			t.Errorf("another body: %d", other.status)
		}
	})
}

// A time that was taken meanwhile: the second person sees the closest times,
// the first of them chosen, and what they typed is kept.
func TestALostRaceKeepsWhatWasTyped(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		mine, theirs := h.world.Denied(), h.world.Denied()
		maria := h.as(t, h.world.Maria, "authenticator")
		slot := slotsOn(t, maria.get("/orders/"+mine.Number+"/p2p/time"))[8]
		held(t, h, maria, mine, slot)
		// The hold ends, and a colleague takes the time.
		h.DB.Now = func() time.Time { return dbtest.Clock.Add(6 * time.Minute) }
		held(t, h, maria, theirs, slot)
		expect(t, maria.post("/orders/"+theirs.Number+"/p2p/review", url.Values{}), "/confirmed")
		lost := maria.post("/orders/"+mine.Number+"/p2p/review", url.Values{})
		if lost.status != 409 || !strings.Contains(lost.body, "just taken") || !strings.Contains(lost.body, "The closest are") {
			t.Fatalf("%d\n%s", lost.status, text(lost.body))
		}
		next := first(lost.body, `id="(s_[^"]+)"[^>]* checked`)
		if next == "" || next == slot {
			t.Fatalf("no other time is chosen: %q", next)
		}
		if a := maria.post("/orders/"+mine.Number+"/p2p/time", url.Values{"slot": {next}, "tz": {"America/Chicago"}}); a.status != 303 {
			t.Fatalf("%d", a.status)
		}
		if page := maria.get("/orders/" + mine.Number + "/p2p/people"); !strings.Contains(page.body, "Press 4") {
			t.Error("what was typed is lost")
		}
		expect(t, maria.post("/orders/"+mine.Number+"/p2p/review", url.Values{}), "/confirmed")
	})
}

// Each kind of bad input has its answer: a sentence at the field, or a page.
func TestBadInput(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied()
		maria := h.as(t, h.world.Maria, "authenticator")
		doctor := h.as(t, h.world.Reviewers[0], "authenticator")
		p2p := "/orders/" + o.Number + "/p2p"
		for name, c := range map[string]struct {
			by     reader
			path   string
			form   url.Values
			status int
			says   string
		}{
			"no time":                 {maria, p2p + "/time", url.Values{}, 422, "Select a time"},
			"no time of ours":         {maria, p2p + "/time", url.Values{"slot": {"s_zz_99"}}, 422, "Select one of the times"},
			"a time in the past":      {maria, p2p + "/time", url.Values{"slot": {"s_1_30"}, "tz": {"America/Chicago"}}, 409, "just taken"},
			"no zone of this world":   {maria, p2p + "/time", url.Values{"slot": {"s_1_30"}, "tz": {"Mars/Olympus"}}, 422, "Select your time zone"},
			"10 MB in a field":        {maria, p2p + "/note", url.Values{"note": {strings.Repeat("x", 10<<20)}}, 413, "larger than 1 MB"},
			"a long note":             {maria, p2p + "/note", url.Values{"note": {strings.Repeat("é", 501)}, "note_phone": {"555"}}, 422, "500 characters or less"},
			"an order that is not":    {maria, "/orders/0000000000/p2p/time", url.Values{"slot": {"s_1_30"}}, 404, "find that order"},
			"a call that is not":      {maria, "/p2p/0000000000/cancel", url.Values{"reason": {"other"}}, 404, "find that call"},
			"a search that is a book": {maria, "/orders/search", url.Values{"q": {strings.Repeat("x", 300)}}, 422, "200 characters or less"},
			"a view without a name":   {maria, "/orders/views", url.Values{"query": {"status=Denied"}}, 422, "Enter a name for the view"},
			"hours without a day":     {doctor, "/review/calendar/hours", url.Values{"start": {"9"}, "end": {"x"}}, 422, "Select a day"},
			"hours that end first":    {doctor, "/review/calendar/hours", url.Values{"weekday": {"6"}, "start": {"9 AM"}, "end": {"8 AM"}}, 422, "End time must be after start time"},
			"hours that overlap":      {doctor, "/review/calendar/hours", url.Values{"weekday": {"1"}, "start": {"8 AM"}, "end": {"10 AM"}}, 422, "This overlaps"},
			"a day that is not":       {doctor, "/review/calendar/off", url.Values{"from_day": {"2026-02-30"}, "to_day": {"2026-03-01"}}, 422, "must be a real date"},
			"a time that clocks skip": {doctor, "/review/calendar/off", url.Values{"from_day": {"2027-03-14"}, "from_time": {"2:30 AM"}, "to_day": {"2027-03-14"}}, 422, "Clocks skip this time"},
			"a determination of dust": {doctor, "/review/cases/" + o.Number + "/decide", url.Values{"version": {strconv.Itoa(o.Version)}}, 422, "Select what led to deciding again"},
			"NUL and broken UTF-8":    {maria, p2p + "/note", url.Values{"note": {"a\x00b\xff"}, "note_phone": {"555-555-0100\x00"}}, 303, ""},
		} {
			a := c.by.post(c.path, c.form)
			if a.status != c.status || !strings.Contains(text(a.body), c.says) {
				t.Errorf("%s: %d, want %d with %q\n%s", name, a.status, c.status, c.says, cutTo(text(a.body), 600))
			}
			if a.status == 422 && !strings.Contains(a.body, "<title>Error: ") {
				t.Errorf("%s: the title does not begin with Error", name)
			}
		}
		if f := h.faults(); f != "" {
			t.Errorf("bad input was taken for a fault of ours:\n%s", f)
		}
	})
}

func cutTo(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// No member's data in the log, in an address, in a title, or in a mail,
// whatever people do. (ASVS 14.2.1, 16.2.5)
func TestASVS_16_2_5_CanariesStayInside(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied()
		maria := h.as(t, h.world.Maria, "authenticator")
		found := maria.post("/orders/search", url.Values{"q": {"Canarywell 04/28/1986"}})
		list := maria.get(found.to)
		if found.status != 303 || !strings.Contains(list.body, order.Spaced(o.Number)) {
			t.Fatalf("%d %s", found.status, found.to)
		}
		maria.get("/orders?q=Canarywell") // as a script may ask
		maria.get("/orders/nonsense/Canarywell")
		k := held(t, h, maria, o, slotsOn(t, maria.get("/orders/"+o.Number+"/p2p/time"))[8])
		booked := maria.post("/orders/"+o.Number+"/p2p/review", url.Values{"_key": {k}})
		call := maria.get(booked.to)
		h.drain(t)
		titles := regexp.MustCompile(`<title>[^<]*</title>`)
		outside := h.logs.String() + found.to + booked.to + titles.FindString(list.body) + titles.FindString(call.body)
		for _, m := range h.mail.All() {
			outside += m.Subject + m.Text + m.HTML
			if m.Calendar != nil {
				outside += string(m.Calendar.Body)
			}
		}
		if len(h.mail.All()) == 0 {
			t.Error("no mail was sent")
		}
		for _, c := range canaries {
			if strings.Contains(outside, c) {
				t.Errorf("%q got outside", c)
			}
		}
	})
}

// Thanksgiving is closed, the horizon is ten business days, and readers in
// Arizona and Hawaii see the same instants under their own walls.
func TestTheWeekOfThanksgiving(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied() // Monday, November 23, 2026, 9:00 AM in Chicago
		all := h.world.Slots(h.world.Maria, o, nil)
		days := map[string]int{}
		for _, s := range all {
			days[civil.DateIn(s.Start, h.world.Zone()).String()]++
		}
		if days["2026-11-26"] != 0 || days["2026-11-28"] != 0 || days["2026-11-27"] == 0 {
			t.Errorf("Thanksgiving %d, Saturday %d, Friday %d times", days["2026-11-26"], days["2026-11-28"], days["2026-11-27"])
		}
		if days["2026-12-08"] == 0 || days["2026-12-09"] != 0 {
			t.Errorf("the tenth business day is December 8: %d times, the day after %d", days["2026-12-08"], days["2026-12-09"])
		}
		maria := h.as(t, h.world.Maria, "authenticator")
		for zone, says := range map[string]string{"America/Phoenix": "Arizona", "Pacific/Honolulu": "Hawaii", "America/Chicago": "Central"} {
			page := maria.get("/orders/" + o.Number + "/p2p/time?all=yes&tz=" + url.QueryEscape(zone))
			if n := len(slotsOn(t, page)); n != len(all) || !strings.Contains(page.body, says) {
				t.Errorf("%s: %d times, want %d", zone, n, len(all))
			}
			if !strings.Contains(page.body, "Closed – Thanksgiving") {
				t.Errorf("%s: nothing is said of Thanksgiving", zone)
			}
		}
	})
}

// Over the end of the year and over a change of clocks the hours stay those
// of the wall.
func TestHoursStayOnTheWall(t *testing.T) {
	for name, now := range map[string]time.Time{
		"year's end":           time.Date(2026, 12, 28, 15, 0, 0, 0, time.UTC),
		"daylight time begins": time.Date(2027, 3, 10, 15, 0, 0, 0, time.UTC),
		"daylight time ends":   time.Date(2027, 11, 3, 15, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, "", false)
			h.DB.Now = func() time.Time { return now }
			h.world = newWorld(t, h)
			o := h.world.Denied()
			for _, s := range h.world.Slots(h.world.Maria, o, nil) {
				local := s.Start.In(h.world.Zone())
				end := s.End().In(h.world.Zone())
				if local.Hour() < 9 || end.Hour() > 17 || end.Hour() == 17 && end.Minute() > 0 {
					t.Errorf("%v is outside 9 to 5", local)
				}
				switch civil.DateIn(s.Start, h.world.Zone()).String() {
				case "2027-01-01", "2027-03-13", "2027-03-14", "2027-11-11":
					t.Errorf("%v is on a day without business", local)
				}
			}
		})
	}
}
