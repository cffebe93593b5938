// Package browser drives a real Chromium, for the tests of pages and for the pictures in the manual.
// No part of Parley itself imports it.
//
// Every step fails the test with a sentence when it cannot be done, so that a test reads as what a person does:
//
//	tab := browser.New(t)
//	tab.Visit(server.URL + "/sign-in")
//	tab.Type("#email", "maria@cedarortho.example")
//	tab.Click("Continue")
//	tab.Axe()
package browser

import (
	"context"
	"os/exec"
	"parley/internal/infra/feed/feedtest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take; the machines that test are slow and shared.
const patience = 30 * time.Second

// Tab is one tab of a browser of its own. A fault of the page's script or policy fails the test too.
type Tab struct {
	t        testing.TB
	ctx      context.Context
	noScript bool

	mu      sync.Mutex
	asked   time.Time // when the page last asked to go elsewhere, until that begins
	loading bool
	trouble []string
}

// Option changes what New opens.
type Option func(*Tab) chromedp.Action

// NoScript switches the page's scripts off.
func NoScript() Option {
	return func(tab *Tab) chromedp.Action {
		tab.noScript = true
		return emulation.SetScriptExecutionDisabled(true)
	}
}

// Dark makes the system prefer dark colors.
func Dark() Option {
	return func(*Tab) chromedp.Action {
		return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})
	}
}

// Zone sets the browser's time zone, such as America/Denver.
func Zone(name string) Option {
	return func(*Tab) chromedp.Action { return emulation.SetTimezoneOverride(name) }
}

// Language sets what the browser asks pages to be in, such as es.
func Language(tag string) Option {
	return func(*Tab) chromedp.Action {
		return network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": tag})
	}
}

// New starts Chromium with a profile of its own and opens a tab 1280 pixels wide. The test's end closes it.
//
// Under the race detector the test is skipped: it waits for a browser, not for us, and takes three times as long. All
// of them run without it; what concurrent readers do to each other is tested without a browser.
func New(t testing.TB, options ...Option) *Tab {
	t.Helper()
	if feedtest.Race {
		t.Skip("browser tests run without the race detector")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), flags(t)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return open(t, ctx, options)
}

// Person opens a tab of the same Chromium that shares no cookie with this one: somebody else at their desk.
func (tab *Tab) Person(options ...Option) *Tab {
	tab.t.Helper()
	window, err := tab.window()
	if err != nil {
		tab.t.Fatalf("Chromium opens no second window: %v", err)
	}
	ctx, cancel := chromedp.NewContext(tab.ctx, chromedp.WithTargetID(window))
	tab.t.Cleanup(cancel)
	return open(tab.t, ctx, options)
}

// window opens a window with a profile of its own; a tab alone would have none to stand in.
func (tab *Tab) window() (target.ID, error) {
	ctx := cdp.WithExecutor(tab.ctx, chromedp.FromContext(tab.ctx).Browser)
	profile, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(ctx)
	if err != nil {
		return "", err
	}
	return target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
}

func open(t testing.TB, ctx context.Context, options []Option) *Tab {
	t.Helper()
	tab := &Tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, tab.hear)
	actions := []chromedp.Action{page.Enable(), log.Enable(), emulation.SetFocusEmulationEnabled(true)}
	for _, o := range options {
		actions = append(actions, o(tab))
	}
	if err := chromedp.Run(ctx, actions...); err != nil { // starts the browser, so it must not have a deadline
		t.Fatalf("Chromium doesn't start: %v", err)
	}
	t.Cleanup(tab.report)
	tab.Width(1280)
	return tab
}

func flags(t testing.TB) []chromedp.ExecAllocatorOption {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("these tests need Chromium, and there is none: run `make tools`, or apt-get install chromium")
	}
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // tests may run as root
		chromedp.DisableGPU,
		chromedp.NoFirstRun,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.WSURLReadTimeout(patience),
	)
}

// hear notes whether a page is loading and what its scripts complained about.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		tab.asked = time.Now()
	case *page.EventFrameStartedLoading:
		tab.loading, tab.asked = true, time.Time{}
	case *page.EventFrameStoppedLoading:
		tab.loading = false
	case *runtime.EventExceptionThrown:
		tab.trouble = append(tab.trouble, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
			tab.trouble = append(tab.trouble, e.Entry.Text)
		}
	}
}

func (tab *Tab) report() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if len(tab.trouble) > 0 {
		tab.t.Errorf("the browser complained:\n%s", strings.Join(tab.trouble, "\n"))
	}
}

// run does actions and fails the test when they fail or take too long.
func (tab *Tab) run(what string, actions ...chromedp.Action) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		tab.t.Fatalf("%s: %v", what, err)
	}
}

// underway is how long after asking to go elsewhere a page may take to begin; one that only jumps within itself
// never does.
const underway = 2 * time.Second

// settle waits out a navigation that the step just taken may have begun.
func (tab *Tab) settle() {
	tab.t.Helper()
	time.Sleep(50 * time.Millisecond) // the browser says that it starts loading in its own time
	for until := time.Now().Add(patience); tab.isLoading(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			tab.t.Fatalf("the page is still loading after %v", patience)
		}
	}
}

func (tab *Tab) isLoading() bool {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return tab.loading || time.Since(tab.asked) < underway
}
