package letter

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"
	"time"

	"parley/internal/domain/civil"
)

//go:embed templates/*.md clauses/*.md
var files embed.FS

// A Template is the text of one kind of letter to one audience in one
// language, with the gaps that the facts of a case fill. Which counts where
// several hold says Holding.
type Template struct {
	ID, Version       string
	Kind              Kind
	Audience          Audience
	Language          string
	Plan, Line, State string // a plan's code, a line of business, a member's state; "" for all
	From              civil.Date
	Off               bool      // no letter is made from it any more
	Own               bool      // of the installation; else it came with the program
	Published         time.Time // zero for one that came with the program
	Text              string    // the whole file, as it was published
	body              *template.Template
}

// Ref names a version of a template for good: "denied-member-en@2026.1".
func (t *Template) Ref() string { return t.ID + "@" + t.Version }

// Required are the clauses that a letter can't be without. A template includes
// one by {{template "rights" .}}; what stands in a clause is the same in all
// letters.
//
// Adverse decisions: reasons, rule and rights to the member (42 CFR
// 422.568(e), 438.404(b), 29 CFR 2560.503-1(g)), and the specific reason to the
// provider (42 CFR 422.122(a), CMS-0057-F).
var required = map[Audience]map[Kind][]string{
	Member: {
		Approved:  {"request", "approved_means", "reviewer", "help"},
		Partial:   {"request", "reason", "criterion", "rights", "reviewer", "help"},
		Denied:    {"request", "reason", "criterion", "rights", "reviewer", "help"},
		Upheld:    {"request", "reason", "criterion", "rights", "reviewer", "help"},
		Extension: {"help"}, Withdrawn: {"help"}, MoreInformation: {"help"},
	},
	Provider: {
		Approved: {"services", "reviewer"},
		Partial:  {"services", "reasons", "options", "reviewer"},
		Denied:   {"services", "reasons", "options", "reviewer"},
		Upheld:   {"services", "reasons", "options", "reviewer"},
	},
}

// clauses are the shared paragraphs by language.
var clauses = mustReadClauses()

// shipped are the templates that come with the program. A mistake in one is
// found by the tests.
var shipped = mustReadTemplates()

// Library are the templates that come with the program.
func Library() []*Template { return shipped }

func mustReadClauses() map[string]*template.Template {
	all := map[string]*template.Template{"en": template.New("en").Option("missingkey=error"), "es": template.New("es").Option("missingkey=error")}
	for _, name := range names("clauses") {
		clause, rest, _ := strings.Cut(name, ".")
		lang, _, _ := strings.Cut(rest, ".")
		template.Must(all[lang].New(clause).Parse(text("clauses/" + name)))
	}
	return all
}

func mustReadTemplates() (all []*Template) {
	for _, name := range names("templates") {
		t, err := Read(text("templates/" + name))
		if err != nil {
			panic(fmt.Errorf("template %s: %w", name, err))
		}
		all = append(all, t)
	}
	return all
}

func names(dir string) (all []string) {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		panic(err) // embedded
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func text(name string) string {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded
	}
	return string(content)
}

// Read reads a template: lines "name: value", an empty line, and the text. The
// error says in plain words what is wrong with it.
func Read(file string) (*Template, error) {
	head, body, ok := strings.Cut(strings.ReplaceAll(file, "\r\n", "\n"), "\n\n")
	if !ok {
		return nil, errors.New("an empty line must follow its description")
	}
	t := &Template{Text: file}
	fields := map[string]*string{"id": &t.ID, "version": &t.Version, "kind": (*string)(&t.Kind), "audience": (*string)(&t.Audience), "language": &t.Language,
		"plan": &t.Plan, "line": &t.Line, "state": &t.State}
	for lines := bufio.NewScanner(strings.NewReader(head)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		if name == "from" {
			day, err := civil.ParseDate(value)
			if err != nil {
				return nil, fmt.Errorf("%q is no day like 2026-01-31", value)
			}
			t.From = day
			continue
		}
		if name == "off" {
			t.Off = value == "yes"
			continue
		}
		if fields[name] == nil {
			return nil, fmt.Errorf("there is no %q in a description", name)
		}
		*fields[name] = value
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return t, t.parse(body)
}

func (t *Template) check() error {
	switch {
	case t.ID == "" || t.Version == "" || strings.ContainsAny(t.ID+t.Version, "@, "):
		return errors.New("it needs an id and a version without spaces, commas or @")
	case !slices.Contains(Kinds, t.Kind):
		return fmt.Errorf("there is no kind of letter %q", t.Kind)
	case t.Audience != Member && t.Audience != Provider:
		return errors.New("its audience is member or provider")
	case clauses[t.Language] == nil:
		return errors.New("its language is en or es")
	case t.From.IsZero():
		return errors.New("it needs the day from which it holds")
	}
	return nil
}

func (t *Template) parse(body string) error {
	set, err := clauses[t.Language].Clone()
	if err == nil {
		t.body, err = set.New(t.ID).Parse(body)
	}
	if err != nil {
		return err
	}
	has := t.Clauses()
	for _, c := range required[t.Audience][t.Kind] {
		if !slices.Contains(has, c) {
			return fmt.Errorf("it must have {{template %q .}}", c)
		}
	}
	return t.try()
}

// try fills the template for a made-up case, so that a gap that nothing fills
// is found when it is published and not when a letter is due.
func (t *Template) try() error {
	var out strings.Builder
	return t.body.Execute(&out, sample(t.Language))
}

// Clauses are the names of the shared paragraphs in t, in order.
func (t *Template) Clauses() []string { return clausesIn(t.body.Root) }
