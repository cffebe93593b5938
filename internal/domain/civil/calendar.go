package civil

import (
	"time"

	"github.com/rickar/cal/v2/us"
)

// A Calendar says on which days a plan works: Monday to Friday in its zone,
// except its holidays.
type Calendar struct {
	Zone     *time.Location
	Holidays map[Date]string // day to what it is called: "Thanksgiving"
}

// Holiday returns what the holiday on d is called, and whether d is one.
func (c Calendar) Holiday(d Date) (string, bool) {
	name, ok := c.Holidays[d]
	return name, ok
}

// IsBusinessDay reports whether the plan works on d.
func (c Calendar) IsBusinessDay(d Date) bool {
	_, closed := c.Holidays[d]
	return !closed && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
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

// window returns when the plan is open on d; on other days it opens and
// closes at once.
func (c Calendar) window(d Date, h Hours) (open, closed time.Time) {
	open = Start(d, h.Open, c.Zone)
	if closed = End(d, h.Close, c.Zone); !c.IsBusinessDay(d) || closed.Before(open) {
		closed = open
	}
	return open, closed
}

// BusinessTime is how long the plan is open between two instants. It is
// elapsed time: a day on which clocks are set back may count an hour more.
func (c Calendar) BusinessTime(from, to time.Time, h Hours) time.Duration {
	var sum time.Duration
	for d, last := DateIn(from, c.Zone), DateIn(to, c.Zone); !d.After(last); d = d.AddDays(1) {
		open, closed := c.window(d, h)
		open, closed = later(open, from), earlier(closed, to)
		sum += max(0, closed.Sub(open))
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
		open, closed := c.window(day, h)
		open = later(open, from)
		here := max(0, closed.Sub(open))
		if d <= here {
			return open.Add(d)
		}
		d -= here
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

// USFederal returns the federal holidays from one day to another, both
// included, on the days they are observed: a holiday on a Saturday is
// observed the Friday before, one on a Sunday the Monday after. So New Year's
// Day 2028 is found on December 31, 2027. It seeds a plan's own table.
func USFederal(from, to Date) map[Date]string {
	found := map[Date]string{}
	for year := from.Year; year <= to.Year+1; year++ { // the next year's first holiday may fall in this one
		for _, h := range us.Holidays {
			actual, observed := h.Calc(year)
			d := DateIn(observed, observed.Location())
			if observed.IsZero() || d.Before(from) || d.After(to) {
				continue
			}
			found[d] = holidayName(h.Name)
			if !actual.Equal(observed) {
				found[d] += " (observed)"
			}
		}
	}
	return found
}

// holidayName says what people say; the library has the statute's words.
func holidayName(name string) string {
	if name == "Thanksgiving Day" {
		return "Thanksgiving"
	}
	return name
}
