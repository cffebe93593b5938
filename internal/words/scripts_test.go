package words

import "testing"

func TestScriptsGetWhatTheySay(t *testing.T) {
	said := ForScripts(Spanish)
	for key, want := range map[string]string{
		"Copied": "Copiado", "Page %s of %s": "Página %s de %s", "Uploading, %s%": "Subiendo, %s%",
		"Continue": "", // no script says it
		"%s min":   "", // the same in both
	} {
		if said[key] != want {
			t.Errorf("%q is %q, want %q", key, said[key], want)
		}
	}
	if n := len(ForScripts(English)); n != 0 {
		t.Errorf("%d texts in English", n)
	}
}
