package guideline

import (
	"strings"
	"testing"
)

// What comes with the program passes what an operator's guideline must pass.
func TestLibraryPassesItsOwnTests(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		r := v.Test()
		for _, m := range r.Failed {
			t.Errorf("%s: %s", v.ID, m)
		}
		if len(v.Cases) < 10 || r.Passed < 30 {
			t.Errorf("%s: %d cases, %d checks passed", v.ID, len(v.Cases), r.Passed)
		}
		for _, s := range v.Sources {
			if !strings.HasPrefix(s.URL, "https://") {
				t.Errorf("%s: source %s has no safe address", v.ID, s.ID)
			}
		}
	}
}
