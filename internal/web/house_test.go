package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/httpd"
	"parley/internal/infra/secret"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var ctx = context.Background()

// A house is a server with a few pages, reached by HTTPS as far as it knows.
type house struct {
	*testing.T
	d       *db.DB
	server  *web.Server
	handler http.Handler
	token   string // of a session that is open
	wrote   []string
}

func open(t *testing.T) *house {
	t.Helper()
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, d: dbtest.SQLite(t)}
	h.server = &web.Server{DB: h.d, Log: slog.New(slog.DiscardHandler), Settings: &web.Settings{
		Name: "Parley", URL: &url.URL{Scheme: "https", Host: "portal.example"}, Box: box, DeviceDays: 30,
		Limits: account.Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour},
	}}
	h.pages()
	h.handler = httpd.Headers(h.server.Handler(), true)
	h.signIn()
	return h
}

func (h *house) pages() {
	say := func(status int, html string) web.Page {
		return func(context.Context, *web.Request) (web.Answer, error) {
			return web.Answer{Title: "Page", Status: status, Body: templ.Raw(html)}, nil
		}
	}
	h.server.Handle("GET /page", web.Public, say(0, "<h1>Page</h1>"))
	h.server.Handle("GET /mine", web.SignedIn, say(0, "<h1>Mine</h1>"))
	h.server.Handle("GET /echo", web.Public, func(_ context.Context, r *web.Request) (web.Answer, error) {
		return web.Answer{Title: words.AsIs(r.Query("q")), Body: ui.Text(words.AsIs(r.Query("q")))}, nil
	})
	h.server.Handle("GET /file", web.SignedIn, func(context.Context, *web.Request) (web.Answer, error) {
		return web.Answer{File: &web.File{Name: "a \"b\".html", Type: "text/html", Body: []byte("<script>alert(1)</script>")}}, nil
	})
	h.server.Handle("POST /write", web.SignedIn, func(_ context.Context, r *web.Request) (web.Answer, error) {
		if r.Value("text") == "" {
			return web.Answer{Title: "Write", Body: templ.Raw("<h1>Write</h1>")}, fault.Fields{"text": "Enter a text"}.Err()
		}
		h.wrote = append(h.wrote, r.Value("text"))
		return web.Answer{SeeOther: "/mine?wrote=" + r.Value("text")}, nil
	})
	h.server.Handle("GET /cookies", web.Public, func(_ context.Context, r *web.Request) (web.Answer, error) {
		s := r.Settings
		return web.Answer{SeeOther: "/", Cookies: []*http.Cookie{s.SessionCookie(h.token), s.DeviceCookie(strings.Repeat("x", 64)), s.BriefCookie("codes", strings.Repeat("y", 600))}}, nil
	})
	h.server.Raw("GET /static/", ui.Static())
}

func (h *house) signIn() {
	err := h.d.Update(ctx, func(tx *db.Tx) error {
		p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: "maria@cedarortho.example", FirstName: "Maria", LastName: "Chen"})
		if err != nil {
			return err
		}
		h.token, err = account.Begin(ctx, tx, p.ID, "authenticator", "test", "192.0.2.1", h.server.Settings.Limits)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
}

// send sends a request with the session's cookie and these headers, given as
// name and value in turn.
func (h *house) send(method, path, body string, headers ...string) *http.Response {
	h.Helper()
	r := httptest.NewRequest(method, "https://portal.example"+path, strings.NewReader(body))
	r.AddCookie(&http.Cookie{Name: "__Host-parley_session", Value: h.token})
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Result()
}

func read(r *http.Response) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
}

// everyKind is one answer of each kind the program gives.
func (h *house) everyKind() map[string]*http.Response {
	return map[string]*http.Response{
		"a page":            h.send("GET", "/page", ""),
		"a page of mine":    h.send("GET", "/mine", ""),
		"no such page":      h.send("GET", "/nowhere", ""),
		"a form with fault": h.send("POST", "/write", "text="),
		"a redirect":        h.send("POST", "/write", "text=x"),
		"a forged post":     h.send("POST", "/write", "text=x", "Sec-Fetch-Site", "cross-site"),
		"a static file":     h.send("GET", ui.Asset("app.js"), ""),
		"no static file":    h.send("GET", "/static/none.js", ""),
		"a file":            h.send("GET", "/file", ""),
	}
}
