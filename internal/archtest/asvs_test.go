package archtest

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// update has the generated tables of the documents written anew.
var update = flag.Bool("update", false, "rewrite generated tables in docs")

// A table in a document stands between <!-- name:begin --> and <!-- name:end -->.
func checkTable(t *testing.T, path, name, table string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begun := strings.Cut(string(text), "<!-- "+name+":begin -->\n")
	_, tail, ended := strings.Cut(rest, "<!-- "+name+":end -->")
	if !begun || !ended {
		t.Fatalf("%s has no place for the table: <!-- %s:begin --> and <!-- %s:end -->", path, name, name)
	}
	want := head + "<!-- " + name + ":begin -->\n" + table + "<!-- " + name + ":end -->" + tail
	switch {
	case want == string(text):
	case *update:
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table in %s is stale: run go test ./internal/archtest -update, and commit it", path)
	}
}

// A proof is a test that is named after the requirement of ASVS it shows.
type proof struct {
	requirement [3]int
	test, file  string
}

var (
	asvsTest = regexp.MustCompile(`(?m)^func (TestASVS\w*)\(`)
	asvsName = regexp.MustCompile(`^TestASVS_(\d+)_(\d+)_(\d+)_[A-Z]\w*$`)
)

func proofs(t *testing.T) []proof {
	t.Helper()
	var all []proof
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") || strings.Contains(path, "node_modules") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range asvsTest.FindAllSubmatch(source, -1) {
			p := proof{test: string(m[1]), file: "internal/" + filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))}
			parts := asvsName.FindStringSubmatch(p.test)
			if parts == nil {
				t.Errorf("%s: name %s TestASVS_<chapter>_<section>_<requirement>_<WhatItShows>", p.file, p.test)
				continue
			}
			for i := range p.requirement {
				p.requirement[i], _ = strconv.Atoi(parts[i+1]) // the name has digits there
			}
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b proof) int {
		if c := slices.Compare(a.requirement[:], b.requirement[:]); c != 0 {
			return c
		}
		return strings.Compare(a.test+a.file, b.test+b.file)
	})
	return all
}

// docs/security.md lists what shows that a requirement is met, so that nobody
// has to believe it.
func TestConformanceTableIsFresh(t *testing.T) {
	all := proofs(t)
	met := map[[3]int]bool{}
	var rows strings.Builder
	for _, p := range all {
		met[p.requirement] = true
		id := fmt.Sprintf("%d.%d.%d", p.requirement[0], p.requirement[1], p.requirement[2])
		fmt.Fprintf(&rows, "| %s | `%s` | `%s` |\n", id, p.test, p.file)
	}
	table := fmt.Sprintf("%d tests show %d requirements.\n\n| requirement | test | file |\n| --- | --- | --- |\n", len(all), len(met)) + rows.String()
	checkTable(t, "../../docs/security.md", "asvs", table)
}
