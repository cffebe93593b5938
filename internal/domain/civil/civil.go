// Package civil is time as an office means it: dates without a time of day,
// wall clocks that jump twice a year, and days on which nobody works.
//
// Everything stored or compared is an instant in UTC. A wall time typed by a
// person or kept in a weekly rule becomes an instant here and nowhere else,
// through [Resolve], [Start] and [End]; an instant becomes words here and
// nowhere else, through [When], [Span] and [Deadline].
package civil

import (
	"cmp"
	"fmt"
	"time"
)

// A Date is a day of the Gregorian calendar, in no particular time zone.
// Dates compare with ==; the zero Date is no day at all.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DayMinutes is the minute at which a day ends: 24:00, never 23:59.
const DayMinutes = 24 * 60

// NewDate returns the day, or false if the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, bool) {
	d := Date{year, month, day}
	if year < 1 || year > 9999 || dateOf(d.days()) != d {
		return Date{}, false
	}
	return d, true
}

// ParseDate reads "2026-11-24".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q is not a date like 2026-11-24", s)
	}
	return DateIn(t, time.UTC), nil
}

// DateIn returns the day that a calendar on the wall in loc shows at t.
func DateIn(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Date{y, m, d}
}

// days counts from 1970-01-01. It works in UTC, whose days all have 24 hours.
func (d Date) days() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(days int) Date {
	return DateIn(time.Unix(int64(days)*86400, 0), time.UTC)
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays returns the day n days after d, or before it if n is negative.
func (d Date) AddDays(n int) Date { return dateOf(d.days() + n) }

// AddMonths returns the same day n months later. Where that month is too
// short it is the month's last day: a month after January 31 is February 28.
func (d Date) AddMonths(n int) Date {
	first := DateIn(time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC), time.UTC)
	last := DateIn(time.Date(first.Year, first.Month+1, 0, 0, 0, 0, 0, time.UTC), time.UTC)
	first.Day = min(d.Day, last.Day)
	return first
}

// Quarter is the first day of d's quarter of the year.
func (d Date) Quarter() Date { return Date{d.Year, (d.Month-1)/3*3 + 1, 1} }

// DaysUntil counts the days from d to other; it is negative if other is
// earlier.
func (d Date) DaysUntil(other Date) int { return other.days() - d.days() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((d.days()+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
}

// Compare returns -1, 0 or 1 as d is before, on or after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Age returns how many years old someone born on d is on a day. Whoever was
// born on February 29 has their birthday on March 1 in a common year.
func (d Date) Age(on Date) int {
	age := on.Year - d.Year
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		age--
	}
	return age
}

// String returns "2026-11-24", and "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	read, err := ParseDate(string(text))
	if err == nil {
		*d = read
	}
	return err
}

// DBValue is what a store writes for d: its text, or nil for no day.
func (d Date) DBValue() any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// Scan reads a column: null, text, or the midnight in UTC that drivers
// return for a date.
func (d *Date) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = DateIn(v, time.UTC)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("a date cannot be read from a %T", column)
}
