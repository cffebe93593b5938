package letter

import (
	"math"
	"slices"
	"testing"

	"parley/internal/infra/pdf"

	"pgregory.net/rapid"
)

func TestLint(t *testing.T) {
	denial := choose(Library(), Denied, Member, "en", "", "", "", must(2026, 11, 23))
	for _, c := range []struct {
		name   string
		change func(*Facts)
		rule   string
		blocks bool
	}{
		{"nothing", func(*Facts) {}, "", false},
		{"short form", func(f *Facts) { f.Plain = "Your records do not show PT." }, "abbreviation", true},
		{"short form that is explained", func(f *Facts) { f.Plain = "Your records do not show physical therapy (PT). PT helps." }, "", false},
		{"code", func(f *Facts) { f.Services[0].Name = "Picture, 72148" }, "code", true},
		{"code of supplies", func(f *Facts) { f.Plain = "We can not pay for E0601 yet." }, "code", true},
		{"code of a diagnosis", func(f *Facts) { f.Plain = "Your records say M54.16 and no more." }, "code", true},
		{"no reason", func(f *Facts) { f.Plain = "" }, "reason", true},
		{"no criterion", func(f *Facts) { f.Criteria = nil }, "citation", true},
		{"no rights", func(f *Facts) { f.Rights = nil }, "rights", true},
		{"no address", func(f *Facts) { f.Member.Address = f.Member.Address[:1] }, "address", true},
		{"no phone", func(f *Facts) { f.Plan.Phone = "" }, "phone", true},
		{"blame", func(f *Facts) { f.Plain = "You failed to go to your visits." }, "blame", false},
		{"hard words", func(f *Facts) {
			f.Plain = "Documentation demonstrating unsuccessful conservative rehabilitation interventions administered contemporaneously remains insufficient notwithstanding numerous solicitations."
		}, "reading", true},
	} {
		f := sample("en")
		c.change(&f)
		l := Letter{Kind: Denied, Audience: Member, Language: "en"}
		if err := l.fill(denial, f); err != nil {
			t.Fatal(err)
		}
		switch {
		case c.rule == "" && len(l.Problems) > 0:
			t.Errorf("%s: %+v", c.name, l.Problems)
		case c.rule != "" && !slices.ContainsFunc(l.Problems, func(f Finding) bool { return f.Rule == c.rule && f.Blocks == c.blocks }):
			t.Errorf("%s isn't found: %+v", c.name, l.Problems)
		}
		if (l.Status == Held) != Blocking(l.Problems) {
			t.Errorf("%s: %s", c.name, l.Status)
		}
	}
}

// The figures of the formulas for texts whose words and syllables are counted
// by hand.
func TestReading(t *testing.T) {
	for _, c := range []struct {
		text                  string
		words, ends, syllable float64
	}{
		{"The cat sat on the mat.", 6, 1, 6},
		{"You can appeal. Call the plan.", 6, 2, 7},
		{"We decide.", 2, 1, 3},
		{"A table.", 2, 1, 3},
	} {
		words, ends, syllables := counted(c.text, "en")
		if words != c.words || ends != c.ends || syllables != c.syllable {
			t.Errorf("%q: %v words, %v sentences, %v syllables", c.text, words, ends, syllables)
		}
	}
	if g := Grade("The cat sat on the mat."); math.Abs(g-(0.39*6+11.8-15.59)) > 1e-9 {
		t.Errorf("grade %v", g)
	}
	for text, want := range map[string]float64{"Usted puede apelar.": 7, "El plan lo leía.": 6, "Su médico.": 4} {
		if _, _, got := counted(text, "es"); got != want {
			t.Errorf("%q: %v syllables", text, got)
		}
	}
}

// Whatever people write into a reason stays a reason: it can't become a
// heading, a row or a right of the letter.
func TestWhatIsWrittenStaysText(t *testing.T) {
	denial := choose(Library(), Denied, Member, "en", "", "", "", must(2026, 11, 23))
	shape := func(f Facts) (kinds []pdf.Kind) {
		l := Letter{Kind: Denied, Audience: Member, Language: "en"}
		if err := l.fill(denial, f); err != nil {
			t.Fatal(err)
		}
		for _, b := range l.Blocks {
			kinds = append(kinds, b.Kind)
		}
		return kinds
	}
	want := shape(sample("en"))
	rapid.Check(t, func(rt *rapid.T) {
		f := sample("en")
		f.Plain = "x" + safe(rapid.StringMatching(`[#|\-: \n{}.a-z]{1,60}`).Draw(rt, "plain"))
		if got := shape(f); !slices.Equal(got, want) {
			rt.Fatalf("%q makes %v", f.Plain, got)
		}
	})
}
