package civil

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Falling is when a day comes: on one date, or each year by a rule.
type Falling struct {
	date    Date
	month   time.Month
	day     int          // of the month; 0 for a weekday of it
	near    bool         // the nearest weekday, where that day is on a weekend
	nth     int          // which such weekday of the month: 1 to 4, or last
	weekday time.Weekday // with nth
}

// last is the nth of the last one in a month.
const last = -1

// OnDate falls once.
func OnDate(d Date) Falling { return Falling{date: d} }

// OnWeekday falls each year on the nth such weekday of a month, 1 to 4; any
// other n is the last.
func OnWeekday(n int, day time.Weekday, month time.Month) Falling {
	if n < 1 || n > 4 {
		n = last
	}
	return Falling{month: month, nth: n, weekday: day}
}

// OnDay falls each year on a day of a month; near moves it from a Saturday to
// the Friday before, and from a Sunday to the Monday after.
func OnDay(month time.Month, day int, near bool) Falling {
	return Falling{month: month, day: day, near: near}
}

// IsZero reports whether f never falls.
func (f Falling) IsZero() bool { return f == Falling{} }

// Date is the one date on which f falls, and whether there is only one.
func (f Falling) Date() (Date, bool) { return f.date, !f.date.IsZero() }

// On reports whether f falls on d.
func (f Falling) On(d Date) bool {
	switch {
	case !f.date.IsZero():
		return f.date == d
	case f.nth == last:
		return d.Month == f.month && d.Weekday() == f.weekday && d.AddDays(7).Month != f.month
	case f.nth > 0:
		return d.Month == f.month && d.Weekday() == f.weekday && (d.Day-1)/7+1 == f.nth
	case f.day == 0:
		return false
	case !f.near:
		return f.itself(d)
	}
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		return false
	case time.Friday:
		return f.itself(d) || f.itself(d.AddDays(1))
	case time.Monday:
		return f.itself(d) || f.itself(d.AddDays(-1))
	}
	return f.itself(d)
}

// Moved reports whether f falls on d since its own day is on a weekend.
func (f Falling) Moved(d Date) bool { return f.near && f.On(d) && !f.itself(d) }

func (f Falling) itself(d Date) bool { return d.Month == f.month && d.Day == f.day }

// leapYears is how many years a day may be away: February 29 can be left out
// once in a century.
const leapYears = 8

// Next is the first day from d on which f falls; none if it never does again.
func (f Falling) Next(d Date) Date {
	if one, ok := f.Date(); ok {
		if one.Before(d) {
			return Date{}
		}
		return one
	}
	for range (leapYears + 1) * 366 {
		if f.On(d) {
			return d
		}
		d = d.AddDays(1)
	}
	return Date{}
}

// Compare orders dates before rules, each by when it comes.
func (f Falling) Compare(g Falling) int {
	if !f.date.IsZero() && !g.date.IsZero() {
		return f.date.Compare(g.date)
	}
	year := Date{Year: 2001, Month: time.January, Day: 1} // of no meaning: any will do
	key := func(f Falling) string {
		if !f.date.IsZero() {
			return ""
		}
		return "rule " + f.Next(year).String() + " " + f.String()
	}
	return strings.Compare(key(f), key(g))
}

const nearWords = " or the nearest weekday"

// String is what ParseFalling reads: "2026-11-26", "4th Thursday of November",
// "July 4", "July 4 or the nearest weekday".
func (f Falling) String() string {
	switch {
	case f.IsZero():
		return ""
	case !f.date.IsZero():
		return f.date.String()
	case f.nth == last:
		return "last " + f.weekday.String() + " of " + f.month.String()
	case f.nth > 0:
		return ordinals[f.nth-1] + " " + f.weekday.String() + " of " + f.month.String()
	case f.near:
		return f.month.String() + " " + strconv.Itoa(f.day) + nearWords
	}
	return f.month.String() + " " + strconv.Itoa(f.day)
}

var ordinals = []string{"1st", "2nd", "3rd", "4th"}

// ParseFalling reads a date or a rule, in whatever case it is typed.
func ParseFalling(s string) (Falling, error) {
	s = strings.Join(strings.Fields(s), " ")
	if d, err := ParseDate(s); err == nil {
		return OnDate(d), nil
	}
	if which, month, ok := cutFold(s, " of "); ok {
		return parseWeekday(which, month)
	}
	bare, near := s, false
	for _, end := range []string{nearWords, " or nearest weekday", " observed"} {
		if len(bare) > len(end) && strings.EqualFold(bare[len(bare)-len(end):], end) {
			bare, near = bare[:len(bare)-len(end)], true
		}
	}
	name, number, _ := strings.Cut(strings.TrimSuffix(bare, ","), " ")
	month, known := monthNamed(name)
	day, err := strconv.Atoi(strings.TrimSuffix(number, ","))
	if _, exists := NewDate(2000, month, day); !known || err != nil || !exists { // 2000 has a February 29
		return Falling{}, fmt.Errorf("no date and no rule: %q", s)
	}
	return OnDay(month, day, near), nil
}

func parseWeekday(which, in string) (Falling, error) {
	nth, name, _ := strings.Cut(which, " ")
	month, known := monthNamed(in)
	day := slices.IndexFunc(weekdays, func(d time.Weekday) bool { return strings.EqualFold(d.String(), name) })
	n := slices.IndexFunc(ordinals, func(o string) bool { return strings.EqualFold(o, nth) }) + 1
	if !known || day < 0 || n == 0 && !strings.EqualFold(nth, "last") {
		return Falling{}, fmt.Errorf("no rule: %q", which+" of "+in)
	}
	return OnWeekday(n, weekdays[day], month), nil
}

var weekdays = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

func monthNamed(s string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String(), s) {
			return m, true
		}
	}
	return 0, false
}

func cutFold(s, sep string) (before, after string, found bool) {
	i := strings.Index(strings.ToLower(s), sep)
	if i < 0 || len(strings.ToLower(s)) != len(s) {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
