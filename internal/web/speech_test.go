package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/wording"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// What is said otherwise shows on the next page wherever the change is heard of,
// and after a while where it isn't; in another installation in the same process
// it never does.
func TestPagesSpeakAsTheirInstallation(t *testing.T) {
	address, now := dbtest.SQLiteURL(t, t.TempDir()), dbtest.Clock
	start := func(address string) *node {
		d, err := db.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		d.Now = func() time.Time { return now }
		n := &node{T: t, d: d, server: &web.Server{DB: d, Log: slog.New(slog.DiscardHandler), Settings: &web.Settings{Name: "Parley"}}}
		n.server.Handle("GET /said", web.Public, func(context.Context, *web.Request) (web.Answer, error) {
			return web.Answer{Title: "Denied", Body: ui.Text("Denied")}, nil
		})
		n.server.Ran = func(_ string, asked int) { n.asked = asked }
		n.handler = n.server.Handler()
		return n
	}
	here, beside, elsewhere := start(address), start(address), start(dbtest.SQLiteURL(t, t.TempDir()))
	for _, n := range []*node{here, beside, elsewhere} {
		n.says("es", "<title>Denegada – Parley</title>")
	}
	here.says("en", "<title>Denied – Parley</title>")
	before := here.asked
	set := func(tx *db.Tx, key, en, es string) error {
		e, _ := words.EntryFor(key)
		return wording.Set(ctx, tx, account.Program(), e, words.Wording{English: en, Spanish: es})
	}
	if err := here.d.Update(ctx, func(tx *db.Tx) error {
		return errors.Join(set(tx, "Denied", "Not approved", "No aprobada"), set(tx, "Copied", "Done", "Copiado"), wording.SetService(ctx, tx, account.Program(), wording.Service{Name: "Cedar Health"}))
	}); err != nil {
		t.Fatal(err)
	}
	here.says("en", "<title>Not approved – Cedar Health</title>")
	here.says("es", "<title>No aprobada – Cedar Health</title>")
	here.says("en", `<meta name="parley-words" content="{&#34;Copied&#34;:&#34;Done&#34;}">`)
	if here.asked != before {
		t.Errorf("a page asks %d things of the database, not %d", here.asked, before)
	}
	now = now.Add(31 * time.Second)
	beside.says("es", "<title>No aprobada – Cedar Health</title>")
	elsewhere.says("es", "<title>Denegada – Parley</title>")
}

// A node is one process of an installation.
type node struct {
	*testing.T
	d       *db.DB
	server  *web.Server
	handler http.Handler
	asked   int // of the database, by the last page
}

func (n *node) says(language, want string) {
	n.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "http://portal.example/said", nil)
	r.Header.Set("Accept-Language", language)
	n.handler.ServeHTTP(w, r)
	if got := w.Body.String(); !strings.Contains(got, want) {
		n.Errorf("in %s it doesn't say %q: %s", language, want, got)
	}
}
