package words

import (
	"context"
	"fmt"
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
	})
}
