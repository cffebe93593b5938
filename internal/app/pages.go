package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"parley/internal/api/office"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/web"
	"parley/internal/web/access"
	"parley/internal/web/admin"
	"parley/internal/web/help"
	"parley/internal/web/portal"
	"parley/internal/web/review"
	"parley/internal/web/ui"
)

// pages registers every page. All routes are in the Register functions of
// five packages and here.
func (a *App) pages() (*web.Server, error) {
	settings, err := a.settings()
	if err != nil {
		return nil, err
	}
	s := &web.Server{DB: a.DB, Log: a.Log, Settings: settings}
	s.Raw("GET /static/", ui.Static())
	s.Raw("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }))
	s.Raw("GET /readyz", http.HandlerFunc(a.ready))
	access.Register(s)
	(&portal.Pages{Desk: a.Desk, Files: a.Files, Reader: a.Looks.Reader}).Register(s)
	review.Pages{Files: a.Files, Reader: a.Looks.Reader}.Register(s)
	admin.Pages{Keys: a.Chain.Keys, Export: Export, Check: a.findings, Probe: a.Plans.Probe}.Register(s)
	help.Pages{Keys: a.Chain.Keys}.Register(s)
	systems := &office.API{DB: a.DB, Log: a.Log, URL: func() string { return strings.TrimSuffix(a.URL, "/") }, Name: a.Name, Version: a.Version}
	for _, pattern := range office.Patterns {
		s.Raw(pattern, systems.Handler())
	}
	if a.Demo {
		a.demoPages(s)
	}
	return s, nil
}

// ready says whether the program can do its work, and if not, why not.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if reason := a.unready(ctx); reason != "" {
		http.Error(w, reason, http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// stuck is how long a due job may wait before the queue counts as stopped.
const stuck = 10 * time.Minute

func (a *App) unready(ctx context.Context) string {
	if a.leaving.Load() {
		return "The program was told to stop."
	}
	if err := a.DB.Ping(ctx); err != nil {
		return "The database does not answer."
	}
	has, needs, err := a.DB.Schema(ctx)
	if err != nil {
		return "The database's schema can't be read."
	}
	if has < needs { // a newer one is what the next version brought, which this one still can use
		return "The database needs `parley migrate`."
	}
	var q job.Queue
	err = a.DB.View(ctx, func(tx *db.Tx) (err error) { q, err = job.Look(ctx, tx); return err })
	if err != nil || !q.Oldest.IsZero() && a.Clock.Now().Sub(q.Oldest) > stuck {
		return "The queue has stopped."
	}
	return ""
}
