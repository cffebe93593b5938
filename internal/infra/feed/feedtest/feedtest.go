// Package feedtest finds the real, published files that some tests read
// besides their own small ones.
package feedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Real returns the path of a published file, such as "nppes/x.csv.gz": in the
// folder PARLEY_DATA_FILES names, or in shared/data beside any folder above this
// one. A test that can't have it is skipped; its small fixture has been read
// by another.
func Real(t testing.TB, name string) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_DATA_FILES"); dir != "" {
		return existing(t, filepath.Join(dir, name))
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "shared", "data", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Skipf("the published file %s is not here; set PARLEY_DATA_FILES to the folder that has it", name)
		}
		dir = above
	}
}

func existing(t testing.TB, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Skipf("PARLEY_DATA_FILES has no such file: %v", err)
	}
	return path
}
