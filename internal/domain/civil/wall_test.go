package civil

import (
	"archive/zip"
	"fmt"
	"go/build"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// A walk is what someone writes down who stands before the clock of a zone
// and looks at it every minute. It is the oracle for Resolve and shares
// nothing with it.
type walk struct {
	shown map[int64][]time.Time // wall minute, as if in UTC, to when it was shown
	at    []time.Time
	walls []int64
}

func watch(from, until time.Time, loc *time.Location) walk {
	w := walk{shown: map[int64][]time.Time{}}
	for t := from; t.Before(until); t = t.Add(time.Minute) {
		l := t.In(loc)
		wall := time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC).Unix() / 60
		w.shown[wall] = append(w.shown[wall], t)
		w.at, w.walls = append(w.at, t), append(w.walls, wall)
	}
	return w
}

// resolve answers from the notes what Resolve should answer.
func (w walk) resolve(wall int64) (lo, hi time.Time, kind Kind) {
	switch at := w.shown[wall]; len(at) {
	case 0:
		i := sort.Search(len(w.walls), func(i int) bool { return w.walls[i] > wall })
		return w.at[i], w.at[i], Gap
	case 1:
		return at[0], at[0], Plain
	default:
		return at[0], at[len(at)-1], Overlap
	}
}

// changes returns the hours in which the zone's clock was set, found by
// looking at it every hour.
func changes(loc *time.Location, from, until time.Time) []time.Time {
	var found []time.Time
	_, before := from.In(loc).Zone()
	for t := from; t.Before(until); t = t.Add(time.Hour) {
		if _, now := t.In(loc).Zone(); now != before {
			found, before = append(found, t), now
		}
	}
	return found
}

func allZones(t *testing.T) []string {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(build.Default.GOROOT, "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "/") {
			names = append(names, f.Name)
		}
	}
	if len(names) < 590 {
		t.Fatalf("only %d zones", len(names))
	}
	return names
}

// Every minute of every day on which any clock in the world is set, and of
// the days around it, 2025 to 2027.
func TestResolveAgreesWithTheClockInEveryZone(t *testing.T) {
	from, until := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	done := map[string]bool{} // many names share one clock
	checked, kinds := 0, map[Kind]int{}
	for _, name := range allZones(t) {
		loc := zone(t, name)
		days := changes(loc, from, until)
		days = append(days, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)) // and one quiet day
		if key := signature(loc, days); done[key] {
			continue
		} else {
			done[key] = true
		}
		for _, day := range days {
			w := watch(day.Add(-72*time.Hour), day.Add(72*time.Hour), loc)
			for i := -1; i <= 1; i++ {
				d := DateIn(day, loc).AddDays(i)
				for minute := 0; minute <= DayMinutes; minute++ {
					lo, hi, kind := Resolve(d, minute, loc)
					wantLo, wantHi, wantKind := w.resolve(int64(d.days())*DayMinutes + int64(minute))
					if !lo.Equal(wantLo) || !hi.Equal(wantHi) || kind != wantKind {
						t.Fatalf("%s %v minute %d: %v %v %v, the clock says %v %v %v", name, d, minute, lo, hi, kind, wantLo, wantHi, wantKind)
					}
					checked++
					kinds[kind]++
				}
			}
		}
	}
	t.Logf("%d wall times on %d distinct clocks: %d plain, %d in gaps, %d twice", checked, len(done), kinds[Plain], kinds[Gap], kinds[Overlap])
	if kinds[Gap] < 5000 || kinds[Overlap] < 5000 {
		t.Errorf("too few gaps and overlaps for the test to mean anything: %v", kinds)
	}
}

// signature tells two clocks apart by when and how they change.
func signature(loc *time.Location, days []time.Time) string {
	var b strings.Builder
	for _, day := range days {
		_, before := day.Add(-time.Hour).In(loc).Zone()
		_, after := day.In(loc).Zone()
		fmt.Fprint(&b, day.Unix(), before, after, ";")
	}
	return b.String()
}

func TestResolveByName(t *testing.T) {
	const utc = "2006-01-02 15:04Z"
	for _, c := range []struct {
		zone, day string
		minute    int
		kind      Kind
		lo, hi    string
	}{
		// Spring forward and fall back in the United States.
		{"America/Chicago", "2026-03-08", 2*60 + 30, Gap, "2026-03-08 08:00Z", "2026-03-08 08:00Z"},
		{"America/Chicago", "2027-03-14", 2*60 + 30, Gap, "2027-03-14 08:00Z", "2027-03-14 08:00Z"},
		{"America/Chicago", "2026-11-01", 1*60 + 30, Overlap, "2026-11-01 06:30Z", "2026-11-01 07:30Z"},
		{"America/Chicago", "2026-11-01", 2 * 60, Plain, "2026-11-01 08:00Z", "2026-11-01 08:00Z"},
		{"America/Chicago", "2026-11-01", 15*60 + 30, Plain, "2026-11-01 21:30Z", "2026-11-01 21:30Z"}, // afternoon of a change day
		// No daylight time in Arizona and Hawaii.
		{"America/Phoenix", "2026-03-08", 2*60 + 30, Plain, "2026-03-08 09:30Z", "2026-03-08 09:30Z"},
		{"America/Phoenix", "2026-11-01", 1*60 + 30, Plain, "2026-11-01 08:30Z", "2026-11-01 08:30Z"},
		{"Pacific/Honolulu", "2026-11-01", 1*60 + 30, Plain, "2026-11-01 11:30Z", "2026-11-01 11:30Z"},
		// Midnight itself is skipped, or comes twice.
		{"America/Santiago", "2026-09-06", 0, Gap, "2026-09-06 04:00Z", "2026-09-06 04:00Z"},
		{"America/Santiago", "2026-09-05", DayMinutes, Gap, "2026-09-06 04:00Z", "2026-09-06 04:00Z"},
		{"America/Santiago", "2026-04-04", 23*60 + 30, Overlap, "2026-04-05 02:30Z", "2026-04-05 03:30Z"},
		{"America/Havana", "2026-03-08", 0, Gap, "2026-03-08 05:00Z", "2026-03-08 05:00Z"},
		{"America/Havana", "2026-11-01", 0, Overlap, "2026-11-01 04:00Z", "2026-11-01 05:00Z"},
		// Half an hour.
		{"Australia/Lord_Howe", "2026-10-04", 2*60 + 15, Gap, "2026-10-03 15:30Z", "2026-10-03 15:30Z"},
		{"Australia/Lord_Howe", "2026-04-05", 1*60 + 45, Overlap, "2026-04-04 14:45Z", "2026-04-04 15:15Z"},
		// A whole day that never was, and a zone without history.
		{"Pacific/Apia", "2011-12-30", 12 * 60, Gap, "2011-12-30 10:00Z", "2011-12-30 10:00Z"},
		{"UTC", "2026-11-01", 90, Plain, "2026-11-01 01:30Z", "2026-11-01 01:30Z"},
	} {
		lo, hi, kind := Resolve(date(c.day), c.minute, zone(t, c.zone))
		if kind != c.kind || lo.Format(utc) != c.lo || hi.Format(utc) != c.hi {
			t.Errorf("%s %s minute %d: kind %d, %s, %s; want %d, %s, %s",
				c.zone, c.day, c.minute, kind, lo.Format(utc), hi.Format(utc), c.kind, c.lo, c.hi)
		}
	}
}

func TestWindowsOnChangeDays(t *testing.T) {
	for _, c := range []struct {
		name, zone, day string
		from, until     int
		want            time.Duration
	}{
		{"a night shift loses the skipped hour", "America/Chicago", "2026-03-08", 60, 240, 2 * time.Hour},
		{"a night shift works the repeated hour", "America/Chicago", "2026-11-01", 60, 240, 4 * time.Hour},
		{"a window inside the gap is empty", "America/Chicago", "2026-03-08", 135, 165, 0},
		{"a window that ends in the gap ends at the jump", "America/Chicago", "2026-03-08", 60, 150, time.Hour},
		{"a window that starts in the gap starts at the jump", "America/Chicago", "2026-03-08", 150, 240, time.Hour},
		{"a window that ends in the overlap ends at its second showing", "America/Chicago", "2026-11-01", 0, 90, 150 * time.Minute},
		{"the short day", "America/Chicago", "2026-03-08", 0, DayMinutes, 23 * time.Hour},
		{"the long day", "America/Chicago", "2026-11-01", 0, DayMinutes, 25 * time.Hour},
		{"Arizona's day", "America/Phoenix", "2026-11-01", 0, DayMinutes, 24 * time.Hour},
		{"half an hour less", "Australia/Lord_Howe", "2026-10-04", 0, DayMinutes, 23*time.Hour + 30*time.Minute},
		{"the day before a midnight gap", "America/Santiago", "2026-09-05", 0, DayMinutes, 24 * time.Hour},
		{"the day that starts at 1 AM", "America/Santiago", "2026-09-06", 0, DayMinutes, 23 * time.Hour},
		{"the day before midnight comes twice", "America/Havana", "2026-10-31", 0, DayMinutes, 24 * time.Hour},
		{"the day on which midnight comes twice", "America/Havana", "2026-11-01", 0, DayMinutes, 25 * time.Hour},
		{"an ordinary afternoon of a change day", "America/New_York", "2026-11-01", 13 * 60, 17 * 60, 4 * time.Hour},
	} {
		loc := zone(t, c.zone)
		if got := End(date(c.day), c.until, loc).Sub(Start(date(c.day), c.from, loc)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Days follow one another without a hole and without sharing an instant, in
// any zone: where one ends the next starts.
func TestDaysAdjoin(t *testing.T) {
	names := allZones(t)
	rapid.Check(t, func(t *rapid.T) {
		loc, err := Zone(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		d := date("2025-01-01").AddDays(rapid.IntRange(0, 15*365).Draw(t, "day"))
		if !EndOfDay(d, loc).Equal(Start(d.AddDays(1), 0, loc)) || !End(d, DayMinutes, loc).Equal(EndOfDay(d, loc)) {
			t.Fatalf("%v does not end where the next day starts", d)
		}
		if length := EndOfDay(d, loc).Sub(Start(d, 0, loc)); length < 21*time.Hour || length > 27*time.Hour {
			t.Fatalf("%v has %v", d, length)
		}
		if got := DateIn(Start(d, 0, loc), loc); got != d {
			t.Fatalf("the start of %v is on %v", d, got)
		}
	})
}

// All offsets are whole quarters of an hour, so that a grid of quarter hours
// in UTC is one on every wall. The calendar of free times rests on this.
func TestQuarterHourGridHoldsEverywhere(t *testing.T) {
	for _, name := range allZones(t) {
		loc := zone(t, name)
		for at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2041; at = at.Add(14 * 24 * time.Hour) {
			if _, offset := at.In(loc).Zone(); offset%900 != 0 {
				t.Fatalf("%s is %d s off UTC on %v", name, offset, at)
			}
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	loc, d := zone(b, "America/Chicago"), date("2026-11-24")
	b.ReportAllocs()
	for b.Loop() {
		Resolve(d, 570, loc)
	}
}
