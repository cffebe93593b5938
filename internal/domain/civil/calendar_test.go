package civil

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickar/cal/v2/us"
	"pgregory.net/rapid"

	"parley/internal/words"
)

func office(t testing.TB) Calendar {
	return Calendar{zone(t, "America/Chicago"), FederalHolidays()}
}

func TestUSFederal(t *testing.T) {
	want := map[Date]string{
		date("2027-01-01"): "New Year's Day",
		date("2027-01-18"): "Martin Luther King Jr. Day",
		date("2027-02-15"): "Presidents' Day",
		date("2027-05-31"): "Memorial Day",
		date("2027-06-18"): "Juneteenth (observed)",
		date("2027-07-05"): "Independence Day (observed)",
		date("2027-09-06"): "Labor Day",
		date("2027-10-11"): "Columbus Day",
		date("2027-11-11"): "Veterans Day",
		date("2027-11-25"): "Thanksgiving",
		date("2027-12-24"): "Christmas Day (observed)",
		date("2027-12-31"): "New Year's Day (observed)", // of 2028, a Saturday
	}
	named := func(l words.Language, from, to string) map[Date]string {
		found, c := map[Date]string{}, office(t)
		for d := date(from); !d.After(date(to)); d = d.AddDays(1) {
			if name, ok := c.Holiday(d); ok {
				found[d] = name.In(l)
			}
		}
		return found
	}
	if diff := cmp.Diff(want, named(words.English, "2027-01-01", "2027-12-31")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[Date]string{date("2026-11-26"): "Día de Acción de Gracias"}, named(words.Spanish, "2026-11-26", "2026-11-26")); diff != "" {
		t.Error(diff)
	}
	if none := named(words.English, "2028-01-01", "2028-01-16"); len(none) != 0 {
		t.Errorf("New Year's Day 2028 is a Saturday and was observed the day before, not %v", none)
	}
	// The law's own days, as another program knows them, for a generation.
	for year := 2026; year < 2060; year++ {
		for _, h := range us.Holidays {
			if _, observed := h.Calc(year); !observed.IsZero() {
				if d := DateIn(observed, observed.Location()); office(t).IsBusinessDay(d) {
					t.Errorf("%s is observed on %v", h.Name, d)
				}
			}
		}
	}
}

func TestHoliday(t *testing.T) {
	c := office(t)
	if name, ok := c.Holiday(date("2026-11-26")); !ok || name.String() != "Thanksgiving" || c.IsBusinessDay(date("2026-11-26")) {
		t.Errorf("Thanksgiving 2026 is %q, %v", name, ok)
	}
	if _, ok := c.Holiday(date("2026-11-28")); ok || c.IsBusinessDay(date("2026-11-28")) {
		t.Error("a Saturday is no holiday, and no business day")
	}
	if got := c.NextBusinessDay(date("2026-11-26")); got != date("2026-11-27") {
		t.Errorf("after Thanksgiving people are back on %v", got)
	}
	if got := c.NextBusinessDay(date("2026-11-25")); got != date("2026-11-25") {
		t.Errorf("a business day is its own next one, not %v", got)
	}
}

func TestAddBusinessDays(t *testing.T) {
	c := office(t)
	for _, k := range []struct {
		why, from string
		n         int
		want      string
	}{
		{"today is day 0", "2026-11-23", 0, "2026-11-23"},
		{"across Thanksgiving", "2026-11-23", 10, "2026-12-08"},
		{"over the Thanksgiving weekend", "2026-11-25", 2, "2026-11-30"},
		{"from the holiday itself", "2026-11-26", 1, "2026-11-27"},
		{"across Christmas and New Year's Day", "2026-12-22", 10, "2027-01-07"},
		{"over New Year's Day 2028, observed in 2027", "2027-12-30", 1, "2028-01-03"},
		{"across the week clocks are set back", "2026-10-26", 10, "2026-11-09"},
		{"across the week clocks are set forward", "2027-03-08", 10, "2027-03-22"},
		{"from a Friday", "2026-10-30", 1, "2026-11-02"},
		{"from a Saturday", "2026-10-31", 1, "2026-11-02"},
		{"from a Sunday on which clocks are set back", "2026-11-01", 1, "2026-11-02"},
		{"backwards across Thanksgiving", "2026-12-08", -10, "2026-11-23"},
	} {
		if got := c.AddBusinessDays(date(k.from), k.n); got != date(k.want) {
			t.Errorf("%s: %d business days from %s is %v, want %s", k.why, k.n, k.from, got, k.want)
		}
	}
}

func TestBusinessDaysUntilUndoesAdding(t *testing.T) {
	c := office(t)
	rapid.Check(t, func(t *rapid.T) {
		from := date("2026-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "day"))
		n := rapid.IntRange(0, 60).Draw(t, "n")
		to := c.AddBusinessDays(from, n)
		if got := c.BusinessDaysUntil(from, to); got != n {
			t.Fatalf("%v to %v: %d business days, want %d", from, to, got, n)
		}
		if n > 0 && (!c.IsBusinessDay(to) || c.BusinessDaysUntil(from, to.AddDays(-1)) != n-1) {
			t.Fatalf("%v is not the %dth business day after %v", to, n, from)
		}
	})
}

func TestBusinessTime(t *testing.T) {
	c, day := office(t), Hours{8 * 60, 17 * 60}
	at := func(d string, minute int) time.Time { return Start(date(d), minute, c.Zone) }
	for _, k := range []struct {
		why      string
		from, to time.Time
		want     time.Duration
	}{
		{"within a day", at("2026-11-24", 540), at("2026-11-24", 600), time.Hour},
		{"overnight", at("2026-11-24", 960), at("2026-11-25", 540), 2 * time.Hour},
		{"over Thanksgiving", at("2026-11-25", 960), at("2026-11-27", 540), 2 * time.Hour},
		{"over the weekend clocks are set back", at("2026-10-30", 960), at("2026-11-02", 540), 2 * time.Hour},
		{"before opening", at("2026-11-24", 300), at("2026-11-24", 420), 0},
		{"backwards", at("2026-11-25", 600), at("2026-11-24", 600), 0},
	} {
		if got := c.BusinessTime(k.from, k.to, day); got != k.want {
			t.Errorf("%s: %v, want %v", k.why, got, k.want)
		}
		if k.want > 0 {
			if got := c.AddBusinessTime(k.from, k.want, day); !got.Equal(k.to) {
				t.Errorf("%s: it ends at %v, want %v", k.why, got, k.to)
			}
		}
	}
	if got := c.AddBusinessTime(at("2026-11-24", 540), 0, day); !got.Equal(at("2026-11-24", 540)) {
		t.Errorf("no notice is now, not %v", got)
	}
	if got := c.AddBusinessTime(at("2026-11-24", 540), time.Hour, Hours{600, 600}); !got.IsZero() {
		t.Errorf("an office that never opens opens at %v", got)
	}
}
