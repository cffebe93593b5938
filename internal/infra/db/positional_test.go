package db

import (
	"database/sql/driver"
	"slices"
	"testing"
)

func TestPlacedStatements(t *testing.T) {
	for _, c := range []struct {
		query, text string
		at          []int
	}{
		{"select 1", "select 1", nil},
		{"select $1, $2", "select ?, ?", []int{0, 1}},
		{"select $2 where a = $1 or b = $2", "select ? where a = ? or b = ?", []int{1, 0, 1}},
		{"select $12", "select ?", []int{11}},
		{"select '$1', $1, \"$2\"", "select '$1', ?, \"$2\"", []int{0}},
		{"select 'it''s $1', $1", "select 'it''s $1', ?", []int{0}},
		{"select $1 -- not $2\n, $3", "select ? -- not $2\n, ?", []int{0, 2}},
		{"select '$.a' || $1 -- $2", "select '$.a' || ? -- $2", []int{0}},
		{"select 'open $1", "select 'open $1", nil},
		{"select a - $1 --", "select a - ? --", []int{0}},
	} {
		if p := place(c.query); p.text != c.text || !slices.Equal(p.at, c.at) {
			t.Errorf("place(%q) = %q %v, want %q %v", c.query, p.text, p.at, c.text, c.at)
		}
	}
	args := []driver.NamedValue{{Ordinal: 1, Value: "a"}, {Ordinal: 2, Value: "b"}}
	got := place("$2 $1 $2").arguments(args)
	if want := []driver.NamedValue{{Ordinal: 1, Value: "b"}, {Ordinal: 2, Value: "a"}, {Ordinal: 3, Value: "b"}}; !slices.Equal(got, want) {
		t.Errorf("arguments are %v, want %v", got, want)
	}
	if got := place("$3").arguments(args); len(got) != 2 {
		t.Errorf("too few arguments became %v", got)
	}
}
