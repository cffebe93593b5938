package help

import "testing"

// The page trusts that releases stand newest first, each with what it changed.
func TestReleasesAreInTheirOrder(t *testing.T) {
	for i, r := range releases {
		if i > 0 && (r.version == "" || !r.day.Before(releases[i-1].day)) {
			t.Errorf("release %q of %v isn't older than the one above it, or has no version", r.version, r.day)
		}
		if len(r.changes) == 0 || r.day.IsZero() {
			t.Errorf("release %q says nothing", r.version)
		}
	}
	if r := releases[0]; r.isNew("") || r.isNew(r.day.String()) || !r.isNew(r.day.AddDays(-1).String()) {
		t.Error("what is new is told wrongly")
	}
}
