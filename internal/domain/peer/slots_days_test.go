package peer

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/internal/domain/civil"
)

// offersOn lists the starts that one reviewer with these hours has on a day
// of loc.
func offersOn(h Hours, minutes int, on string, loc *time.Location) string {
	d := day(on)
	walls := wallsOf(h, minutes, civil.Start(d, 0, loc), civil.EndOfDay(d, loc), loc)
	for i := range walls {
		walls[i] = walls[i][strings.LastIndexByte(walls[i][:len(walls[i])-4], ' ')+1:]
	}
	return strings.Join(walls, ", ")
}

// The days that go wrong elsewhere, by name.
func TestNamedDays(t *testing.T) {
	chicago, phoenix, honolulu := zone(t, "America/Chicago"), zone(t, "America/Phoenix"), zone(t, "Pacific/Honolulu")
	for _, c := range []struct {
		name, zone, on string
		from, until    int
		want           string
	}{
		{"clocks set back: the repeated hour is offered twice", "America/Chicago", "2026-11-01", 0, 180,
			"00:00 CDT, 01:00 CDT, 01:00 CST, 02:00 CST"},
		{"clocks set forward: nothing in the skipped hour", "America/Chicago", "2027-03-14", 0, 240,
			"00:00 CST, 01:00 CST, 03:00 CDT"},
		{"the afternoon of a day clocks are set back", "America/Chicago", "2026-11-01", 13 * 60, 16 * 60,
			"13:00 CST, 14:00 CST, 15:00 CST"},
		{"the afternoon of a day clocks are set forward", "America/Chicago", "2027-03-14", 13 * 60, 16 * 60,
			"13:00 CDT, 14:00 CDT, 15:00 CDT"},
		{"Arizona, on the day others set clocks back", "America/Phoenix", "2026-11-01", 0, 180,
			"00:00 MST, 01:00 MST, 02:00 MST"},
		{"Hawaii, on the day others set clocks forward", "Pacific/Honolulu", "2027-03-14", 60, 240,
			"01:00 HST, 02:00 HST, 03:00 HST"},
		{"hours until midnight", "America/Chicago", "2026-11-24", 22 * 60, civil.DayMinutes, "22:00 CST, 23:00 CST"},
		{"hours inside the skipped hour", "America/Chicago", "2027-03-14", 120, 180, ""},
	} {
		loc := zone(t, c.zone)
		// On the hour: of the quarter hours keep the full ones.
		var got []string
		for _, s := range strings.Split(offersOn(Hours{Weekly: everyDay(c.from, c.until, loc)}, 60, c.on, loc), ", ") {
			if strings.Contains(s, ":00 ") {
				got = append(got, s)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}

	// One reviewer in Arizona, seen from Chicago before and after clocks are
	// set back: the wall in Arizona stays, the one in Chicago moves.
	h := Hours{Weekly: everyDay(9*60, 10*60, phoenix)}
	if got := offersOn(h, 60, "2026-10-31", chicago); got != "11:00 CDT" {
		t.Errorf("the day before: %s", got)
	}
	if got := offersOn(h, 60, "2026-11-01", chicago); got != "10:00 CST" {
		t.Errorf("the day itself: %s", got)
	}
	h = Hours{Weekly: weekdays(8*60, 9*60, honolulu)}
	if got := offersOn(h, 60, "2026-11-02", honolulu); got != "08:00 HST" {
		t.Errorf("Hawaii: %s", got)
	}
}

// Reviewers who work from nine to five, ten business days from the Monday of
// Thanksgiving week and over the turn of the year.
func TestHolidays(t *testing.T) {
	loc := zone(t, "America/Chicago")
	federal := civil.Calendar{Zone: loc, Holidays: civil.FederalHolidays()}
	h := Hours{Weekly: weekdays(9*60, 10*60, loc), Holidays: federal}
	for _, c := range []struct{ today, want string }{
		{"2026-11-23", "Nov 23, Nov 24, Nov 25, Nov 27, Nov 30, Dec 1, Dec 2, Dec 3, Dec 4, Dec 7, Dec 8"},
		{"2026-12-22", "Dec 22, Dec 23, Dec 24, Dec 28, Dec 29, Dec 30, Dec 31, Jan 4, Jan 5, Jan 6, Jan 7"},
		{"2027-12-23", "Dec 23, Dec 27, Dec 28, Dec 29, Dec 30, Jan 3, Jan 4, Jan 5, Jan 6, Jan 7, Jan 10"},
		{"2026-10-26", "Oct 26, Oct 27, Oct 28, Oct 29, Oct 30, Nov 2, Nov 3, Nov 4, Nov 5, Nov 6, Nov 9"},
		{"2027-03-08", "Mar 8, Mar 9, Mar 10, Mar 11, Mar 12, Mar 15, Mar 16, Mar 17, Mar 18, Mar 19, Mar 22"},
	} {
		today := day(c.today)
		from, until := civil.Start(today, 0, loc), civil.EndOfDay(federal.AddBusinessDays(today, 10), loc)
		var got []string
		for _, wall := range wallsOf(h, 60, from, until, loc) {
			date, clock, _ := strings.Cut(wall, " 09:00")
			if clock == "" || clock != " CST" && clock != " CDT" {
				t.Errorf("%s: offered %s", c.today, wall)
			}
			got = append(got, date)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("ten business days from %s:\n%s", c.today, diff)
		}
	}
}

func TestRulesHoldOnlyWhileValid(t *testing.T) {
	loc := zone(t, "America/Denver")
	rule := Weekly{Weekday: time.Tuesday, From: 540, Until: 600, Zone: loc, ValidFrom: day("2026-11-24"), ValidUntil: day("2026-12-01")}
	got := wallsOf(Hours{Weekly: []Weekly{rule}}, 60, civil.Start(day("2026-11-01"), 0, loc), civil.Start(day("2026-12-31"), 0, loc), loc)
	if diff := cmp.Diff([]string{"Nov 24 09:00 MST", "Dec 1 09:00 MST"}, got); diff != "" {
		t.Error(diff)
	}
}

// Two stretches that meet at midnight are one for a call across it.
func TestACallAcrossMidnight(t *testing.T) {
	loc := zone(t, "America/Chicago")
	h := Hours{Weekly: []Weekly{
		{Weekday: time.Monday, From: 23 * 60, Until: civil.DayMinutes, Zone: loc}, {Weekday: time.Tuesday, From: 0, Until: 60, Zone: loc},
	}}
	got := wallsOf(h, 60, civil.Start(day("2026-11-23"), 0, loc), civil.Start(day("2026-11-25"), 0, loc), loc)
	want := []string{"Nov 23 23:00 CST", "Nov 23 23:15 CST", "Nov 23 23:30 CST", "Nov 23 23:45 CST", "Nov 24 00:00 CST"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
