package web

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/httpd"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func (s *Server) send(w http.ResponseWriter, r *http.Request, req *Request, a Answer) {
	for _, c := range a.Cookies {
		http.SetCookie(w, c)
	}
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	switch {
	case a.Status == http.StatusNoContent, a.Status == http.StatusCreated && a.Body == nil:
		w.WriteHeader(a.Status)
	case a.SeeOther != "":
		http.Redirect(w, r, a.SeeOther, http.StatusSeeOther)
	case a.File != nil:
		s.sendFile(w, r, a)
	default:
		s.sendPage(w, r, req, a)
	}
}

func (s *Server) sendPage(w http.ResponseWriter, r *http.Request, req *Request, a Answer) {
	var page bytes.Buffer
	ctx := words.Speaking(r.Context(), s.voice(req))
	ctx = templ.WithChildren(ctx, a.Body)
	if err := ui.Layout(s.shell(req, a)).Render(ctx, &page); err != nil {
		if r.Context().Err() != nil {
			return // the reader went on: nobody waits for this page, and nothing is wrong
		}
		s.Log.Error("render", "pattern", r.Pattern, "err", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests {
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "5")
		}
	}
	w.WriteHeader(max(a.Status, http.StatusOK))
	_, _ = page.WriteTo(w) // a reader who left is no fault of ours
}

func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, a Answer) {
	how := "attachment"
	if a.File.Inline {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", a.File.Type)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.File.Name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	if a.File.Stream == nil {
		h.Set("Content-Length", strconv.Itoa(len(a.File.Body)))
		w.WriteHeader(max(a.Status, http.StatusOK))
		_, _ = w.Write(a.File.Body)
		return
	}
	if err := a.File.Stream(w); err != nil {
		s.Log.Error("stream", "pattern", r.Pattern, "err", err)
		panic(http.ErrAbortHandler) // half a file must not pass for a whole one
	}
}

func (s *Server) shell(r *Request, a Answer) ui.Shell {
	shell := ui.Shell{
		Title: a.Title, HasErrors: len(a.Errors) > 0, DemoData: s.Settings.Demo, Version: s.Settings.Version,
		Crumbs: a.Crumbs, Wide: a.Wide, Help: s.Settings.Support, Now: s.DB.Now(),
	}
	if a.Help.Phone != "" {
		shell.Help = a.Help
	}
	if s.Settings.Maintenance.Heading != "" {
		shell.SiteAlert = &s.Settings.Maintenance
	}
	if r == nil {
		return shell
	}
	shell.SiteAlert = r.alert()
	if r.Method == http.MethodGet && r.Speaks() {
		shell.Other = other(r.speaks())
	}
	if !r.By.Known() {
		return shell
	}
	shell.Theme = r.By.Theme
	if r.Visit.State != account.Open || a.Bare {
		return shell
	}
	seat := r.By.Seat()
	shell.Person = &ui.Person{Name: r.By.Name, Organization: seat.Organization, Role: words.AsIs(string(seat.Role))}
	if a := r.By.Assists; a != nil {
		shell.Acting = ui.Acting{Words: words.Say("Acting for %s, %s from %s", a.Organization, a.Channel, a.Caller), End: "/assist/end"}
	}
	if v := r.By.Viewed; v != nil {
		shell.Acting = ui.Acting{Words: words.Say("You see what %s sees, until %s. Nothing can be changed.", r.By.Name, civil.Clock(v.EndsAt, r.Zone(civil.DefaultZone))), End: "/view/end"}
	}
	shell.Nav, shell.Nudge = nav(r), r.nudge()
	shell.HelpHref = helpHref(r)
	shell.Idle = ui.Idle{After: s.Settings.Limits.Idle, Warn: s.Settings.Warn}
	shell.Search, shell.ShowSearch = a.Search, r.By.Can(account.ReadOrders)
	return shell
}

// withFault has a page that shows what was typed say what is wrong with it.
func withFault(a Answer, err error) Answer {
	f := fault.Of(err)
	if a.Status == 0 {
		a.Status = httpd.Status[f.Kind]
	}
	if a.Errors == nil {
		a.Errors = Errors(f)
	}
	return a
}

// Errors lists a fault's fields for the error summary, in the order of their
// names; a fault without fields is one line that leads to the top of the page.
// Order them by first with the fields' order on the page.
func Errors(err error, first ...string) []ui.FieldError {
	f := fault.Of(err)
	if len(f.Fields) == 0 {
		return []ui.FieldError{{Field: "main", Text: f.Text}}
	}
	var all []ui.FieldError
	for field, text := range f.Fields {
		all = append(all, ui.FieldError{Field: field, Text: text})
	}
	place := func(field string) int {
		if i := slices.Index(first, field); i >= 0 {
			return i
		}
		return len(first)
	}
	sort.Slice(all, func(i, j int) bool {
		if a, b := place(all[i].Field), place(all[j].Field); a != b {
			return a < b
		}
		return all[i].Field < all[j].Field
	})
	return all
}

const (
	sessionCookie = "parley_session"
	deviceCookie  = "parley_device"
)

// cookieName has the browser itself refuse a cookie that came without HTTPS
// or for another host (the __Host- prefix, RFC 6265bis 4.1.3.2). The demo on
// plain HTTP has no way to offer that.
func (s *Settings) cookieName(name string) string {
	if s.HTTPS() {
		return "__Host-" + name
	}
	return name
}

func (s *Settings) cookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: s.HTTPS(), SameSite: http.SameSiteLaxMode}
	switch {
	case value == "":
		c.MaxAge = -1
	case age > 0:
		c.MaxAge = int(age.Seconds())
	}
	return c
}

// SessionCookie carries a session's token until the browser closes; an empty
// token takes it away.
func (s *Settings) SessionCookie(token string) *http.Cookie { return s.cookie(sessionCookie, token, 0) }

// DeviceCookie carries a trusted device's token.
func (s *Settings) DeviceCookie(token string) *http.Cookie {
	return s.cookie(deviceCookie, token, time.Duration(s.DeviceDays)*24*time.Hour)
}

// SpeakerCookie carries, until the browser closes, what lets a speaker without
// an account in to their call; an empty token takes it away. Brief reads it,
// by the name "speaker".
func (s *Settings) SpeakerCookie(token string) *http.Cookie {
	return s.cookie("parley_speaker", token, 0)
}

// BriefCookie carries what one page has for the next, for ten minutes. What
// is secret in it is sealed by whoever sets it; an empty value takes it away.
func (s *Settings) BriefCookie(name, value string) *http.Cookie {
	return s.cookie("parley_"+name, value, 10*time.Minute)
}

// Brief is what BriefCookie or SpeakerCookie carried, or "".
func (r *Request) Brief(name string) string {
	return read(r.Request, r.Settings.cookieName("parley_"+name))
}

// DeviceToken is what the trusted-device cookie holds, or "".
func (r *Request) DeviceToken() string { return read(r.Request, r.Settings.cookieName(deviceCookie)) }

func (s *Server) token(r *http.Request) string { return read(r, s.Settings.cookieName(sessionCookie)) }

func read(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// Zone is where r's reader reads times: their choice, else fallback, else UTC.
func (r *Request) Zone(fallback string) *time.Location {
	for _, name := range []string{r.By.Zone, fallback} {
		if loc, err := loadZone(name); err == nil && name != "" {
			return loc
		}
	}
	return time.UTC
}

// Ctx is r's context, for verbs that a page's parts call.
func (r *Request) Ctx() context.Context { return r.Context() }
