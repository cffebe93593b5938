package civil

import (
	"strconv"
	"time"

	"parley/internal/words"
)

// LongDate returns "Tuesday, November 24, 2026".
func LongDate(d Date) words.Text {
	return words.As("long date", "%s, %s %s, %s", DayName(d), longMonths[d.Month-1], d.Day, d.Year)
}

// PlainDate is how a letter writes a day: "November 24, 2026".
func PlainDate(d Date) words.Text {
	return words.As("date in a letter", "%s %s, %s", longMonths[d.Month-1], d.Day, d.Year)
}

// MediumDate returns "Tue, Nov 24, 2026".
func MediumDate(d Date) words.Text {
	return words.As("date", "%s, %s %s, %s", dayOf(d), monthOf(d), d.Day, d.Year)
}

// ShortDate returns "Tue, Nov 24", with the year if d is not within six
// months of today.
func ShortDate(d, today Date) words.Text {
	if d.Before(today.AddMonths(-6)) || d.After(today.AddMonths(6)) {
		return MediumDate(d)
	}
	return words.As("date", "%s, %s %s", dayOf(d), monthOf(d), d.Day)
}

// DayHeading is what stands above the times of a day: "Tuesday, Nov 24".
func DayHeading(d Date) words.Text {
	return words.As("date", "%s, %s %s", DayName(d), monthOf(d), d.Day)
}

// The days and months, long and short.
var (
	longDays    = [...]words.Text{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	shortDays   = [...]words.Text{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	longMonths  = [...]words.Text{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	shortMonths = [...]words.Text{"Jan", "Feb", "Mar", "Apr", words.As("short month", "May"), "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// DayName is the day of the week: "Tuesday".
func DayName(d Date) words.Text { return longDays[d.Weekday()] }

func dayOf(d Date) words.Text   { return shortDays[d.Weekday()] }
func monthOf(d Date) words.Text { return shortMonths[d.Month-1] }

// DateRange returns "Nov 24 to Dec 24, 2026", and a single day as "Nov 24,
// 2026".
func DateRange(from, to Date) words.Text {
	switch {
	case from == to:
		return dayOfYear(to)
	case from.Year != to.Year:
		return words.As("dates", "%s to %s", dayOfYear(from), dayOfYear(to))
	}
	return words.As("dates", "%s to %s", words.As("date", "%s %s", monthOf(from), from.Day), dayOfYear(to))
}

func dayOfYear(d Date) words.Text {
	return words.As("date", "%s %s, %s", monthOf(d), d.Day, d.Year)
}

// Clock returns "9:30 AM CT".
func Clock(t time.Time, loc *time.Location) words.Text { return bare(t, loc) + named(t, loc) }

func named(t time.Time, loc *time.Location) words.Text { return words.AsIs(" " + ShortZone(loc, t)) }

func bare(t time.Time, loc *time.Location) words.Text {
	if t.In(loc).Hour() < 12 {
		return words.Say("%s AM", hands(t, loc))
	}
	return words.Say("%s PM", hands(t, loc))
}

// hands is what a clock shows, which has no morning.
func hands(t time.Time, loc *time.Location) string { return t.In(loc).Format("3:04") }

// MinuteOfDay returns a wall time of no particular day, as weekly hours are
// written: "9:30 AM", and "midnight" for the end of the day.
func MinuteOfDay(minute int) words.Text {
	if minute == DayMinutes {
		return "midnight"
	}
	return bare(time.Unix(int64(minute)*60, 0), time.UTC)
}

// When returns "Tue, Nov 24, 9:30 AM CT", with the year if it is not within
// six months of now.
func When(t time.Time, loc *time.Location, now time.Time) words.Text {
	return words.Say("%s, %s", ShortDate(DateIn(t, loc), DateIn(now, loc)), Clock(t, loc))
}

// NearWhen is When in the words of someone who looks at it now: "Today, 6:00
// PM CT", "Tomorrow, 9:00 AM CT".
func NearWhen(t time.Time, loc *time.Location, now time.Time) words.Text {
	return near(t, loc, now, "Today, %s", "Tomorrow, %s")
}

// NearWithin is NearWhen inside a sentence: "sent today, 6:00 PM CT".
func NearWithin(t time.Time, loc *time.Location, now time.Time) words.Text {
	return near(t, loc, now, "today, %s", "tomorrow, %s")
}

func near(t time.Time, loc *time.Location, now time.Time, today, tomorrow words.Text) words.Text {
	switch DateIn(now, loc).DaysUntil(DateIn(t, loc)) {
	case 0:
		return words.Say(today, Clock(t, loc))
	case 1:
		return words.Say(tomorrow, Clock(t, loc))
	}
	return When(t, loc, now)
}

// SpanOn is a span with its day, near now without the year: "Tue, Nov 24,
// 9:30 to 10:00 AM CT".
func SpanOn(t0, t1 time.Time, loc *time.Location, now time.Time) words.Text {
	return words.Say("%s, %s", ShortDate(DateIn(t0, loc), DateIn(now, loc)), Span(t0, t1, loc))
}

// Span returns "9:30 to 10:00 AM CT". Where clocks are set back in between,
// each end says its own zone: "1:30 AM CDT to 1:00 AM CST".
func Span(t0, t1 time.Time, loc *time.Location) words.Text {
	if ShortZone(loc, t0) != ShortZone(loc, t1) {
		return words.As("times", "%s to %s", Clock(t0, loc), Clock(t1, loc))
	}
	return SpanBare(t0, t1, loc) + named(t1, loc)
}

// SpanBare is Span without the zone, for a list whose heading names it:
// "9:30 to 10:00 AM", "11:45 AM to 12:15 PM".
func SpanBare(t0, t1 time.Time, loc *time.Location) words.Text {
	from := bare(t0, loc)
	if t1.Sub(t0) < 12*time.Hour && t0.In(loc).Hour() < 12 == (t1.In(loc).Hour() < 12) {
		from = words.AsIs(hands(t0, loc))
	}
	return words.As("times", "%s to %s", from, bare(t1, loc))
}

// SpanShort is what stands on one choice in a list of times. It is SpanBare,
// except that a time in an hour that repeats says which showing it is.
func SpanShort(t0, t1 time.Time, loc *time.Location) words.Text {
	if repeated(t0.In(loc)) || repeated(t1.In(loc)) {
		return Span(t0, t1, loc)
	}
	return SpanBare(t0, t1, loc)
}

// Deadline says until when: "Mon, Nov 30, 11:59 PM CT" for the instant at
// which November 30 is over. It never says 12:00 AM, which half of all
// readers take for the wrong midnight.
func Deadline(end time.Time, loc *time.Location, now time.Time) words.Text {
	if end.Equal(Start(DateIn(end, loc), 0, loc)) {
		end = end.Add(-time.Minute)
	}
	return When(end, loc, now)
}

// Left says how long d is in the two units that matter: "7 days", "1 day 4
// h", "3 h 50 min". The sign is the caller's to put in words.
func Left(d time.Duration) words.Text {
	d = max(d, -d)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days >= 3:
		return inDays(days)
	case days >= 1:
		return both(inDays(days), hours, "h")
	case hours >= 1:
		return both(inUnit(hours, "h"), minutes, "min")
	case minutes >= 1:
		return inUnit(minutes, "min")
	}
	return "less than 1 min"
}

func inDays(n int) words.Text {
	if n == 1 {
		return "1 day"
	}
	return words.Say("%s days", n)
}

// inUnit is a number with a unit whose sign is international.
func inUnit(n int, unit string) words.Text { return words.AsIs(strconv.Itoa(n) + " " + unit) }

func both(large words.Text, n int, unit string) words.Text {
	if n == 0 {
		return large
	}
	return words.Say("%s %s", large, inUnit(n, unit))
}
