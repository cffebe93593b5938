package peer

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/domain/civil"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := civil.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func day(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// weekdays are hours on Monday to Friday.
func weekdays(from, until int, loc *time.Location) (all []Weekly) {
	for d := time.Monday; d <= time.Friday; d++ {
		all = append(all, Weekly{Weekday: d, From: from, Until: until, Zone: loc})
	}
	return all
}

func everyDay(from, until int, loc *time.Location) []Weekly {
	return append(weekdays(from, until, loc),
		Weekly{Weekday: time.Saturday, From: from, Until: until, Zone: loc}, Weekly{Weekday: time.Sunday, From: from, Until: until, Zone: loc})
}

func everyone(n int) (s Reviewers) {
	for r := range n {
		s.Add(r)
	}
	return s
}

// wallsOf lists the starts of one reviewer's offers as a clock in loc shows them.
func wallsOf(h Hours, minutes int, from, until time.Time, loc *time.Location) (walls []string) {
	x := NewIndex(NewHorizon(from, until), []Hours{h})
	for _, s := range x.Offers(Query{Minutes: minutes, From: from, Until: until, Tiers: []Reviewers{everyone(1)}}) {
		walls = append(walls, s.At.In(loc).Format("Jan 2 15:04 MST"))
	}
	return walls
}

// Zones and weeks that make trouble, and some that do not.
var (
	zoneNames = []string{"America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles",
		"America/Puerto_Rico", "Asia/Kathmandu", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Pacific/Guam"}
	weeks = []string{"2026-10-29", "2027-03-11", "2026-11-23", "2026-12-22", "2026-09-03", "2026-04-02", "2026-10-01", "2026-07-06"}
)

func drawSpan(t *rapid.T, in Horizon, longest int, label string) Span {
	start := in.From().Add(time.Duration(rapid.IntRange(-100, in.n+100).Draw(t, label)) * Quantum)
	start = start.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, label+" odd minutes")) * time.Minute)
	return Span{start, start.Add(time.Duration(rapid.IntRange(0, longest).Draw(t, label+" minutes")) * time.Minute)}
}

func drawHours(t *rapid.T, in Horizon) (h Hours) {
	loc, err := civil.Zone(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, 8).Draw(t, "stretches") {
		w := Weekly{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), Zone: loc}
		w.From = rapid.IntRange(0, 288).Draw(t, "from") * 5
		w.Until = rapid.SampledFrom([]int{1440, w.From, min(1440, w.From+10), min(1440, w.From+30), min(1440, w.From+480), w.From / 2}).Draw(t, "until")
		if rapid.Bool().Draw(t, "bounded") {
			first := civil.DateIn(in.From(), loc)
			w.ValidFrom = first.AddDays(rapid.IntRange(-2, 3).Draw(t, "valid from"))
			w.ValidUntil = w.ValidFrom.AddDays(rapid.IntRange(0, 5).Draw(t, "valid for"))
		}
		h.Weekly = append(h.Weekly, w)
	}
	if rapid.Bool().Draw(t, "has holidays") {
		h.Holidays = civil.Calendar{Zone: loc, Holidays: civil.Holidays{{Falls: civil.OnDate(civil.DateIn(in.From(), loc).AddDays(rapid.IntRange(-1, 5).Draw(t, "holiday"))), Name: "Holiday"}}}
	}
	for range rapid.IntRange(0, 2).Draw(t, "times off") {
		h.Off = append(h.Off, drawSpan(t, in, 600, "off"))
	}
	if rapid.IntRange(0, 3).Draw(t, "has a full day") == 0 {
		h.Full = append(h.Full, drawSpan(t, in, 1440, "full"))
	}
	for range rapid.IntRange(0, 6).Draw(t, "calls") {
		q := in.first + int64(rapid.IntRange(-20, in.n+20).Draw(t, "claimed"))
		for i := range int64(rapid.SampledFrom([]int{1, 3, 6, 12}).Draw(t, "length")) {
			h.Claimed = append(h.Claimed, q+i)
		}
	}
	h.Before = rapid.SampledFrom([]int{0, 0, 5, 10, 30}).Draw(t, "before")
	h.After = rapid.SampledFrom([]int{0, 0, 5, 15}).Draw(t, "after")
	return h
}

func drawWorld(t *rapid.T) world {
	from := civil.Start(day(rapid.SampledFrom(weeks).Draw(t, "week")), rapid.IntRange(0, 1440).Draw(t, "minute"), time.UTC)
	w := world{horizon: NewHorizon(from, from.Add(time.Duration(rapid.IntRange(0, 7*24).Draw(t, "hours"))*time.Hour))}
	for range rapid.IntRange(1, 4).Draw(t, "reviewers") {
		w.reviewers = append(w.reviewers, drawHours(t, w.horizon))
	}
	return w
}

func drawQuery(t *rapid.T, w world) (q Query) {
	q.Minutes = rapid.SampledFrom([]int{15, 30, 60}).Draw(t, "minutes")
	q.From = w.horizon.From().Add(time.Duration(rapid.IntRange(-600, 3000).Draw(t, "not before")) * time.Minute)
	q.Until = w.horizon.Until().Add(-time.Duration(rapid.IntRange(-600, 3000).Draw(t, "not after")) * time.Minute)
	if rapid.Bool().Draw(t, "plan hours") {
		var spans []Span
		for range 5 {
			spans = append(spans, drawSpan(t, w.horizon, 900, "open"))
		}
		q.Open = SpansOf(spans, w.horizon)
	}
	for range rapid.IntRange(0, 3).Draw(t, "tiers") {
		var s Reviewers
		for r := range w.reviewers {
			if rapid.Bool().Draw(t, "eligible") {
				s.Add(r)
			}
		}
		q.Tiers = append(q.Tiers, s)
	}
	return q
}
