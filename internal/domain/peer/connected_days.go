package peer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
)

// A recurrence is a rule by which something takes place again (RFC 5545,
// 3.3.10).
type recurrence struct {
	freq       string
	interval   int
	count      int // 0: without end, or by untilText
	untilText  string
	weekdays   []nthWeekday
	monthDays  []int
	months     []int
	positions  []int
	weekStarts time.Weekday
}

// An nthWeekday is a weekday, of a month the nth from its start, or from its
// end if n is negative; 0 is each.
type nthWeekday struct {
	n   int
	day time.Weekday
}

var weekdayOf = map[string]time.Weekday{"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday}

// readRule reads the parts of a rule. ok is false for what isn't understood:
// rules by the hour, by week or day of the year, and other calendars' years.
func readRule(parts map[string]string) (r recurrence, ok bool) {
	known := []string{"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
	for key := range parts {
		if !slices.Contains(known, key) {
			return r, false
		}
	}
	r = recurrence{freq: parts["FREQ"], interval: 1, untilText: parts["UNTIL"], weekStarts: time.Monday}
	whole := func(key string, into *int) bool {
		if parts[key] == "" {
			return true
		}
		n, err := strconv.Atoi(parts[key])
		*into = n
		return err == nil && n > 0 && n <= 10_000
	}
	if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, r.freq) || !whole("INTERVAL", &r.interval) || !whole("COUNT", &r.count) {
		return r, false
	}
	if day, given := parts["WKST"]; given {
		if r.weekStarts, ok = weekdayOf[day]; !ok {
			return r, false
		}
	}
	if !r.readLists(parts) {
		return r, false
	}
	if r.untilText != "" && r.until(time.UTC) == nil {
		return r, false
	}
	nth := slices.ContainsFunc(r.weekdays, func(w nthWeekday) bool { return w.n != 0 })
	yearly := r.freq == "YEARLY" && len(r.weekdays) > 0 && len(r.months) == 0 // of the year, not of a month
	return r, !yearly && !(nth && (r.freq == "DAILY" || r.freq == "WEEKLY"))
}

func (r *recurrence) readLists(parts map[string]string) (ok bool) {
	if r.monthDays, ok = numbers(parts["BYMONTHDAY"], 31); !ok {
		return false
	}
	if r.months, ok = numbers(parts["BYMONTH"], 12); !ok || slices.ContainsFunc(r.months, func(n int) bool { return n < 0 }) {
		return false
	}
	if r.positions, ok = numbers(parts["BYSETPOS"], 366); !ok {
		return false
	}
	if parts["BYDAY"] == "" {
		return true
	}
	for text := range strings.SplitSeq(parts["BYDAY"], ",") {
		if len(text) < 2 {
			return false
		}
		day, known := weekdayOf[text[len(text)-2:]]
		n, valid := numbers(text[:len(text)-2], 5)
		if !known || !valid {
			return false
		}
		w := nthWeekday{day: day}
		if len(n) == 1 {
			w.n = n[0]
		}
		r.weekdays = append(r.weekdays, w)
	}
	return true
}

// until is the last instant at which r can take place; nil for no end. A day
// without a time ends in the zone of what takes place.
func (r recurrence) until(zone *time.Location) *time.Time {
	text := r.untilText
	if len(text) < 8 {
		return nil
	}
	d, err := civil.ParseDate(text[:4] + "-" + text[4:6] + "-" + text[6:8])
	if err != nil {
		return nil
	}
	minute := civil.DayMinutes - 1
	if len(text) >= 15 && text[8] == 'T' {
		h, hErr := strconv.Atoi(text[9:11])
		m, mErr := strconv.Atoi(text[11:13])
		if hErr != nil || mErr != nil || h > 23 || m > 59 {
			return nil
		}
		minute = h*60 + m
	}
	if strings.HasSuffix(text, "Z") {
		zone = time.UTC
	}
	at := civil.Start(d, minute, zone)
	return &at
}

// days calls take with each day of r from first on that lies between from and
// to, in order, until take says no. first itself is always one of them, as
// calendars show it. Each day that is looked at costs one of budget; when that
// is used up, days ends.
func (r recurrence) days(first, from, to civil.Date, budget *int, take func(civil.Date) bool) {
	n := 0
	give := func(d civil.Date) bool { // false: no more
		n++
		if d.After(to) || r.count > 0 && n > r.count {
			return false
		}
		return d.Before(from) || take(d)
	}
	if !give(first) {
		return
	}
	k := 0
	if r.count == 0 { // what was before can be passed over without being counted
		k = r.skip(first, from)
	}
	for ; *budget > 0; k++ {
		begins := r.period(first, k)
		if begins.After(to) {
			return
		}
		*budget--
		for _, d := range r.inPeriod(first, begins) {
			*budget--
			if d.After(first) && !give(d) {
				return
			}
		}
	}
}

// skip is how many periods lie wholly before from.
func (r recurrence) skip(first, from civil.Date) int {
	days := first.DaysUntil(from)
	long := map[string]int{"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}[r.freq] * r.interval
	return max(0, days/long-1)
}

// period is the day on which the kth period begins.
func (r recurrence) period(first civil.Date, k int) civil.Date {
	switch r.freq {
	case "DAILY":
		return first.AddDays(k * r.interval)
	case "WEEKLY":
		back := (int(first.Weekday()) - int(r.weekStarts) + 7) % 7
		return first.AddDays(-back + 7*k*r.interval)
	case "MONTHLY":
		return civil.Date{Year: first.Year, Month: first.Month, Day: 1}.AddMonths(k * r.interval)
	}
	return civil.Date{Year: first.Year, Month: time.January, Day: 1}.AddMonths(12 * k * r.interval)
}

// inPeriod are the days of r in the period that begins on a day, in order.
func (r recurrence) inPeriod(first, begins civil.Date) (all []civil.Date) {
	switch r.freq {
	case "DAILY":
		if r.allows(begins) {
			all = append(all, begins)
		}
	case "WEEKLY":
		for i := range 7 {
			d := begins.AddDays(i)
			on := d.Weekday() == first.Weekday()
			if len(r.weekdays) > 0 {
				on = r.onWeekday(d)
			}
			if on && r.inMonths(d) {
				all = append(all, d)
			}
		}
	case "MONTHLY":
		if r.inMonths(begins) {
			all = r.inMonth(first, begins)
		}
	default:
		for m := range 12 {
			month := begins.AddMonths(m)
			if len(r.months) == 0 && len(r.monthDays) == 0 && month.Month != first.Month || !r.inMonths(month) {
				continue
			}
			all = append(all, r.inMonth(first, month)...)
		}
	}
	return r.atPositions(all)
}

func (r recurrence) inMonths(d civil.Date) bool {
	return len(r.months) == 0 || slices.Contains(r.months, int(d.Month))
}

// allows is what a rule by the day asks of a day.
func (r recurrence) allows(d civil.Date) bool {
	return r.inMonths(d) && (len(r.weekdays) == 0 || r.onWeekday(d)) && (len(r.monthDays) == 0 || r.onMonthDay(d))
}

// inMonth are the days of r in the month that begins on a day.
func (r recurrence) inMonth(first, begins civil.Date) (all []civil.Date) {
	for d := begins; d.Month == begins.Month; d = d.AddDays(1) {
		switch {
		case len(r.weekdays) == 0 && len(r.monthDays) == 0:
			if d.Day != first.Day {
				continue
			}
		case len(r.weekdays) > 0 && !r.onWeekday(d), len(r.monthDays) > 0 && !r.onMonthDay(d):
			continue
		}
		all = append(all, d)
	}
	return all
}

func (r recurrence) onWeekday(d civil.Date) bool {
	last := daysOf(d)
	return slices.ContainsFunc(r.weekdays, func(w nthWeekday) bool {
		return w.day == d.Weekday() && (w.n == 0 || w.n > 0 && (d.Day-1)/7+1 == w.n || w.n < 0 && (last-d.Day)/7+1 == -w.n)
	})
}

func (r recurrence) onMonthDay(d civil.Date) bool {
	return slices.Contains(r.monthDays, d.Day) || slices.Contains(r.monthDays, d.Day-daysOf(d)-1)
}

// daysOf is how many days the month of d has.
func daysOf(d civil.Date) int {
	begins := civil.Date{Year: d.Year, Month: d.Month, Day: 1}
	return begins.DaysUntil(begins.AddMonths(1))
}

// atPositions keeps the days that a rule picks out of a period's: -1 is the
// last.
func (r recurrence) atPositions(all []civil.Date) []civil.Date {
	if len(r.positions) == 0 {
		return all
	}
	var some []civil.Date
	for i, d := range all {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(all)) {
			some = append(some, d)
		}
	}
	return some
}
