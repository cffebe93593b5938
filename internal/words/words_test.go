package words

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestATextIsSaidInTheReadersLanguage(t *testing.T) {
	reply := Say("Reply by %s", "noon")
	for _, c := range []struct {
		text             Text
		english, spanish string
	}{
		{"", "", ""},
		{"Continue", "Continue", "Continuar"},
		{"No translation of this", "No translation of this", "No translation of this"},
		{" Continue", " Continue", " Continuar"},
		{"May", "May", "mayo"},
		{As("short month", "May"), "May", "may"},
		{As("no such context", "May"), "May", "May"},
		{AsIs("Continue"), "Continue", "Continue"},
		{reply, "Reply by noon", "Responda antes del noon"},
		{Say("Reply by %s", Text("Continue")), "Reply by Continue", "Responda antes del Continuar"},
		{Say("Reply by %s", reply), "Reply by Reply by noon", "Responda antes del Responda antes del noon"},
		{"Continue" + AsIs(": Continue"), "Continue: Continue", "Continuar: Continue"},
		{Say("%s of %s", 1, 2), "1 of 2", "1 de 2"},
		{Join([]Text{"Continue", "", "Copied", reply}, ". "), "Continue. Copied. Reply by noon", "Continuar. Copiado. Responda antes del noon"},
	} {
		if got := c.text.In(English); got != c.english {
			t.Errorf("%q in English: %q, want %q", string(c.text), got, c.english)
		}
		if got := c.text.In(Spanish); got != c.spanish {
			t.Errorf("%q in Spanish: %q, want %q", string(c.text), got, c.spanish)
		}
		if got := fmt.Sprint(c.text); got != c.english {
			t.Errorf("%q printed: %q, want %q", string(c.text), got, c.english)
		}
	}
}

// What stays English for a reader of Spanish can be told apart, so that a page
// says which language it is in.
func TestWhatStaysEnglishIsToldApart(t *testing.T) {
	for _, c := range []struct {
		text Text
		want []Part
	}{
		{"", nil},
		{"Continue", []Part{{"Continuar", false}}},
		{AsIs("Continue"), []Part{{"Continue", false}}},
		{Written("Was there a fall?"), []Part{{"Was there a fall?", true}}},
		{"No translation of this", []Part{{"No translation of this", true}}},
		{Say("Reply by %s", Written("noon")), []Part{{"Responda antes del ", false}, {"noon", true}}},
		{Say("Not this, %s, either", Say("Reply by %s", Written("noon"))), []Part{{"Not this, Responda antes del noon, either", true}}},
		{Join([]Text{Written("One."), "Continue"}, " "), []Part{{"One.", true}, {" Continuar", false}}},
		{Say("%s (%s)", 1, "x"), []Part{{"1 (x)", false}}},
	} {
		if got := c.text.Parts(Voice{Language: Spanish}); !slices.Equal(got, c.want) {
			t.Errorf("%q in parts: %v, want %v", string(c.text), got, c.want)
		}
		for _, l := range Languages {
			all := ""
			for _, p := range c.text.Parts(Voice{Language: l}) {
				all += p.Said
				if l == English && p.English {
					t.Errorf("%q is told apart in English", p.Said)
				}
			}
			if all != c.text.In(l) || unmarked.Replace(all) != all {
				t.Errorf("parts %q are not %q", all, c.text.In(l))
			}
		}
	}
}

func TestTheContextSpeaks(t *testing.T) {
	ctx := context.Background()
	if got := T(ctx, "Reply by %s", "noon"); got != "Reply by noon" {
		t.Errorf("unsaid: %q", got)
	}
	if got := T(With(ctx, Spanish), "Continue"); got != "Continuar" {
		t.Errorf("Spanish: %q", got)
	}
}

// Whatever people type stands in a text as they typed it, but for marks that no
// keyboard has.
func TestWhatPeopleWriteIsNeverTranslated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Continue", "%s", "\x0eContinue\x0f", "100%"})).Draw(t, "typed")
		want := "Responda antes del " + unmarked.Replace(typed)
		if got := Say("Reply by %s", typed).In(Spanish); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := Say("Reply by %s", Written(typed)).In(Spanish); got != want {
			t.Errorf("written: got %q, want %q", got, want)
		}
	})
}
