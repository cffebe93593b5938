package deadline

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// An Amount is a length of time as rules give it: "72 hours", "7 calendar
// days", "3 business days". The zero Amount is none.
type Amount struct {
	N    int
	Unit Unit
}

// A Unit is what an Amount counts.
type Unit string

// Units. Hours are elapsed time. Calendar days end at the wall time at which
// they began, so that a day of 23 hours is a day. Business days end with the
// last of them; business hours count only while the plan is open.
const (
	Hours         Unit = "hours"
	CalendarDays  Unit = "calendar days"
	BusinessDays  Unit = "business days"
	BusinessHours Unit = "business hours"
)

var units = map[string]Unit{
	"hour": Hours, "hours": Hours, "calendar day": CalendarDays, "calendar days": CalendarDays,
	"business day": BusinessDays, "business days": BusinessDays, "business hour": BusinessHours, "business hours": BusinessHours,
}

// String writes an amount as people say it.
func (a Amount) String() string {
	if a.N == 1 {
		return "1 " + strings.TrimSuffix(string(a.Unit), "s")
	}
	return strconv.Itoa(a.N) + " " + string(a.Unit)
}

// Text is an amount for offices.
func (a Amount) Text() words.Text {
	one := a.N == 1
	switch {
	case a.Unit == Hours && one:
		return "1 hour"
	case a.Unit == Hours:
		return words.Say("%s hours", strconv.Itoa(a.N))
	case a.Unit == CalendarDays && one:
		return "1 calendar day"
	case a.Unit == CalendarDays:
		return words.Say("%s calendar days", strconv.Itoa(a.N))
	case a.Unit == BusinessDays && one:
		return "1 business day"
	case a.Unit == BusinessDays:
		return words.Say("%s business days", strconv.Itoa(a.N))
	case one:
		return "1 business hour"
	}
	return words.Say("%s business hours", strconv.Itoa(a.N))
}

// MarshalText writes what UnmarshalText reads.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads "3 business days".
func (a *Amount) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(string(text), " ")
	n, err := strconv.Atoi(number)
	u, known := units[unit]
	if err != nil || !known || n < 1 || n > 1000 {
		return fmt.Errorf("%q is not a time like \"72 hours\", \"7 calendar days\" or \"3 business days\"", text)
	}
	*a = Amount{n, u}
	return nil
}

// after is when an amount that begins at t is over.
func (f Facts) after(t time.Time, a Amount) time.Time {
	zone := f.Calendar.Zone
	switch a.Unit {
	case CalendarDays:
		local := t.In(zone)
		end := civil.End(civil.DateIn(t, zone).AddDays(a.N), local.Hour()*60+local.Minute(), zone)
		return end.Add(time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond()))
	case BusinessDays:
		return civil.EndOfDay(f.Calendar.AddBusinessDays(civil.DateIn(t, zone), a.N), zone)
	case BusinessHours:
		return f.Calendar.AddBusinessTime(t, time.Duration(a.N)*time.Hour, f.Hours)
	}
	return t.Add(time.Duration(a.N) * time.Hour)
}

// shifted is when what was due then is due after a pause, in the unit in which
// the time is counted.
func (f Facts) shifted(due, from, to time.Time, u Unit) time.Time {
	zone := f.Calendar.Zone
	switch u {
	case BusinessDays:
		lost := f.Calendar.BusinessDaysUntil(civil.DateIn(from, zone), civil.DateIn(to, zone))
		last := civil.DateIn(due.Add(-time.Second), zone)
		return civil.EndOfDay(f.Calendar.AddBusinessDays(last, lost), zone)
	case BusinessHours:
		return f.Calendar.AddBusinessTime(due, f.Calendar.BusinessTime(from, to, f.Hours), f.Hours)
	}
	return due.Add(to.Sub(from))
}
