// Package app is the only place where things are put together: the database,
// the files, the mail, the pages, and what follows each event.
//
// A tour, from the ground up: infra/db is the seam over two databases and
// infra/job the work that is done later; domain holds what the program is
// about, a package for each concept, with its SQL beside it; web and api turn
// requests into verbs of the domain; reactions.go, here, is one page that says
// what follows each event.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/member"
	"parley/internal/domain/notify"
	"parley/internal/domain/peer"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/fetch"
	"parley/internal/infra/httpd"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/infra/mail"
	"parley/internal/infra/openid"
	"parley/internal/infra/scan"
	"parley/internal/infra/secret"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// Config is what an operator decides. See `parley serve --help`.
type Config struct {
	Database     string // "sqlite:PATH" or "postgres://…"
	Data         string // folder of files and keys
	URL          string // where readers reach us; https switches on what needs it
	Name         string
	From         mail.Address
	Sender       mail.Sender
	Limits       account.Limits
	Warn         time.Duration
	Forwarded    bool
	Support      ui.HelpLine
	SupportEmail string       // hears of problems that people report; "" for nobody
	Notice       ui.SiteAlert // maintenance, on every page
	Demo         bool
	Version      string
	Workers      int
	Leave        time.Duration     // how long Serve answers on after it was told to stop
	Scanner      scan.Scanner      // of what is uploaded; nil: there is none
	Faxes        string            // domain of a gateway that faxes what is mailed to NUMBER@domain; "" for none
	FaxFolder    string            // where a fax server writes what arrives; "" for none
	PlanKeys     map[string]string // bearer tokens of plans' own systems, by plan code
	Log          *slog.Logger
}

// An App is a running installation.
type App struct {
	Config
	DB        *db.DB
	Files     *blob.Dir
	Box       *secret.Box
	Chain     *audit.Chain // ties the entries of the audit together
	Jobs      *job.Runner
	Desk      *notify.Desk
	Looks     *attachment.Inspector // at what is uploaded
	Plans     *member.Inquiry       // at plans' own systems
	Calendars *peer.CalendarReader  // of reviewers, elsewhere
	Web       *web.Server
	Clock     *Clock
	metrics   *metrics
	leaving   atomic.Bool // it was told to stop
	box       *mail.Box   // the demo's mail, else nil
}

// A Clock is the real time, moved by the demo and by nothing else.
type Clock struct{ offset atomic.Int64 }

// Now is the program's time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// Open puts an installation together. The caller closes it.
func Open(ctx context.Context, c Config) (*App, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	a := &App{Config: c, Clock: &Clock{}, Files: &blob.Dir{Path: filepath.Join(c.Data, "files")}, metrics: newMetrics()}
	var err error
	if a.Box, err = secret.OpenBox(filepath.Join(c.Data, "keys.json")); err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	if a.Files.Keys, err = secret.OpenStreams(filepath.Join(c.Data, "file-keys.json"), a.Box); err != nil {
		return nil, err
	}
	keys, err := secret.OpenSigner(filepath.Join(c.Data, "signing-seed"), a.Box)
	if err != nil {
		return nil, err
	}
	a.Chain = &audit.Chain{Keys: keys}
	if a.DB, err = db.Open(ctx, c.Database); err != nil {
		return nil, err
	}
	a.DB.Now = a.Clock.Now
	if box, ok := c.Sender.(*mail.Box); ok {
		a.box = box
	}
	a.Desk = &notify.Desk{Name: c.Name, URL: strings.TrimSuffix(c.URL, "/"), From: c.From, DB: a.DB, Sender: c.Sender, Keys: keys, Faxes: c.Faxes, Support: c.SupportEmail}
	a.Looks = &attachment.Inspector{DB: a.DB, Files: a.Files, Scanner: c.Scanner, Reader: inspect.NewReader()}
	a.Plans = &member.Inquiry{DB: a.DB, Keys: c.PlanKeys}
	a.Calendars = &peer.CalendarReader{DB: a.DB, Box: a.Box}
	a.Jobs = job.NewRunner(a.DB, c.Log)
	a.react()
	if a.Web, err = a.pages(); err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	return a, nil
}

// Close lets go of the database.
func (a *App) Close() error { return a.DB.Close() }

func (a *App) settings() (*web.Settings, error) {
	u, err := url.Parse(a.URL)
	if err != nil {
		return nil, fmt.Errorf("the address readers use: %w", err)
	}
	who := &openid.Client{HTTP: fetch.Client{}.HTTP(), Now: func() time.Time { return a.DB.Now() }}
	return &web.Settings{
		Identity: who, LookUpTXT: lookUpTXT, Name: a.Name, URL: u, Limits: a.Limits, Warn: a.Warn, DeviceDays: 30, Demo: a.Demo, Forwarded: a.Forwarded,
		Support: a.Support, Maintenance: a.Notice, Version: a.Version, Box: a.Box, MailFrom: a.From.Email, Faxes: a.Faxes != "",
	}, nil
}

// Handler is everything readers can ask for.
func (a *App) Handler() (http.Handler, error) {
	s := a.Web.Settings
	compressed, err := httpd.Compress(a.Web.Handler())
	if err != nil {
		return nil, err
	}
	return httpd.Log(httpd.Headers(compressed, s.HTTPS()), a.Log, a.metrics.observe, audit.WithRequest), nil
}

// Serve answers readers on l, and operators on admin if it is not nil, and
// works through the queue, until ctx is done. It answers on for as long as
// Leave says, not ready any more: a proxy that noticed sends nothing by then,
// so that nothing is lost with a connection that nobody took.
func (a *App) Serve(ctx context.Context, l, admin net.Listener) error {
	h, err := a.Handler()
	if err != nil {
		return err
	}
	told := ctx
	ctx, end := context.WithCancel(context.WithoutCancel(told))
	defer end()
	go func() {
		<-told.Done()
		a.leaving.Store(true)
		time.Sleep(a.Leave)
		end()
	}()
	done := make(chan error, 4)
	running := 3
	go func() { done <- httpd.Serve(ctx, l, h, a.Log, a.Web.EndStreams) }()
	go func() { a.Jobs.Run(told, max(1, a.Workers)); done <- nil }()
	go func() { a.DB.Listen(ctx, a.Log); done <- nil }()
	if admin != nil {
		running++
		go func() { done <- httpd.Serve(ctx, admin, a.adminHandler(), a.Log, nil) }()
	}
	for range running {
		err = errors.Join(err, <-done)
	}
	return err
}

// patience is how long somebody waits for the DNS.
const patience = 10 * time.Second

func lookUpTXT(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return net.DefaultResolver.LookupTXT(ctx, name+".")
}
