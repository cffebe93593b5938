package civil

import (
	"time"

	"parley/internal/words"
)

// A Calendar says on which days a plan works: Monday to Friday in its zone,
// except its holidays.
type Calendar struct {
	Zone     *time.Location
	Holidays Holidays
}

// Holiday returns what the holiday on d is called, and whether d is one: closed
// all day.
func (c Calendar) Holiday(d Date) (words.Text, bool) {
	h, ok := c.Holidays.On(d)
	if !ok || !h.AllDay() {
		return "", false
	}
	return h.NameOn(d), true
}

// Shut returns the hours in which the plan is closed on d, which else is a day
// of business, and what that is called.
func (c Calendar) Shut(d Date) (Hours, words.Text, bool) {
	h, ok := c.Holidays.On(d)
	if !ok || h.AllDay() {
		return Hours{}, "", false
	}
	return h.Shut, h.NameOn(d), true
}

// IsBusinessDay reports whether the plan works on d, if only for some hours.
func (c Calendar) IsBusinessDay(d Date) bool {
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	_, closed := c.Holiday(d)
	return !closed
}

// NextBusinessDay returns d if the plan works then, else the first day after
// d on which it does.
func (c Calendar) NextBusinessDay(d Date) Date {
	for !c.IsBusinessDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// AddBusinessDays returns the nth business day after d, or before it if n is
// negative. Today is day 0, whether or not anyone works today: one business
// day after a Friday is Monday, and after the Saturday it is Monday too.
func (c Calendar) AddBusinessDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d = d.AddDays(step); c.IsBusinessDay(d) {
			n--
		}
	}
	return d
}

// BusinessDaysUntil counts the business days after from up to and including
// to. It undoes AddBusinessDays, and is 0 unless to is later.
func (c Calendar) BusinessDaysUntil(from, to Date) int {
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if c.IsBusinessDay(d) {
			n++
		}
	}
	return n
}

// Hours are a plan's opening and closing, in minutes of its local day.
type Hours struct{ Open, Close int }

// An opening is a stretch in which a plan is open.
type opening struct{ from, until time.Time }

// openings returns when the plan is open on d: once, or before and after the
// hours of a holiday, or never.
func (c Calendar) openings(d Date, h Hours) (all []opening) {
	if !c.IsBusinessDay(d) {
		return nil
	}
	add := func(from, until int) {
		if o := (opening{Start(d, from, c.Zone), End(d, until, c.Zone)}); from < until && o.from.Before(o.until) {
			all = append(all, o)
		}
	}
	shut, _, ok := c.Shut(d)
	if !ok {
		shut = Hours{h.Close, h.Close}
	}
	add(h.Open, min(shut.Open, h.Close))
	add(max(shut.Close, h.Open), h.Close)
	return all
}

// OpenUntil is when the plan closes next, if it is open at t.
func (c Calendar) OpenUntil(t time.Time, h Hours) (until time.Time, open bool) {
	for _, o := range c.openings(DateIn(t, c.Zone), h) {
		if !t.Before(o.from) && t.Before(o.until) {
			return o.until, true
		}
	}
	return time.Time{}, false
}

// BusinessTime is how long the plan is open between two instants. It is
// elapsed time: a day on which clocks are set back may count an hour more.
func (c Calendar) BusinessTime(from, to time.Time, h Hours) time.Duration {
	var sum time.Duration
	for d, last := DateIn(from, c.Zone), DateIn(to, c.Zone); !d.After(last); d = d.AddDays(1) {
		for _, o := range c.openings(d, h) {
			sum += max(0, earlier(o.until, to).Sub(later(o.from, from)))
		}
	}
	return sum
}

// AddBusinessTime returns when the plan will have been open for d after from.
// It is from itself if d is 0, and the zero time if the plan never opens.
func (c Calendar) AddBusinessTime(from time.Time, d time.Duration, h Hours) time.Time {
	if d <= 0 {
		return from
	}
	if h.Close <= h.Open {
		return time.Time{}
	}
	for day := DateIn(from, c.Zone); ; day = day.AddDays(1) {
		for _, o := range c.openings(day, h) {
			begin := later(o.from, from)
			here := max(0, o.until.Sub(begin))
			if d <= here {
				return begin.Add(d)
			}
			d -= here
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
