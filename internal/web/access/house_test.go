package access_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/pquerna/otp/totp"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/httpd"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/web"
	"parley/internal/web/access"
	"parley/internal/web/help"
	"parley/internal/web/ui"
)

var ctx = context.Background()

const right = "a quiet walk before the rain"

// A house is a running server with one office, and a page that takes notes.
type house struct {
	*testing.T
	d      *db.DB
	server *web.Server
	url    string
	ahead  atomic.Int64 // how far its clock is ahead of the start
	notes  []string
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, d: d}
	d.Now = func() time.Time { return dbtest.Clock.Add(time.Duration(h.ahead.Load())) }
	h.server = &web.Server{DB: d, Log: slog.New(slog.DiscardHandler), Settings: &web.Settings{
		Name: "Parley", URL: &url.URL{Scheme: "http", Host: "portal.example"}, Box: box,
		Limits: account.Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}, Warn: 2 * time.Minute, DeviceDays: 30,
		Support: ui.HelpLine{Phone: "(800) 555-0142", Hours: "Monday to Friday, 7 AM to 7 PM CT"},
		Version: "1.0.0", MailFrom: "no-reply@portal.example",
	}}
	access.Register(h.server)
	help.Pages{}.Register(h.server)
	h.server.Handle("GET /{$}", web.SignedIn, func(context.Context, *web.Request) (web.Answer, error) {
		return web.Answer{Title: "Home", Body: templ.Raw("<h1>Home</h1>")}, nil
	})
	h.server.Handle("GET /note", web.SignedIn, func(_ context.Context, r *web.Request) (web.Answer, error) {
		return web.Answer{Title: "Note", Body: noteForm(r.Key())}, nil
	})
	h.server.Handle("POST /note", web.SignedIn, func(_ context.Context, r *web.Request) (web.Answer, error) {
		if r.Value("note") == "" {
			return web.Answer{Title: "Note", Body: noteForm(r.Key())}, fault.Fields{"note": "Enter a note"}.Err()
		}
		h.notes = append(h.notes, r.Value("note"))
		return web.Answer{SeeOther: "/"}, nil
	})
	h.server.Raw("GET /static/", ui.Static())
	s := httptest.NewServer(httpd.Headers(h.server.Handler(), false))
	t.Cleanup(s.Close)
	h.url = s.URL
	h.do(func(tx *db.Tx) error {
		for _, mailed := range []bool{true, false} {
			id := map[bool]string{true: "org_mail", false: "org_app"}[mailed]
			if _, err := tx.Exec(ctx, `insert into organization (id, kind, name, mailed_codes, created_at) values ($1, 'office', 'Cedar Orthopedics', $2, $3)`,
				id, mailed, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	return h
}

func noteForm(key string) templ.Component {
	return templ.Raw(`<h1>Note</h1><form method="post" action="/note"><input type="hidden" name="_key" value="` + key +
		`"><label for="note">Note</label><textarea id="note" name="note"></textarea><button>Send note</button></form>`)
}

func (h *house) later(d time.Duration) { h.ahead.Add(int64(d)) }

func (h *house) do(f func(*db.Tx) error) {
	h.Helper()
	if err := h.d.Update(ctx, f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(email, organization string) (id account.PersonID) {
	h.Helper()
	h.do(func(tx *db.Tx) error {
		p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: email, FirstName: "Maria", LastName: "Chen"})
		if err != nil {
			return err
		}
		if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: organization, Role: account.OfficeStaff}); err != nil {
			return err
		}
		id = p.ID
		return account.SetPassword(ctx, tx, account.Program(), p.ID, right)
	})
	return id
}

// mailed runs the jobs and returns the code a mail would hold.
func (h *house) mailed() (code string) {
	h.Helper()
	r := job.NewRunner(h.d, slog.New(slog.DiscardHandler))
	job.React(r, func(context.Context, *db.Tx, account.SecurityChanged) error { return nil })
	job.React(r, func(_ context.Context, tx *db.Tx, e account.CodeAsked) error {
		_, drawn, ok, err := account.DrawCode(ctx, tx, e)
		if ok {
			code = drawn
		}
		return err
	})
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return code
}

// A visitor is a browser: it keeps cookies, and shows where it is sent.
type visitor struct {
	h      *house
	client *http.Client
	key    string // of their authenticator app
}

func (h *house) visitor() *visitor {
	jar, _ := cookiejar.New(nil)
	return &visitor{h: h, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// A reply is what came back.
type reply struct {
	Status   int
	Location string
	Body     string
	Header   http.Header
	Cookies  []*http.Cookie
}

func (v *visitor) send(r *http.Request) reply {
	v.h.Helper()
	r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0")
	resp, err := v.client.Do(r)
	if err != nil {
		v.h.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.h.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header.Get("Location"), string(body), resp.Header, resp.Cookies()}
}

func (v *visitor) get(path string) reply {
	v.h.Helper()
	r, _ := http.NewRequest(http.MethodGet, v.h.url+path, nil)
	return v.send(r)
}

// post sends fields, given as name and value in turn.
func (v *visitor) post(path string, fields ...string) reply {
	v.h.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, _ := http.NewRequest(http.MethodPost, v.h.url+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

func (v *visitor) password(email string) reply {
	v.h.Helper()
	return v.post("/sign-in", "email", email, "password", right)
}

// enroll signs in for the first time, up to the recovery codes.
func (v *visitor) enroll(email string) reply {
	v.h.Helper()
	v.want(v.password(email), http.StatusSeeOther, "/sign-in/verify")
	v.want(v.get("/sign-in/verify"), http.StatusSeeOther, "/sign-in/enroll")
	page := v.get("/sign-in/enroll")
	v.key = strings.ReplaceAll(match(v.h.T, page.Body, `<strong class="num">([A-Z2-7 ]+)</strong>`), " ", "")
	r := v.post("/sign-in/enroll", "setup", hiddenValue(v.h.T, page.Body, "setup"), "code", v.code())
	v.want(r, http.StatusSeeOther, "/sign-in/recovery-codes")
	v.h.later(time.Minute)
	return r
}

func (v *visitor) code() string {
	v.h.Helper()
	code, err := totp.GenerateCode(v.key, v.h.d.Now())
	if err != nil {
		v.h.Fatal(err)
	}
	return code
}

// signIn goes all the way with the authenticator.
func (v *visitor) signIn(email string) {
	v.h.Helper()
	v.want(v.password(email), http.StatusSeeOther, "/sign-in/verify")
	v.want(v.post("/sign-in/verify", "code", v.code()), http.StatusSeeOther, "/")
	v.h.later(time.Minute)
}

func (v *visitor) session() string {
	u, _ := url.Parse(v.h.url)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == "parley_session" {
			return c.Value
		}
	}
	return ""
}

func (v *visitor) want(r reply, status int, location string) {
	v.h.Helper()
	if r.Status != status || r.Location != location {
		v.h.Fatalf("got %d to %q, want %d to %q\n%s", r.Status, r.Location, status, location, text(r.Body))
	}
}

func (v *visitor) wantPage(r reply, status int, words ...string) {
	v.h.Helper()
	if r.Status != status {
		v.h.Fatalf("got %d to %q, want %d\n%s", r.Status, r.Location, status, text(r.Body))
	}
	for _, w := range words {
		if !strings.Contains(text(r.Body), w) {
			v.h.Errorf("the page doesn't say %q:\n%s", w, text(r.Body))
		}
	}
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)

// text is what a page says.
func text(html string) string {
	s := strings.Join(strings.Fields(tags.ReplaceAllString(html, " ")), " ")
	return strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&").Replace(s)
}

func match(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in:\n%s", pattern, text(body))
	}
	return m[1]
}

func hiddenValue(t *testing.T, body, name string) string {
	t.Helper()
	return match(t, body, `name="`+name+`" value="([^"]*)"`)
}
