package app

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// schema is the version of the database this program was built for.
const schema = 2

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
	return []string{"version " + version, "commit " + commit, "go " + runtime.Version(), fmt.Sprintf("schema %d", schema)}
}
