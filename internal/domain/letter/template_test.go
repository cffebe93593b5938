package letter

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/infra/pdf"
)

var update = flag.Bool("update", false, "write the texts of letters anew")

// made is the letter of a template about the sample case.
func made(t testing.TB, of *Template) Letter {
	t.Helper()
	l := Letter{Kind: of.Kind, Audience: of.Audience, Language: of.Language}
	if err := l.fill(of, sample(of.Language)); err != nil {
		t.Fatal(err)
	}
	return l
}

// Each shipped letter reads as it did, and nothing keeps it from going.
func TestShippedLetters(t *testing.T) {
	for _, of := range Library() {
		l := made(t, of)
		for _, f := range l.Problems {
			t.Errorf("%s: %s", of.Ref(), f.Text)
		}
		path := filepath.Join("testdata", of.ID+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(Text(l.Blocks)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != Text(l.Blocks) {
			t.Errorf("%s reads otherwise:\n%s\nrun the test with -update if that is meant", of.ID, Text(l.Blocks))
		}
		drawn, err := l.Draw(pdf.Letterhead{Lines: []string{"Harbor Health Plan"}}, false, time.Unix(0, 0))
		if err != nil || !bytes.HasPrefix(drawn, []byte("%PDF-")) {
			t.Errorf("%s: %v", of.ID, err)
		}
	}
}

// English and Spanish carry the same clauses, for each letter to a member.
func TestBothLanguagesSayTheSame(t *testing.T) {
	for _, k := range Kinds {
		day := civil.Date{Year: 2026, Month: 11, Day: 23}
		en, es := choose(Library(), k, Member, "en", "", "", "", day), choose(Library(), k, Member, "es", "", "", "", day)
		if (en == nil) != (es == nil) {
			t.Errorf("%s is there in one language only", k)
		}
		if en == nil {
			continue
		}
		if !slices.Equal(en.Clauses(), es.Clauses()) {
			t.Errorf("%s: %v in English, %v in Spanish", k, en.Clauses(), es.Clauses())
		}
		kinds := func(l Letter) (all []string) {
			for _, b := range l.Blocks {
				all = append(all, string(b.Kind))
			}
			return all
		}
		if a, b := kinds(made(t, en)), kinds(made(t, es)); !slices.Equal(a, b) {
			t.Errorf("%s: %v in English, %v in Spanish", k, a, b)
		}
	}
}

func TestTemplatesThatCannotBe(t *testing.T) {
	good := Library()[0].Text
	for name, bad := range map[string]string{
		"nothing":          "",
		"unknown word":     strings.Replace(good, "kind:", "sort:", 1),
		"unknown kind":     strings.Replace(good, "kind: ", "kind: un", 1),
		"unknown audience": strings.Replace(good, "audience: ", "audience: every", 1),
		"unknown language": strings.Replace(good, "language: en", "language: fr", 1),
		"no day":           strings.Replace(good, "from: 2026-01-01", "from: soon", 1),
		"unknown gap":      good + "\n{{.Member.Nickname}}\n",
		"clause missing":   strings.Replace(good, `{{template "help" .}}`, "", 1),
		"no clause":        good + "\n" + `{{template "jokes" .}}` + "\n",
		"not closed":       good + "{{if .Plain}}",
	} {
		if _, err := Read(bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// The template that names the most counts; of two that name the same, the one
// that holds since later.
func TestChoosing(t *testing.T) {
	base := made1(t, "", "", "", "2026-01-01")
	texas := made1(t, "", "", "TX", "2026-01-01")
	harbor := made1(t, "harbor", "", "", "2026-01-01")
	later := made1(t, "harbor", "", "", "2026-12-01")
	all := []*Template{later, harbor, base, texas}
	for _, c := range []struct {
		plan, state string
		day         civil.Date
		want        *Template
	}{
		{"summit", "OH", civil.Date{Year: 2026, Month: 11, Day: 23}, base},
		{"summit", "TX", civil.Date{Year: 2026, Month: 11, Day: 23}, texas},
		{"harbor", "TX", civil.Date{Year: 2026, Month: 11, Day: 23}, harbor},
		{"harbor", "TX", civil.Date{Year: 2026, Month: 12, Day: 1}, later},
		{"harbor", "TX", civil.Date{Year: 2025, Month: 12, Day: 1}, nil},
	} {
		if got := choose(all, Denied, Member, "en", c.plan, "commercial", c.state, c.day); got != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func made1(t testing.TB, plan, line, state, from string) *Template {
	t.Helper()
	day, err := civil.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	return &Template{ID: "x", Version: from, Kind: Denied, Audience: Member, Language: "en", Plan: plan, Line: line, State: state, From: day}
}
