package civil

import (
	"strings"
	"time"
)

// A Kind says how a wall time meets the zone's clock.
type Kind int

const (
	Plain   Kind = iota // the clock shows the wall time once
	Gap                 // never: the clock jumps over it
	Overlap             // twice: the clock is set back and shows it again
)

// reach is farther than any zone has ever been from UTC (15 h 56 min).
const reach = 16 * 3600

// Resolve returns the instants at which a clock in loc shows the minute of
// the day d; minute 1440 is the midnight that ends d. A plain wall time has
// one instant, in lo and hi. In a gap both are the instant of the jump. In an
// overlap lo is the first showing and hi the last.
//
// time.Date must not be asked instead: for a wall time in a gap it answers,
// depending on the zone, an instant before the jump, for midnight gaps even
// one on the day before.
func Resolve(d Date, minute int, loc *time.Location) (lo, hi time.Time, kind Kind) {
	wall := int64(d.days())*86400 + int64(minute)*60
	shown := 0
	for at := wall - reach; ; {
		t := time.Unix(at, 0).In(loc)
		_, offset := t.Zone()
		from, until := t.ZoneBounds()
		exact := wall - int64(offset)
		switch {
		case !from.IsZero() && exact < from.Unix():
			if shown == 0 { // past it already, and never shown
				return from.UTC(), from.UTC(), Gap
			}
		case until.IsZero() || exact < until.Unix():
			hi = time.Unix(exact, 0).UTC()
			if shown++; shown == 1 {
				lo = hi
			}
		}
		if until.IsZero() || until.Unix() > wall+reach {
			break
		}
		at = until.Unix()
	}
	if shown > 1 {
		return lo, hi, Overlap
	}
	return lo, hi, Plain
}

// Start returns when a window that opens at the minute of d begins: after
// the jump if the wall time is skipped, at the first showing if it repeats.
func Start(d Date, minute int, loc *time.Location) time.Time {
	lo, _, _ := Resolve(d, minute, loc)
	return lo
}

// End returns when a window that closes at the minute of d ends, the instant
// itself no longer included: at the jump if the wall time is skipped, at the
// last showing if it repeats, because the repeated hour is worked too. A
// window that closes at 1440 ends with the day: the next day's midnight may
// be shown twice, and both showings are the next day's.
func End(d Date, minute int, loc *time.Location) time.Time {
	lo, hi, _ := Resolve(d, minute, loc)
	if minute == DayMinutes {
		return lo
	}
	return hi
}

// EndOfDay returns the instant at which d is over, which is the start of the
// day after. People call it 11:59 PM: see [Deadline].
func EndOfDay(d Date, loc *time.Location) time.Time { return Start(d, DayMinutes, loc) }

// ParseMinute reads a time of day as people write it, in minutes of the day: 9,
// 9:00, 9 am, 9:00 AM, 14:30, noon, midnight.
func ParseMinute(s string) (int, bool) {
	s = strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(s), " ", ""), ".", ""))
	switch s {
	case "MIDNIGHT":
		return 0, true
	case "NOON":
		return DayMinutes / 2, true
	}
	for _, layout := range []string{"3:04PM", "3PM", "15:04", "15"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	return 0, false
}
