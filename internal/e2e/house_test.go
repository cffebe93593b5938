// Package e2e tests the program as its readers meet it: over HTTP, in a real
// browser, and as a process that can be killed.
package e2e

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
	"parley/internal/scene"
	"parley/internal/web/ui"
)

// A house is the whole program around a small world, answering on loopback.
type house struct {
	*app.App
	world *scene.World
	url   string
	mail  *mail.Box
	logs  *strings.Builder
}

var limits = account.Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}

// open starts the program on an empty database of the given address; "" is a
// new SQLite file.
func open(t testing.TB, database string, demo bool) *house {
	t.Helper()
	dir := t.TempDir()
	if database == "" {
		database = dbtest.SQLiteURL(t, dir) // migrated once for all tests: that takes seconds under the race detector
	}
	h := &house{mail: &mail.Box{}, logs: &strings.Builder{}}
	a, err := app.Open(context.Background(), app.Config{
		Database: database, Data: dir, URL: "http://127.0.0.1", Name: "Parley", Sender: h.mail, From: mail.Address{Name: "Parley", Email: "no-reply@parley.example"},
		Limits: limits, Warn: 2 * time.Minute, Demo: demo, Version: "test", Support: ui.HelpLine{Phone: "(800) 555-0100", Hours: "Monday to Friday"},
		Log: slog.New(slog.NewJSONHandler(&locked{w: h.logs}, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Log(err)
		}
	})
	h.App = a
	if err := a.DB.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	t.Cleanup(a.Web.EndStreams) // for which Close would wait
	h.url = server.URL
	a.Desk.URL = server.URL
	return h
}

// each opens a house with a small world on both databases.
func each(t *testing.T, reviewers int, f func(t *testing.T, h *house)) {
	for name, address := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, address(), false)
			h.DB.Now = func() time.Time { return dbtest.Clock }
			h.world = scene.New(t, h.DB, reviewers)
			f(t, h)
		})
	}
}

// A reader is a browser without a screen: it keeps cookies and follows nothing.
type reader struct {
	t      testing.TB
	h      *house
	cookie string
	other  string // a cookie besides that of the session, as name=value

	language string // what it asks pages to be in, "" for none
}

// as is a reader signed in as by. factor "" leaves the second one due.
func (h *house) as(t testing.TB, by account.Actor, factor string) reader {
	t.Helper()
	r := reader{t: t, h: h}
	err := h.DB.Update(context.Background(), func(tx *db.Tx) (err error) {
		r.cookie, err = account.Begin(context.Background(), tx, by.ID, factor, "test", "127.0.0.1", limits)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An answer is what came back.
type answer struct {
	status int
	to     string // Location
	body   string
	header http.Header
}

func (r reader) get(path string) answer { return r.do("GET", path, nil) }

func (r reader) post(path string, form url.Values) answer { return r.do("POST", path, form) }

func (r reader) do(method, path string, form url.Values) answer {
	r.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(context.Background(), method, r.h.url+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "parley_session", Value: r.cookie})
	}
	if r.other != "" {
		req.Header.Add("Cookie", r.other)
	}
	if r.language != "" {
		req.Header.Set("Accept-Language", r.language)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(text), res.Header}
}

// drain does the work that is due.
func (h *house) drain(t testing.TB) {
	t.Helper()
	if _, err := h.Jobs.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// faults are the lines of the log that tell of errors.
func (h *house) faults() string {
	var bad []string
	for _, line := range strings.Split(h.logs.String(), "\n") {
		if strings.Contains(line, `"ERROR"`) {
			bad = append(bad, line)
		}
	}
	return strings.Join(bad, "\n")
}

// newWorld is a small world with one reviewer, at the house's own time.
func newWorld(t testing.TB, h *house) *scene.World { return scene.New(t, h.DB, 1) }
