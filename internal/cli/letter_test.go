package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/infra/db/dbtest"
)

const denial = "../domain/letter/templates/denied.member.en.md"

// own writes a template of one's own, changed from the one that comes with
// Parley.
func own(t *testing.T, old, now string) (path string) {
	t.Helper()
	text, err := os.ReadFile(denial)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s is not in the template", old)
	}
	path = filepath.Join(t.TempDir(), "own.md")
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, now, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLetterTemplates(t *testing.T) {
	if status, out, _ := run(t, "letter", "templates"); status != 0 || !strings.Contains(out, "denied-member-es") {
		t.Errorf("%d %s", status, out)
	}
	text, _ := os.ReadFile(denial)
	if status, out, _ := run(t, "letter", "templates", "denied-member-en"); status != 0 || out != string(text) {
		t.Errorf("%d, %d bytes", status, len(out))
	}
	if status, _, errs := run(t, "letter", "templates", "nonsense"); status != 2 || !strings.Contains(errs, "nonsense") {
		t.Errorf("%d %s", status, errs)
	}
}

// Each fault that somebody can make in a template is found before it is
// published.
func TestLetterLint(t *testing.T) {
	if status, out, errs := run(t, "letter", "lint", denial); status != 0 || out != "" {
		t.Errorf("%d %s%s", status, out, errs)
	}
	for _, c := range []struct{ name, old, now, says string }{
		{"rights are left out", `{{template "rights" .}}`, "", `it must have {{template "rights" .}}`},
		{"a gap that nothing fills", "{{.Member.Name}}", "{{.Member.Nickname}}", "Nickname"},
		{"a kind nobody knows", "kind: denied", "kind: refused", `there is no kind of letter "refused"`},
		{"no day", "from: 2026-01-01", "from: soon", `"soon" is no day`},
		{"a short form", "You have the right to appeal.", "You have the right to appeal to the QIO.", "“QIO” isn’t explained"},
		{"a code", "You have the right to appeal.", "You have the right to appeal about 72148.", "“72148” is a code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, out, errs := run(t, "letter", "lint", own(t, c.old, c.now)); status != 1 || !strings.Contains(out, c.says) {
				t.Errorf("%d, want %q\n%s%s", status, c.says, out, errs)
			}
		})
	}
}

func TestLetterDraw(t *testing.T) {
	out := filepath.Join(t.TempDir(), "letter.pdf")
	for _, more := range [][]string{nil, {"--large"}} {
		if status, said, errs := run(t, append([]string{"letter", "draw", denial, "--out", out}, more...)...); status != 0 || !strings.Contains(said, out) {
			t.Fatalf("%d %s%s", status, said, errs)
		}
		if drawn, err := os.ReadFile(out); err != nil || !bytes.HasPrefix(drawn, []byte("%PDF-")) {
			t.Errorf("%v", err)
		}
	}
}

// What is published never changes: other words need another version.
func TestLetterImport(t *testing.T) {
	mine := own(t, "id: denied-member-en", "id: our-denial")
	other := filepath.Join(t.TempDir(), "other.md")
	text, err := os.ReadFile(mine)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte(strings.Replace(string(text), "did not approve", "has not approved", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, database := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "p.db"), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			at := []string{"--database", database, "--data", t.TempDir()}
			run(t, append([]string{"migrate"}, at...)...)
			for _, c := range []struct {
				file   string
				status int
				says   string
			}{{mine, 0, "imported 1"}, {mine, 0, "imported 0"}, {other, 1, "Give yours a new version"}} {
				if status, out, errs := run(t, append([]string{"letter", "import", c.file}, at...)...); status != c.status || !strings.Contains(out+errs, c.says) {
					t.Errorf("%s: %d %s%s", c.says, status, out, errs)
				}
			}
		})
	}
}
