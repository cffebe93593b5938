package plan

import (
	"testing"

	"parley/internal/fault"
)

// A program reminds of its calls as it says, and an office reads the same.
func TestReminders(t *testing.T) {
	for said, want := range map[string][]string{"": {"24h", "1h", "15m"}, "24h,15m": {"24h", "15m"}, "1h": {"1h"}, NoReminders: {}} {
		p := Program{Reminders: said}
		got := p.Reminds()
		if len(got) != len(want) || (p.RemindWords() == "") != (len(want) == 0) {
			t.Errorf("%q reminds %v, %q", said, got, p.RemindWords())
			continue
		}
		for i, r := range got {
			if r.Name != want[i] {
				t.Errorf("%q reminds %v", said, got)
			}
		}
	}
	for said, want := range map[string]bool{"": true, "24h,1h": true, "1h,24h": false, "2h": false} {
		err := Program{Reminders: said}.Check()
		if _, wrong := fault.Of(err).Fields["reminders"]; wrong == want {
			t.Errorf("%q: %v", said, err)
		}
	}
}
