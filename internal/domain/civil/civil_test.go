package civil

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestNewDateKnowsTheCalendar(t *testing.T) {
	for _, c := range []struct {
		y, m, d int
		ok      bool
	}{
		{2026, 2, 28, true}, {2026, 2, 29, false}, {2028, 2, 29, true}, {2100, 2, 29, false}, {2000, 2, 29, true},
		{2026, 4, 31, false}, {2026, 13, 1, false}, {2026, 0, 1, false}, {2026, 1, 0, false}, {0, 1, 1, false}, {10000, 1, 1, false},
	} {
		if _, ok := NewDate(c.y, time.Month(c.m), c.d); ok != c.ok {
			t.Errorf("NewDate(%d, %d, %d) is a day: %v", c.y, c.m, c.d, ok)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-02-30", "2026-1-5", "11/24/2026", "2026-11-24T00:00:00Z", "0000-01-01", " 2026-11-24"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
}

// Day arithmetic agrees with the standard library's on every day tried,
// before 1970 as well as after.
func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Unix(rapid.Int64Range(-100*365, 200*365).Draw(t, "day")*86400, 0).UTC()
		n := rapid.IntRange(-40000, 40000).Draw(t, "n")
		d, want := DateIn(from, time.UTC), DateIn(from.AddDate(0, 0, n), time.UTC)
		if got := d.AddDays(n); got != want {
			t.Fatalf("%v + %d days = %v, want %v", d, n, got, want)
		}
		if d.DaysUntil(want) != n || d.Compare(want) != sign(-n) || d.Before(want) != (n > 0) || d.After(want) != (n < 0) {
			t.Fatalf("%v and %v, %d days later, compare wrongly", d, want, n)
		}
		if d.Weekday() != from.Weekday() || date(d.String()) != d {
			t.Fatalf("%v is a %v and reads back as %v", d, d.Weekday(), date(d.String()))
		}
	})
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-11-24", 2, "2027-01-24"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -1, "2025-12-15"}, {"2026-08-31", 6, "2027-02-28"},
	} {
		if got := date(c.from).AddMonths(c.n); got != date(c.want) {
			t.Errorf("%s and %d months: %v, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"1980-11-24", "2026-11-23", 45}, {"1980-11-24", "2026-11-24", 46}, {"1980-12-01", "2026-11-30", 45},
		{"2004-02-29", "2026-02-28", 21}, {"2004-02-29", "2026-03-01", 22}, {"2026-11-24", "2026-11-24", 0},
	} {
		if got := date(c.born).Age(date(c.on)); got != c.want {
			t.Errorf("born %s is %d on %s, want %d", c.born, got, c.on, c.want)
		}
	}
}

func TestDateInDependsOnTheZone(t *testing.T) {
	at := time.Date(2026, 11, 24, 5, 30, 0, 0, time.UTC)
	for name, want := range map[string]string{"UTC": "2026-11-24", "America/Chicago": "2026-11-23", "Pacific/Kiritimati": "2026-11-24"} {
		if got := DateIn(at, zone(t, name)); got != date(want) {
			t.Errorf("in %s it is %v, want %s", name, got, want)
		}
	}
}

func TestDateColumns(t *testing.T) {
	want := date("2026-11-24")
	for _, column := range []any{"2026-11-24", []byte("2026-11-24"), time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), want.DBValue()} {
		var got Date
		if err := got.Scan(column); err != nil || got != want {
			t.Errorf("%T scans as %v, %v", column, got, err)
		}
	}
	got := want
	if err := got.Scan(nil); err != nil || !got.IsZero() || got.DBValue() != nil || got.String() != "" {
		t.Errorf("null scans as %v, %v", got, err)
	}
	if got.Scan(7) == nil || got.Scan("tomorrow") == nil {
		t.Error("a number or a word was taken for a date")
	}
}

func TestDateInJSON(t *testing.T) {
	type pair struct{ A, B Date }
	text, err := json.Marshal(pair{A: date("2026-11-24")})
	if err != nil || string(text) != `{"A":"2026-11-24","B":""}` {
		t.Fatalf("%s, %v", text, err)
	}
	var back pair
	if err := json.Unmarshal(text, &back); err != nil || back.A != date("2026-11-24") || !back.B.IsZero() {
		t.Fatalf("%v, %v", back, err)
	}
	if json.Unmarshal([]byte(`{"A":"soon"}`), &back) == nil {
		t.Error("a word was taken for a date")
	}
}
