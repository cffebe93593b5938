package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"parley/internal/web"
	"parley/internal/web/ui/gallery"
)

// demoPages exist only in the demo: the mail it sent, the clock, the people.
func (a *App) demoPages(s *web.Server) {
	s.Raw("GET /demo/mail.json", http.HandlerFunc(a.demoMail))
	s.Handle("GET /demo/mail", web.Public, a.demoMailPage)
	s.Raw("POST /demo/clock", http.HandlerFunc(a.demoClock))
	s.Raw("GET /demo/people.json", http.HandlerFunc(a.demoPeople))
	s.Raw("GET /dev/components", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = gallery.Page(r.URL.Query().Get("theme")).Render(r.Context(), w) // a reader who left is no fault of ours
	}))
}

type demoFile struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Content string `json:"content"` // base64
}

type demoMessage struct {
	At          time.Time  `json:"at"`
	To          string     `json:"to"`
	Subject     string     `json:"subject"`
	Text        string     `json:"text"`
	HTML        string     `json:"html"`
	Attachments []demoFile `json:"attachments"`
}

func (a *App) messages() []demoMessage {
	all := []demoMessage{}
	for _, m := range a.box.All() {
		d := demoMessage{At: m.At, To: m.To.Email, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Attachments: []demoFile{}}
		for _, f := range m.Attachments() {
			d.Attachments = append(d.Attachments, demoFile{f.Name, f.Type, base64.StdEncoding.EncodeToString(f.Content)})
		}
		all = append(all, d)
	}
	return all
}

func (a *App) demoMail(w http.ResponseWriter, _ *http.Request) { writeJSON(w, a.messages()) }

func (a *App) demoMailPage(context.Context, *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Mail the demo sent", Body: mailPage(a.messages()), Bare: true}, nil
}

// demoClock moves the program's time on and does what became due.
func (a *App) demoClock(w http.ResponseWriter, r *http.Request) {
	d, err := time.ParseDuration(r.FormValue("advance"))
	if err != nil || d <= 0 || d > 366*24*time.Hour {
		http.Error(w, "advance must be a duration such as 48h, at most a year", http.StatusUnprocessableEntity)
		return
	}
	a.Clock.Advance(d)
	n, err := a.Jobs.Drain(r.Context())
	if err != nil {
		a.Log.Error("demo clock", "err", err)
		http.Error(w, "The due jobs could not be run.", http.StatusInternalServerError)
		return
	}
	writeJSON(w, map[string]any{"now": a.Clock.Now(), "jobs": n})
}

func (a *App) demoPeople(w http.ResponseWriter, r *http.Request) {
	people, err := a.DemoPeople(r.Context())
	if err != nil {
		a.Log.Error("demo people", "err", err)
		http.Error(w, "The people can't be read.", http.StatusInternalServerError)
		return
	}
	writeJSON(w, people)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a reader who left is no fault of ours
}
