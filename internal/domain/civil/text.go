package civil

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LongDate returns "Tuesday, November 24, 2026".
func LongDate(d Date) string { return d.at().Format("Monday, January 2, 2006") }

// PlainDate is how a letter writes a day: "November 24, 2026".
func PlainDate(d Date) string { return d.at().Format("January 2, 2006") }

var spanishMonths = []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}

// SpanishDate is the same in Spanish: "24 de noviembre de 2026".
func SpanishDate(d Date) string {
	t := d.at()
	return strconv.Itoa(t.Day()) + " de " + spanishMonths[t.Month()-1] + " de " + strconv.Itoa(t.Year())
}

// MediumDate returns "Tue, Nov 24, 2026".
func MediumDate(d Date) string { return d.at().Format("Mon, Jan 2, 2006") }

// ShortDate returns "Tue, Nov 24", with the year if d is not within six
// months of today.
func ShortDate(d, today Date) string {
	if d.Before(today.AddMonths(-6)) || d.After(today.AddMonths(6)) {
		return MediumDate(d)
	}
	return d.at().Format("Mon, Jan 2")
}

// DateRange returns "Nov 24 to Dec 24, 2026", and a single day as "Nov 24,
// 2026".
func DateRange(from, to Date) string {
	const full = "Jan 2, 2006"
	switch {
	case from == to:
		return to.at().Format(full)
	case from.Year != to.Year:
		return from.at().Format(full) + " to " + to.at().Format(full)
	}
	return from.at().Format("Jan 2") + " to " + to.at().Format(full)
}

func (d Date) at() time.Time { return time.Unix(int64(d.days())*86400, 0).UTC() }

// Clock returns "9:30 AM CT".
func Clock(t time.Time, loc *time.Location) string { return bare(t, loc) + " " + ShortZone(loc, t) }

func bare(t time.Time, loc *time.Location) string { return t.In(loc).Format("3:04 PM") }

// MinuteOfDay returns a wall time of no particular day, as weekly hours are
// written: "9:30 AM", and "midnight" for the end of the day.
func MinuteOfDay(minute int) string {
	if minute == DayMinutes {
		return "midnight"
	}
	return bare(time.Unix(int64(minute)*60, 0), time.UTC)
}

// When returns "Tue, Nov 24, 9:30 AM CT", with the year if it is not within
// six months of now.
func When(t time.Time, loc *time.Location, now time.Time) string {
	return ShortDate(DateIn(t, loc), DateIn(now, loc)) + ", " + Clock(t, loc)
}

// NearWhen is When in the words of someone who looks at it now: "Today, 6:00
// PM CT", "Tomorrow, 9:00 AM CT".
func NearWhen(t time.Time, loc *time.Location, now time.Time) string {
	return near(t, loc, now, "Today", "Tomorrow")
}

// NearWithin is NearWhen inside a sentence: "sent today, 6:00 PM CT".
func NearWithin(t time.Time, loc *time.Location, now time.Time) string {
	return near(t, loc, now, "today", "tomorrow")
}

func near(t time.Time, loc *time.Location, now time.Time, today, tomorrow string) string {
	switch DateIn(now, loc).DaysUntil(DateIn(t, loc)) {
	case 0:
		return today + ", " + Clock(t, loc)
	case 1:
		return tomorrow + ", " + Clock(t, loc)
	}
	return When(t, loc, now)
}

// SpanOn is a span with its day, near now without the year: "Tue, Nov 24,
// 9:30 to 10:00 AM CT".
func SpanOn(t0, t1 time.Time, loc *time.Location, now time.Time) string {
	return ShortDate(DateIn(t0, loc), DateIn(now, loc)) + ", " + Span(t0, t1, loc)
}

// Span returns "9:30 to 10:00 AM CT". Where clocks are set back in between,
// each end says its own zone: "1:30 AM CDT to 1:00 AM CST".
func Span(t0, t1 time.Time, loc *time.Location) string {
	z0, z1 := ShortZone(loc, t0), ShortZone(loc, t1)
	if z0 != z1 {
		return bare(t0, loc) + " " + z0 + " to " + bare(t1, loc) + " " + z1
	}
	return SpanBare(t0, t1, loc) + " " + z1
}

// SpanBare is Span without the zone, for a list whose heading names it:
// "9:30 to 10:00 AM", "11:45 AM to 12:15 PM".
func SpanBare(t0, t1 time.Time, loc *time.Location) string {
	from, to := bare(t0, loc), bare(t1, loc)
	if t1.Sub(t0) < 12*time.Hour && from[len(from)-2:] == to[len(to)-2:] {
		from = from[:len(from)-3]
	}
	return from + " to " + to
}

// SpanShort is what stands on one choice in a list of times. It is SpanBare,
// except that a time in an hour that repeats says which showing it is.
func SpanShort(t0, t1 time.Time, loc *time.Location) string {
	if repeated(t0.In(loc)) || repeated(t1.In(loc)) {
		return Span(t0, t1, loc)
	}
	return SpanBare(t0, t1, loc)
}

// Deadline says until when: "Mon, Nov 30, 11:59 PM CT" for the instant at
// which November 30 is over. It never says 12:00 AM, which half of all
// readers take for the wrong midnight.
func Deadline(end time.Time, loc *time.Location, now time.Time) string {
	if end.Equal(Start(DateIn(end, loc), 0, loc)) {
		end = end.Add(-time.Minute)
	}
	return When(end, loc, now)
}

// Left says how long d is in the two units that matter: "7 days", "1 day 4
// h", "3 h 50 min". The sign is the caller's to put in words.
func Left(d time.Duration) string {
	d = max(d, -d)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days >= 3:
		return count(days, "day", "days")
	case days >= 1:
		return both(count(days, "day", "days"), hours, "h")
	case hours >= 1:
		return both(count(hours, "h", "h"), minutes, "min")
	case minutes >= 1:
		return count(minutes, "min", "min")
	}
	return "less than 1 min"
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func both(large string, n int, unit string) string {
	if n == 0 {
		return large
	}
	return strings.Join([]string{large, count(n, unit, unit)}, " ")
}
