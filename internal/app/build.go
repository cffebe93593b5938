package app

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"parley/internal/infra/db"
)

// Build says what this program is, a line each: version, commit, Go, schema.
func Build(version, commit string) []string {
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	if commit == "" {
		commit = "unknown"
	}
	return []string{"version " + version, "commit " + commit, "go " + runtime.Version(), fmt.Sprintf("schema %d", db.Needed())}
}
