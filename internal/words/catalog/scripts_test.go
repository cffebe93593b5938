package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAScriptsKeysAreItsTemplates(t *testing.T) {
	got, err := inScript("t`Copied`; say(t`Page ${page} of ${doc.pages}.`); at(`${n}`); not`this`; x = n > 1 ? t`${f(n)} left` : t`100%`;")
	if want := []string{"Copied", "Page %s of %s.", "%s left", "100%"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
	for _, script := range []string{"t``", "t` left`", "t`a %s`", "t`a\\n`", "t`${n > 1 ? `many` : 1}`", "t`${f({ a: 1 })}`", "t`$5`", "t`unended"} {
		if got, err := inScript(script); err == nil {
			t.Errorf("%s is read as %q", script, got)
		}
	}
}

// Whatever a script says stands in the file, as said there and with the same
// values in Spanish: package words gives pages what they need from it.
func TestScriptsAreTranslated(t *testing.T) {
	const root = "../../.."
	po, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	known := translations(po)
	places := map[string]string{} // of a key, by its line
	lines := strings.Split(string(po), "\n")
	for i, line := range lines {
		if i > 0 && strings.HasPrefix(line, "msgid ") {
			places[line] = lines[i-1]
		}
	}
	n := 0
	const static = "internal/web/ui/static"
	paths, err := filepath.Glob(filepath.Join(root, static, "*.js"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		source, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := inScript(string(source))
		if err != nil {
			t.Errorf("%s: %v", p, err)
		}
		for _, k := range keys {
			n++
			said := known[split+k]
			switch {
			case said == "":
				t.Errorf("%s: %q has no translation", p, k)
			case strings.Count(k, "%s") != strings.Count(said, "%s")+strings.Count(said, "]s"):
				t.Errorf("%s: %q has other values than %q", p, said, k)
			case !strings.Contains(places["msgid "+quoted(k)], path.Join(static, filepath.Base(p))):
				t.Errorf("%s: es.po doesn't say that %q is said here: go run ./internal/words/catalog", p, k)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d keys are found", n)
	}
}
