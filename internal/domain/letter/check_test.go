package letter

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func denial(t testing.TB) Source {
	t.Helper()
	return choose(Library(), Denied, Member, "en", "", "", "", must(2026, 11, 23)).Source()
}

// A template names gaps that are known, and can do nothing else. What it can't
// say is told at once, in all its branches, in the words of who writes it.
func TestASVS_1_3_7_TemplatesOnlyNameWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct{ old, now, says string }{
		"unknown gap":            {"Dear {{.Member.Name}}", "Dear {{.Member.Nickname}}", "{{.Member.Nickname}} isn't available here"},
		"in a branch not taken":  {"Dear", "{{if .AuthNumber}}Dear{{else}}{{.Nobody}}{{end}}", "{{.Nobody}} isn't available here"},
		"of the whole in a list": {"Dear", "{{range .Services}}{{.Plan.Name}}{{end}}", "write {{$.Plan.Name}}"},
		"a list in a list":       {"Dear", "{{range .Services}}{{range $.Services}}x{{end}}{{end}}", "can't stand inside of {{range}}"},
		"a list of nothing":      {"Dear", "{{range 1000000000}}x{{end}}", "isn't a list"},
		"a method":               {"Dear", "{{.Plan.String}}", "{{.Plan.String}} isn't available here"},
		"a call":                 {"Dear", `{{call .Plan "x"}}`, "“call” isn't available here"},
		"no list":                {"Dear", "{{range .Plain}}{{.}}{{end}}", ".Plain isn't a list"},
		"a clause nobody knows":  {"Dear", `{{template "jokes" .}}`, "There is no clause “jokes”"},
		"a clause written anew":  {"Dear", `{{define "rights"}}None.{{end}}Dear`, "“rights” can't be written here"},
		"a clause left out":      {`{{template "rights" .}}`, "", `The clause {{template "rights" .}} is missing: the member's rights`},
		"a clause in a list":     {"Dear", `{{range .Services}}{{template "help" .}}{{end}}`, "outside of {{range}}"},
		"a function":             {"Dear", `{{printf "%9999999d" 1}}`, "“printf” isn't available here"},
		"not closed":             {"Dear", "{{if .Plain}}", "unexpected EOF"},
		"a short form":           {"Dear", "QIO", "“QIO” isn’t explained"},
		"nothing":                {"", "", "Enter the text"},
		"hard to read":           {"Dear", strings.Repeat("Notwithstanding institutional considerations regarding administrative determinations, ", 9), "reads at grade"},
	} {
		s := denial(t)
		s.Text = strings.Replace(s.Text, c.old, c.now, 1)
		if name == "nothing" {
			s.Text = " \n"
		}
		found := s.Check()
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Blocks && strings.Contains(f.Text, c.says) }) {
			t.Errorf("%s: %+v", name, found)
		}
	}
	for _, of := range Library() {
		if found := of.Source().Check(); len(found) > 0 {
			t.Errorf("%s: %+v", of.ID, found)
		}
	}
}

// The list beside the editor names all that there is, and nothing else.
func TestAllGapsAreListed(t *testing.T) {
	var text strings.Builder
	for _, v := range Variables() {
		text.WriteString(v.Code)
	}
	var look func(of reflect.Type, before string)
	look = func(of reflect.Type, before string) {
		for i := range of.NumField() {
			f := of.Field(i)
			if f.Type.Kind() == reflect.Struct {
				look(f.Type, before+"."+f.Name)
			} else if !strings.Contains(text.String(), before+"."+f.Name) {
				t.Errorf("%s.%s isn't listed", before, f.Name)
			}
		}
	}
	look(reflect.TypeFor[Facts](), "")
	s := denial(t)
	s.Text += "\n" + text.String()
	for _, f := range s.Check() {
		if f.Rule == "gap" || f.Rule == "text" {
			t.Errorf("listed, but not to be had: %s", f.Text)
		}
	}
	for _, lang := range []string{"en", "es"} {
		for _, tree := range clauses[lang].Templates() {
			if tree.Tree != nil && !slices.Contains(clauseNames(lang), tree.Name()) {
				t.Errorf("the clause %s isn't listed", tree.Name())
			}
		}
	}
	if all := s.Clauses(); !all[0].Needed || !all[0].There {
		t.Errorf("%+v", all)
	}
}

// One's own version counts before the shipped one whatever their days; a later
// one replaces it, also on the same day; one turned off counts no more.
func TestVersionsOfATemplate(t *testing.T) {
	shipped := made1(t, "", "", "", "2026-09-01")
	shipped.Version = "2026.1"
	version := func(v, from string, off bool) *Template {
		one := made1(t, "", "", "", from)
		one.Version, one.Own, one.Off = v, true, off
		return one
	}
	day := must(2026, 11, 23)
	second, tenth := version("2026.2", "2026-08-01", false), version("2026.10", "2026-08-01", false)
	for name, c := range map[string]struct {
		all  []*Template
		want *Template
	}{
		"own":          {[]*Template{second, shipped}, second},
		"same day":     {[]*Template{tenth, second, shipped}, tenth},
		"later":        {[]*Template{shipped, second, version("3", "2026-12-01", false)}, second},
		"turned off":   {[]*Template{shipped, second, version("2026.11", "2026-08-01", true)}, nil},
		"not narrower": {[]*Template{shipped, tenth, func() *Template { o := version("1", "2026-01-01", false); o.ID, o.Plan = "y", "summit"; return o }()}, tenth},
	} {
		if got := choose(c.all, Denied, Member, "en", "harbor", "commercial", "TX", day); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := nextVersion([]*Template{shipped, second, tenth}, "x", 2026); got != "2026.11" {
		t.Error(got)
	}
}
