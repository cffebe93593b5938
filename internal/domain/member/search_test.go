package member

import "testing"

func TestNumbersAsCardsAndPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		typed, stored string
		noPrefix      bool
		want          bool
	}{
		{"HBR400100200", "HBR400100200", false, true}, {"hbr-400 100*200", "HBR400100200", false, true},
		{"HBR40010020001", "HBR400100200", false, true}, {"HBR400100200", "HBR40010020001", false, true},
		{"HBR4001002", "HBR400100200", false, true}, // the last two might be a dependent's
		{"HBR40010020013", "HBR400100200", false, false}, {"HBR400100201", "HBR400100200", false, false},
		{"R12345678", "12345678", false, true}, {"12345678", "R12345678", false, true}, {"1234567801", "R12345678", false, true},
		{"400100200", "HBR400100200", false, false}, {"400100200", "HBR400100200", true, true}, {"XYZ400100200", "HBR400100200", true, true},
		{"XYZ400100201", "HBR400100200", true, false}, {"HB", "HBR400100200", true, false}, {"", "", true, false},
	} {
		if got := sameNumber(c.typed, c.stored, c.noPrefix); got != c.want {
			t.Errorf("%q for %q, without prefix %v: %v", c.typed, c.stored, c.noPrefix, got)
		}
	}
}
