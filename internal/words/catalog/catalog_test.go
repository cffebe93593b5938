package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/internal/words"
)

const root = "../../.."

// What is said is in the catalog, all of it is translated, and nothing is in it
// that nobody says.
func TestTheCatalogIsComplete(t *testing.T) {
	said, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(said) < 3000 {
		t.Fatalf("only %d texts were found", len(said))
	}
	po, err := os.ReadFile(root + "/" + file)
	if err != nil {
		t.Fatal(err)
	}
	known := translations(po)
	if got := string(write(said, known)); got != string(po) {
		t.Errorf("%s isn't what the program says: go run ./internal/words/catalog", file)
	}
	for _, f := range said {
		switch in := known[f.context+split+f.key]; {
		case in == "":
			t.Errorf("%s: %q isn't translated", f.refs[0], f.key)
		case !slices.Equal(places(f.key), places(in)):
			t.Errorf("%q has other values than its translation %q", f.key, in)
		}
	}
}

var place = regexp.MustCompile(`%(\[\d\])?[a-z]`)

// places are the values that a text has room for, counted: a translation may
// have them in another order.
func places(text string) []string {
	var all []string
	for _, p := range place.FindAllString(strings.ReplaceAll(text, "%%", ""), -1) {
		all = append(all, p[len(p)-1:])
	}
	return all
}

// The administration shows the same figures as the report.
func TestTheReportIsWhatTheProgramCounts(t *testing.T) {
	said, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	po, err := os.ReadFile(root + "/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := report(&b, said, translations(po)); err != nil {
		t.Fatal(err)
	}
	parts, together := words.Shares(words.Entries())
	var want []string
	for _, s := range append(parts, together) {
		want = append(want, fmt.Sprintf("%s %d %d %d", s.Part, s.Texts, s.Translated, s.Percent()))
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n")[1:] {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the report says\n%s\nand the program\n%s", got, want)
	}
}
