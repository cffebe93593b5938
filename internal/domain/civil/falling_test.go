package civil

import (
	"testing"
	"time"
)

func TestRulesOfTheYear(t *testing.T) {
	for _, c := range []struct{ rule, from, next, as string }{
		{"4th Thursday of November", "2026-11-27", "2027-11-25", ""},
		{"LAST monday of may", "2026-06-01", "2027-05-31", "last Monday of May"},
		{"1st Monday of September", "2026-01-01", "2026-09-07", ""},
		{"July 4", "2026-07-04", "2026-07-04", ""},
		{"July 4 or the nearest weekday", "2026-07-01", "2026-07-03", ""},
		{"july  4, observed", "2027-07-01", "2027-07-05", "July 4 or the nearest weekday"},
		{"January 1 or the nearest weekday", "2027-12-01", "2027-12-31", ""},
		{"February 29", "2026-01-01", "2028-02-29", ""},
		{"February 29", "2097-01-01", "2104-02-29", ""},
		{"2026-11-27", "2026-11-27", "2026-11-27", ""},
		{"2026-11-27", "2026-11-28", "", ""},
	} {
		f, err := ParseFalling(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		if c.as == "" {
			c.as = c.rule
		}
		if f.String() != c.as {
			t.Errorf("%s reads %s", c.rule, f)
		}
		if again, err := ParseFalling(f.String()); err != nil || again != f {
			t.Errorf("%s is read as %s", f, again)
		}
		if next := f.Next(date(c.from)); next.IsZero() != (c.next == "") || c.next != "" && next != date(c.next) {
			t.Errorf("%s from %s: %v, want %s", c.rule, c.from, next, c.next)
		}
	}
	for _, s := range []string{"", "soon", "5th Thursday of November", "4th Day of November", "4th Thursday of Brumaire", "November 31", "November", "Thursday of November", "2026-02-30"} {
		if f, err := ParseFalling(s); err == nil {
			t.Errorf("%q is read as %s", s, f)
		}
	}
}

// A date stands above a rule, and hours leave the rest of a day.
func TestAHolidayOfSomeHours(t *testing.T) {
	half := Hours{12 * 60, 18 * 60}
	c := Calendar{zone(t, "America/Chicago"), Holidays{{Falls: OnDate(date("2026-12-24")), Name: "Half", Shut: half}, {Falls: OnDay(time.December, 24, false), Name: "Whole"}}}
	h := Hours{8 * 60, 20 * 60}
	d := date("2026-12-24")
	at := func(minute int) time.Time { return Start(d, minute, c.Zone) }
	if _, closed := c.Holiday(d); closed || !c.IsBusinessDay(d) || c.IsBusinessDay(date("2027-12-24")) {
		t.Error("half a day isn't a whole one")
	}
	if got := c.BusinessTime(at(0), at(DayMinutes), h); got != 6*time.Hour {
		t.Errorf("open for %v", got)
	}
	if got := c.AddBusinessTime(at(11*60), 2*time.Hour, h); !got.Equal(at(19 * 60)) {
		t.Errorf("two hours from 11 end at %v", got)
	}
	for minute, open := range map[int]int{7 * 60: 0, 9 * 60: 12 * 60, 13 * 60: 0, 18 * 60: 20 * 60, 20 * 60: 0} {
		until, ok := c.OpenUntil(at(minute), h)
		if ok != (open > 0) || ok && !until.Equal(at(open)) {
			t.Errorf("at %d open %v until %v", minute, ok, until)
		}
	}
}
