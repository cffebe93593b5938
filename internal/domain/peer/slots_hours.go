package peer

import (
	"time"

	"parley/internal/domain/civil"
)

// Hours are all that decides when a reviewer is free.
type Hours struct {
	Weekly   []Weekly
	Holidays civil.Calendar // closed from midnight to midnight in the calendar's zone; its weekends are not looked at
	Off      []Span         // time off

	// Claimed are the quanta taken by calls and by holds that have not
	// expired. Before and After are minutes to keep free around each call, so
	// that between two there is the longer of both; they may lie outside the
	// reviewer's hours.
	Claimed       []int64
	Before, After int

	// Full are spans in which no further call may start, such as a day that
	// has as many calls as the reviewer takes.
	Full []Span
}

// Weekly is a stretch of each week in which a reviewer works. It is kept as
// the wall time it was meant as; what instants that is, each date decides.
// One that runs past midnight is two.
type Weekly struct {
	Weekday     time.Weekday
	From, Until int // minutes of the day, 0 to civil.DayMinutes; nothing unless Until is later
	Zone        *time.Location
	ValidFrom   civil.Date // the first day on which it holds; no day for ever since
	ValidUntil  civil.Date // the last
}

// holds reports whether w is in force on a day.
func (w Weekly) holds(d civil.Date) bool {
	return !d.Before(w.ValidFrom) && (w.ValidUntil.IsZero() || !d.After(w.ValidUntil))
}

// Free returns the quanta of in in which a reviewer could be in a call.
func Free(h Hours, in Horizon) Bits { return h.free(almanac{in: in}) }

func (h Hours) free(al almanac) Bits {
	b := newBits(al.in)
	for _, w := range h.Weekly {
		if w.From < 0 || w.Until > civil.DayMinutes || w.Until <= w.From {
			continue
		}
		for _, s := range al.stretches(w) {
			if w.holds(s.date) {
				b.fill(s.first, s.end, true)
			}
		}
	}
	h.clear(b, al)
	return b
}

// clear takes away what stands above the weekly hours.
func (h Hours) clear(b Bits, al almanac) {
	if len(h.Holidays.Holidays) > 0 {
		for _, d := range al.days(h.Holidays.Zone) {
			if _, closed := h.Holidays.Holiday(d.date); closed {
				b.clearTouching(d.span(0, civil.DayMinutes, h.Holidays.Zone), al.in)
			}
		}
	}
	for _, s := range h.Off {
		b.clearTouching(s, al.in)
	}
	gap := ceilDiv(int64(max(h.Before, h.After, 0)), int64(Quantum/time.Minute))
	for i := 0; i < len(h.Claimed); {
		first, last := h.Claimed[i], h.Claimed[i]
		for i++; i < len(h.Claimed) && h.Claimed[i] == last+1; i++ { // a call's quanta lie together
			last++
		}
		b.fill(al.in.index(first-gap), al.in.index(last+gap+1), false)
	}
}

// An almanac knows the days of a horizon in every zone it was asked about.
// Most reviewers share a few zones, and most days in them are even, so most
// of what a wall time is need not be looked up a thousand times.
type almanac struct {
	in     Horizon
	zones  map[*time.Location][]localDay // nil remembers nothing
	weekly map[stretchOf][]stretch
}

// A stretch is from when until when some weekly hours are on one date, in
// quanta of the horizon.
type stretch struct {
	date       civil.Date
	first, end int
}

// stretchOf is what stretches depend on.
type stretchOf struct {
	zone        *time.Location
	weekday     time.Weekday
	from, until int
}

// stretches are those of w, whether or not it is in force. Many reviewers work
// the same hours.
func (al almanac) stretches(w Weekly) []stretch {
	of := stretchOf{w.Zone, w.Weekday, w.From, w.Until}
	if known, ok := al.weekly[of]; ok {
		return known
	}
	var all []stretch
	for _, d := range al.days(w.Zone) {
		if d.weekday == w.Weekday {
			s := d.span(w.From, w.Until, w.Zone)
			all = append(all, stretch{d.date, al.in.index(ceilDiv(ceilUnix(s.Start), quantumSec)), al.in.index(floorDiv(s.End.Unix(), quantumSec))})
		}
	}
	if al.weekly != nil {
		al.weekly[of] = all
	}
	return all
}

// A localDay is one date in a zone. It is even if the clock runs through it
// without being set.
type localDay struct {
	date    civil.Date
	weekday time.Weekday
	start   time.Time
	even    bool
}

func (al almanac) days(zone *time.Location) []localDay {
	if known, ok := al.zones[zone]; ok {
		return known
	}
	var all []localDay
	for d, last := civil.DateIn(al.in.From(), zone), civil.DateIn(al.in.Until(), zone); !d.After(last); d = d.AddDays(1) {
		start, end := civil.Start(d, 0, zone), civil.EndOfDay(d, zone)
		_, changes := start.In(zone).ZoneBounds()
		even := (changes.IsZero() || !changes.Before(end)) && end.Sub(start) == 24*time.Hour
		all = append(all, localDay{d, d.Weekday(), start, even})
	}
	if al.zones != nil {
		al.zones[zone] = all
	}
	return all
}

// span returns the instants from one minute of the day until another. The
// hour that is skipped in spring shortens it; the hour that repeats in fall
// counts twice.
func (d localDay) span(from, until int, zone *time.Location) Span {
	if d.even {
		return Span{d.start.Add(time.Duration(from) * time.Minute), d.start.Add(time.Duration(until) * time.Minute)}
	}
	return Span{civil.Start(d.date, from, zone), civil.End(d.date, until, zone)}
}
