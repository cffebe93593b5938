package civil

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/internal/words"
)

func TestDatesAsText(t *testing.T) {
	d, today := date("2026-11-24"), date("2026-11-21")
	for got, want := range map[string]string{
		LongDate(d).String():                                     "Tuesday, November 24, 2026",
		MediumDate(d).String():                                   "Tue, Nov 24, 2026",
		ShortDate(d, today).String():                             "Tue, Nov 24",
		ShortDate(date("2027-05-21"), today).String():            "Fri, May 21",
		ShortDate(date("2027-05-22"), today).String():            "Sat, May 22, 2027",
		ShortDate(date("2026-05-20"), today).String():            "Wed, May 20, 2026",
		DateRange(d, date("2026-12-24")).String():                "Nov 24 to Dec 24, 2026",
		DateRange(d, date("2027-01-05")).String():                "Nov 24, 2026 to Jan 5, 2027",
		DateRange(d, d).String():                                 "Nov 24, 2026",
		MinuteOfDay(570).String():                                "9:30 AM",
		MinuteOfDay(720).String():                                "12:00 PM",
		MinuteOfDay(DayMinutes).String():                         "midnight",
		LongZone(zone(t, "America/Detroit")).String():            "Eastern Time (ET)",
		LongZone(zone(t, "America/Phoenix")).String():            "Arizona Time (MST)",
		LongZone(zone(t, "Asia/Kolkata")).String():               "Asia/Kolkata",
		LongZone(zone(t, "America/Argentina/San_Juan")).String(): "America/Argentina/San Juan",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDatesAndTimesInSpanish(t *testing.T) {
	d, today := date("2026-05-24"), date("2026-11-21")
	central := zone(t, "America/Chicago")
	from := Start(d, 9*60+30, central)
	for _, c := range []struct {
		got  words.Text
		want string
	}{
		{LongDate(d), "domingo, 24 de mayo de 2026"},
		{PlainDate(d), "24 de mayo de 2026"},
		{MediumDate(d), "dom, 24 may 2026"},
		{ShortDate(d, d), "dom, 24 may"},
		{ShortDate(today, today), "sáb, 21 nov"},
		{DayHeading(today), "sábado, 21 nov"},
		{DateRange(d, today), "24 may al 21 nov 2026"},
		{Clock(from, central), "9:30 a. m. CT"},
		{Span(from, from.Add(time.Hour), central), "9:30 a 10:30 a. m. CT"},
		{When(from, central, from), "dom, 24 may, 9:30 a. m. CT"},
		{NearWhen(from, central, from), "Hoy, 9:30 a. m. CT"},
		{MinuteOfDay(DayMinutes), "medianoche"},
		{Left(28 * time.Hour), "1 día 4 h"},
		{Left(72 * time.Hour), "3 días"},
	} {
		if got := c.got.In(words.Spanish); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTimesAsText(t *testing.T) {
	utc := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	central, eastern, arizona := zone(t, "America/Chicago"), zone(t, "America/New_York"), zone(t, "America/Phoenix")
	now := utc("2026-11-21 20:00")
	for _, c := range []struct {
		got  words.Text
		want string
	}{
		{When(utc("2026-11-24 15:30"), central, now), "Tue, Nov 24, 9:30 AM CT"},
		{When(utc("2026-11-24 15:30"), eastern, now), "Tue, Nov 24, 10:30 AM ET"},
		{When(utc("2026-11-24 15:30"), arizona, now), "Tue, Nov 24, 8:30 AM MST"},
		{When(utc("2026-11-24 15:30"), zone(t, "Pacific/Honolulu"), now), "Tue, Nov 24, 5:30 AM HT"},
		{When(utc("2026-11-24 15:30"), zone(t, "Pacific/Guam"), now), "Wed, Nov 25, 1:30 AM ChT"},
		{When(utc("2026-11-24 15:30"), zone(t, "Asia/Kathmandu"), now), "Tue, Nov 24, 9:15 PM UTC+5:45"},
		{When(utc("2026-11-24 15:30"), zone(t, "America/Sao_Paulo"), now), "Tue, Nov 24, 12:30 PM UTC-3"},
		{When(utc("2026-11-24 15:30"), zone(t, "Asia/Kolkata"), now), "Tue, Nov 24, 9:00 PM IST"},
		{When(utc("2027-07-01 17:00"), central, now), "Thu, Jul 1, 2027, 12:00 PM CT"},
		{NearWhen(utc("2026-11-22 00:00"), central, now), "Today, 6:00 PM CT"},
		{NearWhen(utc("2026-11-22 15:00"), central, now), "Tomorrow, 9:00 AM CT"},
		{NearWhen(utc("2026-11-23 15:00"), central, now), "Mon, Nov 23, 9:00 AM CT"},
		{NearWhen(utc("2026-11-20 15:00"), central, now), "Fri, Nov 20, 9:00 AM CT"},

		{Span(utc("2026-11-24 15:30"), utc("2026-11-24 16:00"), central), "9:30 to 10:00 AM CT"},
		{Span(utc("2026-11-24 17:45"), utc("2026-11-24 18:15"), central), "11:45 AM to 12:15 PM CT"},
		{SpanBare(utc("2026-11-24 20:00"), utc("2026-11-24 20:30"), central), "2:00 to 2:30 PM"},
		{SpanBare(utc("2026-11-24 17:30"), utc("2026-11-24 18:00"), central), "11:30 AM to 12:00 PM"},

		// The night clocks are set back, 1:30 AM happens twice.
		{Clock(utc("2026-11-01 06:30"), central), "1:30 AM CDT"},
		{Clock(utc("2026-11-01 07:30"), central), "1:30 AM CST"},
		{Clock(utc("2026-11-01 05:30"), central), "12:30 AM CT"},
		{Clock(utc("2026-11-01 08:00"), central), "2:00 AM CT"},
		{Clock(utc("2026-11-01 08:30"), arizona), "1:30 AM MST"},
		{Span(utc("2026-11-01 06:30"), utc("2026-11-01 07:00"), central), "1:30 AM CDT to 1:00 AM CST"},
		{Span(utc("2026-11-01 07:00"), utc("2026-11-01 07:30"), central), "1:00 to 1:30 AM CST"},
		{SpanShort(utc("2026-11-01 07:00"), utc("2026-11-01 07:30"), central), "1:00 to 1:30 AM CST"},
		{SpanShort(utc("2026-11-01 15:00"), utc("2026-11-01 15:30"), central), "9:00 to 9:30 AM"},

		{Deadline(EndOfDay(date("2026-11-30"), central), central, now), "Mon, Nov 30, 11:59 PM CT"},
		{Deadline(EndOfDay(date("2026-11-30"), eastern), central, now), "Mon, Nov 30, 11:00 PM CT"},
		{Deadline(EndOfDay(date("2026-12-31"), central), central, now), "Thu, Dec 31, 11:59 PM CT"},
		{Deadline(utc("2026-11-24 01:00"), central, now), "Mon, Nov 23, 7:00 PM CT"},
		{Deadline(EndOfDay(date("2026-03-07"), zone(t, "America/Havana")), zone(t, "America/Havana"), now), "Sat, Mar 7, 2026, 11:59 PM CST"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLeft(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		7*day + 5*time.Hour:             "7 days",
		3 * day:                         "3 days",
		2*day + 23*time.Hour:            "2 days 23 h",
		28*time.Hour + 10*time.Minute:   "1 day 4 h",
		day:                             "1 day",
		3*time.Hour + 50*time.Minute:    "3 h 50 min",
		4 * time.Hour:                   "4 h",
		-(2 * time.Hour):                "2 h",
		10*time.Minute + 59*time.Second: "10 min",
		59 * time.Second:                "less than 1 min",
		0:                               "less than 1 min",
	} {
		if got := Left(d); got.String() != want {
			t.Errorf("Left(%v) is %q, want %q", d, got, want)
		}
	}
}

// Whatever the zone and the day, a deadline at the end of a day reads 11:59
// PM of that day and names a zone.
func TestDeadlineIsNeverMidnight(t *testing.T) {
	names := allZones(t)
	rapid.Check(t, func(t *rapid.T) {
		loc, err := Zone(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := date("2025-01-01").AddDays(rapid.IntRange(0, 6*365).Draw(t, "day"))
		text := Deadline(EndOfDay(d, loc), loc, Start(d, 0, loc)).String()
		if want := ShortDate(d, d).String() + ", 11:59 PM "; !strings.HasPrefix(text, want) || len(text) == len(want) {
			t.Fatalf("%v in %v: %q", d, loc, text)
		}
	})
}

func TestZones(t *testing.T) {
	if len(Zones) != 10 {
		t.Errorf("%d zones are offered", len(Zones))
	}
	for _, name := range []string{"", "Local", "Mars/Olympus", "../../etc/passwd", "/etc/localtime"} {
		if _, err := Zone(name); err == nil {
			t.Errorf("%q was taken for a zone", name)
		}
	}
	from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, z := range choiceOf {
		loc, choice := zone(t, name), zone(t, z.Name)
		for at := from; at.Year() < 2028; at = at.Add(12 * time.Hour) {
			_, a := at.In(loc).Zone()
			if _, b := at.In(choice).Zone(); a != b {
				t.Errorf("%s does not keep the clock of %s on %v", name, z.Name, at)
				break
			}
		}
	}
	if z, ok := ChoiceFor("America/Detroit"); !ok || z.Label != "Eastern" {
		t.Errorf("Detroit is offered %v", z)
	}
	if _, ok := ChoiceFor("America/Adak"); ok {
		t.Error("Adak has daylight time and Hawaii has not")
	}
}
