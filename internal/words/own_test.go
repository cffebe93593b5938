package words

import (
	"context"
	"slices"
	"testing"
)

func TestAnInstallationSaysTextsItsOwnWay(t *testing.T) {
	own := NewOwn("Cedar", []Wording{
		{Key: "Denied", English: "Not approved", Spanish: "No aprobada"},
		{Key: "Continue", Spanish: "Seguir"},
		{Key: "Reply by %s", English: "By %s at the latest"},
		{Key: "short month" + split + "May", English: "5"},
	})
	for _, c := range []struct {
		text                     Text
		english, spanish, pseudo string
	}{
		{"Denied", "Not approved", "No aprobada", "[Ñööţ ååþþŕööṽééð]"},
		{"Continue", "Continue", "Seguir", asPseudo("Continue")},
		{"Copied", "Copied", "Copiado", asPseudo("Copied")},
		{Say("Reply by %s", Text("Denied")), "By Not approved at the latest", "Responda antes del No aprobada", ""},
		{As("short month", "May"), "5", "may", ""},
		{"May", "May", "mayo", asPseudo("May")},
		{AsIs("Denied"), "Denied", "Denied", "Denied"},
		{Service, "Cedar", "Cedar", asPseudo("Cedar")},
		{Say("%s of %s", Service, "x"), "Cedar of x", "Cedar de x", ""},
	} {
		for l, want := range map[Language]string{English: c.english, Spanish: c.spanish, Pseudo: c.pseudo} {
			if got := c.text.By(own.In(l)); want != "" && got != want {
				t.Errorf("%q in %s: %q, want %q", string(c.text), l, got, want)
			}
		}
	}
	if got := Text("Denied").In(Spanish); got != "Denegada" {
		t.Errorf("the program says %q", got)
	}
	if got := Service.By((*Own)(nil).In(Spanish)); got != "Parley" {
		t.Errorf("without a name: %q", got)
	}
	if got := Service.Parts(own.In(Spanish)); !slices.Equal(got, []Part{{"Cedar", false}}) {
		t.Errorf("the name is told apart: %v", got)
	}
}

// What an installation says in English alone is told apart on a page in Spanish
// as any other English is.
func TestWhatIsOwnInEnglishAloneIsToldApart(t *testing.T) {
	own := NewOwn("", []Wording{{Key: "No translation of this", English: "None of that"}})
	if got := Text("No translation of this").Parts(own.In(Spanish)); !slices.Equal(got, []Part{{"None of that", true}}) {
		t.Errorf("%v", got)
	}
}

func TestAContextKeepsItsInstallation(t *testing.T) {
	ctx := Speaking(context.Background(), NewOwn("Cedar", nil).In(English))
	if got := T(With(ctx, Spanish), "%s of %s", Service, 2); got != "Cedar de 2" {
		t.Errorf("%q", got)
	}
	if Of(With(ctx, Spanish)) != Spanish {
		t.Error("the language is lost")
	}
}

func TestScriptsGetWhatIsOwn(t *testing.T) {
	own := NewOwn("Cedar", []Wording{{Key: "Copied", English: "Done", Spanish: "Listo"}, {Key: "Denied", English: "No"}})
	for l, want := range map[Language]string{English: "Done", Spanish: "Listo"} {
		if got := own.In(l).ForScripts(); len(got) != 1 || got["Copied"] != want {
			t.Errorf("%s: %v", l, got)
		}
	}
	if got := (Voice{}).ForScripts(); len(got) != 0 {
		t.Errorf("of nobody: %v", got)
	}
}

func TestAWordingHasTheGapsOfItsText(t *testing.T) {
	for _, c := range []struct {
		text, wording string
		fits          bool
	}{
		{"Denied", "No", true},
		{"Denied", "No %s", false},
		{"Denied", "100% no", true},
		{"Reply by %s", "By %s", true},
		{"Reply by %s", "By then", false},
		{"Reply by %s", "By %s, %s", false},
		{"Reply by %s", "By %d", false},
		{"Reply by %s", "By %s, 20% less", false},
		{"%s of %s", "%[2]s, %[1]s", true},
		{"%s of %s", "%[1]s, %[1]s", false},
		{"%s of %s", "%[2]s, %s", false}, // the second is the third
		{"%[2]s of %[1]s", "%s of %s", true},
		{"Uploading, %s%", "%s% there", true},
		{"Uploading, %s%", "%s%% there", false},
	} {
		if Fits(c.text, c.wording) != c.fits {
			t.Errorf("%q for %q: fits is %v", c.wording, c.text, !c.fits)
		}
	}
	if got := Gaps("%s of %s"); got != "%[1]s, %[2]s" {
		t.Error(got)
	}
	if got := Filled("%[2]s of %[1]s and more", "…"); got != "… of … and more" {
		t.Error(got)
	}
}

// Every translation of the program's own fits, and each text has an ID of its
// own.
func TestTheCatalogFits(t *testing.T) {
	if len(Entries()) < 3000 {
		t.Fatalf("only %d texts", len(Entries()))
	}
	for _, e := range Entries() {
		if e.Spanish != "" && !Fits(e.English, e.Spanish) {
			t.Errorf("%q doesn't fit %q", e.Spanish, e.English)
		}
		if found, ok := EntryOf(e.ID); !ok || found.Key != e.Key {
			t.Errorf("%s is the ID of %q and of %q", e.ID, e.Key, found.Key)
		}
	}
}

// Saying a text costs no more where an installation has its own.
func BenchmarkSay(b *testing.B) {
	var all []Wording
	for _, e := range Entries()[:200] {
		all = append(all, Wording{e.Key, "x", "x"})
	}
	for name, own := range map[string]*Own{"as the program": nil, "with a name": NewOwn("Cedar", nil), "with 200 of its own": NewOwn("Cedar", all)} {
		for _, l := range Languages {
			b.Run(name+" in "+string(l), func(b *testing.B) {
				ctx := Speaking(context.Background(), own.In(l))
				for b.Loop() {
					_ = T(ctx, "Continue")
				}
			})
		}
	}
}
