package peer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/infra/ical"
)

// When a calendar of a reviewer's own says they are busy: the rules of RFC
// 5545 as far as calendar programs write them, in days of the civil calendar,
// each of which becomes an instant by itself. So nine o'clock stays nine
// o'clock when clocks change. Every rule costs at most what is left of budget.

// mostSteps is how many days all rules of a calendar may look at.
const mostSteps = 400_000

// mostSpans is how many stretches of busy time a calendar may come to.
const mostSpans = 5_000

// busyIn returns when blocks keep a reviewer busy within a span, joined where
// they touch, by start. Times without a zone are the reviewer's. unread is how
// many blocks could not be read in full: of a rule that isn't understood the
// first time counts alone. What Parley itself put into the calendar is left
// out: it knows when its own calls are.
func busyIn(blocks []ical.Block, in Span, zone *time.Location) (spans []Span, unread int, err error) {
	e := expansion{in: in, zone: zone, budget: mostSteps, instead: map[string][]time.Time{}}
	for _, b := range blocks {
		if b.Instead != nil {
			at, _ := e.instant(*b.Instead)
			e.instead[b.UID] = append(e.instead[b.UID], at)
		}
	}
	for _, b := range blocks {
		if b.Free || strings.HasSuffix(b.UID, ownUID) {
			continue
		}
		if !e.add(b) {
			e.unread++
		}
		if e.budget <= 0 || len(e.found) > mostSpans*4 {
			return nil, e.unread, ical.ErrTooMany
		}
	}
	spans = joined(e.found)
	if len(spans) > mostSpans {
		return nil, e.unread, ical.ErrTooMany
	}
	return spans, e.unread, nil
}

// ownUID ends the UID of what Parley sends to calendars.
const ownUID = "@parley"

// joined are spans by start, those that touch made one.
func joined(all []Span) (some []Span) {
	slices.SortFunc(all, func(a, b Span) int { return a.Start.Compare(b.Start) })
	for _, s := range all {
		if last := len(some) - 1; last >= 0 && !s.Start.After(some[last].End) {
			if s.End.After(some[last].End) {
				some[last].End = s.End
			}
			continue
		}
		some = append(some, s)
	}
	return some
}

type expansion struct {
	in      Span
	zone    *time.Location
	budget  int
	instead map[string][]time.Time
	found   []Span
	unread  int
}

// add finds when b takes place. ok is false if b was read only in part.
func (e *expansion) add(b ical.Block) (ok bool) {
	first, ok := e.day(b.Start)
	if !ok {
		return false
	}
	zone, known := e.zoneOf(b.Start)
	lasts := e.lasts(b, first, zone)
	at := func(d civil.Date) {
		e.take(b, civil.Start(d, b.Start.Second/60, zone).Add(time.Duration(b.Start.Second%60)*time.Second), d, lasts)
	}
	for _, m := range b.Besides {
		if d, real := e.day(m); real {
			start, _ := e.instant(m)
			e.take(b, start, d, lasts)
		}
	}
	if b.Rules == 0 || b.Instead != nil {
		at(first)
		return known
	}
	r, understood := readRule(b.Rule)
	if !understood || b.Rules > 1 {
		at(first)
		return false
	}
	from := civil.DateIn(e.in.Start.Add(-lasts.most()), zone).AddDays(-1)
	until := r.until(zone)
	r.days(first, from, civil.DateIn(e.in.End, zone).AddDays(1), &e.budget, func(d civil.Date) bool {
		start := civil.Start(d, b.Start.Second/60, zone)
		if until != nil && start.After(*until) {
			return false
		}
		at(d)
		return true
	})
	return known
}

// A lasting is how long something takes: whole days, or an exact time.
type lasting struct {
	days  int
	exact time.Duration
	zone  *time.Location
}

func (l lasting) end(start time.Time, d civil.Date) time.Time {
	if l.days > 0 {
		return civil.Start(d.AddDays(l.days), 0, l.zone)
	}
	return start.Add(l.exact)
}

func (l lasting) most() time.Duration { return l.exact + time.Duration(l.days)*25*time.Hour }

func (e *expansion) lasts(b ical.Block, first civil.Date, zone *time.Location) lasting {
	switch {
	case b.Start.AllDay && b.End != nil:
		if last, ok := e.day(*b.End); ok {
			return lasting{days: max(1, first.DaysUntil(last)), zone: zone}
		}
		return lasting{days: 1, zone: zone}
	case b.Start.AllDay:
		return lasting{days: max(1, int(b.Length/(24*time.Hour))), zone: zone}
	case b.End != nil:
		start, _ := e.instant(b.Start)
		end, _ := e.instant(*b.End)
		return lasting{exact: max(0, end.Sub(start))}
	}
	return lasting{exact: b.Length}
}

// take keeps one time of b, unless it was taken out or stands elsewhere.
func (e *expansion) take(b ical.Block, start time.Time, d civil.Date, l lasting) {
	e.budget--
	for _, m := range b.Except {
		if except, ok := e.instant(m); ok && except.Equal(start) {
			return
		}
		if day, ok := e.day(m); ok && m.AllDay && day == d {
			return
		}
		e.budget--
	}
	if b.Instead == nil && slices.ContainsFunc(e.instead[b.UID], start.Equal) {
		return
	}
	s := Span{start, l.end(start, d)}
	if s.Start.Before(s.End) && s.Start.Before(e.in.End) && s.End.After(e.in.Start) {
		e.found = append(e.found, s)
	}
}

func (e *expansion) day(m ical.Moment) (civil.Date, bool) {
	return civil.NewDate(m.Year, time.Month(m.Month), m.Day)
}

func (e *expansion) instant(m ical.Moment) (time.Time, bool) {
	d, ok := e.day(m)
	if !ok {
		return time.Time{}, false
	}
	zone, _ := e.zoneOf(m)
	return civil.Start(d, m.Second/60, zone).Add(time.Duration(m.Second%60) * time.Second), true
}

// zoneOf is the zone of a moment; known is false where its name says nothing
// here, and the reviewer's own has to do.
func (e *expansion) zoneOf(m ical.Moment) (zone *time.Location, known bool) {
	switch {
	case m.UTC:
		return time.UTC, true
	case m.Zone == "" || m.AllDay:
		return e.zone, true
	}
	name := m.Zone
	if iana, ok := otherNames[name]; ok {
		name = iana
	}
	if zone, err := civil.Zone(name); err == nil {
		return zone, true
	}
	parts := strings.Split(name, "/") // "/citadel.org/20190914_1/America/New_York"
	for i := 1; i < len(parts); i++ {
		if zone, err := civil.Zone(strings.Join(parts[i:], "/")); err == nil {
			return zone, true
		}
	}
	return e.zone, false
}

// otherNames are zones of North America and a few others as Windows calls them
// (Unicode CLDR, windowsZones.xml), for Outlook writes those.
var otherNames = map[string]string{
	"Eastern Standard Time": "America/New_York", "US Eastern Standard Time": "America/Indiana/Indianapolis", "Central Standard Time": "America/Chicago",
	"Mountain Standard Time": "America/Denver", "US Mountain Standard Time": "America/Phoenix", "Pacific Standard Time": "America/Los_Angeles",
	"Alaskan Standard Time": "America/Anchorage", "Hawaiian Standard Time": "Pacific/Honolulu", "Aleutian Standard Time": "America/Adak", "Atlantic Standard Time": "America/Halifax",
	"SA Western Standard Time": "America/La_Paz", "West Pacific Standard Time": "Pacific/Port_Moresby", "GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik",
	"W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris", "Central European Standard Time": "Europe/Warsaw", "India Standard Time": "Asia/Kolkata",
	"Eastern Time (US & Canada)": "America/New_York", "Central Time (US & Canada)": "America/Chicago", "Mountain Time (US & Canada)": "America/Denver", "Pacific Time (US & Canada)": "America/Los_Angeles",
	"Coordinated Universal Time": "UTC", "GMT": "UTC",
}

// numbers reads "1,-1"; ok is false if one is 0, not a number, or farther from
// 0 than most.
func numbers(text string, most int) (all []int, ok bool) {
	if text == "" {
		return nil, true
	}
	for one := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimPrefix(one, "+"))
		if err != nil || n == 0 || n > most || n < -most {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}
