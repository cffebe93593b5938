package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/internal/web/ui"
	"parley/internal/words"
)

// A page brings the words of its language before the scripts that say them.
func TestAPageBringsItsWords(t *testing.T) {
	for l, want := range map[words.Language][]string{
		words.English: {"words.js", "app.js"},
		words.Spanish: {"words-es.js", "words.js", "app.js"},
	} {
		var b strings.Builder
		if err := ui.Layout(ui.Shell{Title: "Orders"}).Render(words.With(context.Background(), l), &b); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "<script"); n != len(want) {
			t.Errorf("%s: %d scripts, want %q", l, n, want)
		}
		rest := b.String()
		for _, name := range want {
			_, after, ok := strings.Cut(rest, `<script defer src="`+ui.Asset(name)+`"`)
			if !ok {
				t.Errorf("%s: no %s, or out of order", l, name)
				continue
			}
			rest = after
		}
	}
	w := httptest.NewRecorder()
	ui.Static().ServeHTTP(w, httptest.NewRequest(http.MethodGet, ui.Asset("words-es.js"), nil))
	if got := w.Body.String(); w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(got, `"Copied":"Copiado"`) {
		t.Errorf("%v %s", w.Header(), got)
	}
}
