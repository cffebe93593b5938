package db

import (
	"strings"
	"testing"
)

// CheckWatched compares the watched tables with their triggers' SQL.
func CheckWatched(t *testing.T, triggers map[string]string) {
	t.Helper()
	for table, topic := range watched {
		if !strings.Contains(triggers[table], "'"+topic+"'") {
			t.Errorf("%s is of topic %s; its trigger: %q", table, topic, triggers[table])
		}
	}
	if len(triggers) != len(watched) {
		t.Errorf("%d tables have triggers, %d are watched", len(triggers), len(watched))
	}
}
