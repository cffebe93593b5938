package gallery_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"parley/internal/browser"
	"parley/internal/web/ui"
	"parley/internal/web/ui/gallery"
)

var pictures = flag.String("pictures", "", "write pictures of the gallery into this folder")

// policy is the one the portal sends; a part that needs more fails here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	for path, page := range map[string]func(string) templ.Component{
		"/{$}": gallery.Page, "/done": gallery.Done, "/sign-in": gallery.SignIn,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			if err := page(r.FormValue("theme")).Render(r.Context(), w); err != nil {
				t.Error(err)
			}
		})
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestGalleryIsAccessible(t *testing.T) {
	url := serve(t)
	tab := browser.New(t)
	for _, path := range []string{"/", "/done", "/sign-in"} {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int{1280, 375} {
				t.Run(fmt.Sprintf("%s %s %d", path, theme, width), func(t *testing.T) {
					tab.Width(width)
					tab.Visit(url + path + "?theme=" + theme)
					tab.Axe()
					if *pictures != "" {
						name := fmt.Sprintf("%s-%s-%d.png", filepath.Base("/gallery"+path), theme, width)
						tab.Screenshot(filepath.Join(*pictures, name))
					}
				})
			}
		}
		tab.Fits(1280, 768, 375, 320)
	}
}

func TestGalleryWithoutScript(t *testing.T) {
	tab := browser.New(t, browser.NoScript(), browser.Dark())
	tab.Width(375)
	tab.Visit(serve(t))
	tab.Axe()
	tab.Fits(375, 320)
	if tab.Has(".nav-menu a") {
		t.Error("the menu is open at first")
	}
	tab.Click("Menu")
	if !tab.Has(".nav-menu a") {
		t.Error("the menu doesn't open")
	}
}

func TestFocusIsSeen(t *testing.T) {
	tab := browser.New(t)
	tab.Visit(serve(t))
	tab.FocusVisible()
}

func TestErrorSummaryTakesFocusAndLeadsToFields(t *testing.T) {
	tab := browser.New(t)
	tab.Visit(serve(t))
	if !tab.Has("[data-error-summary]:focus") {
		t.Error("the error summary isn't focused")
	}
	for link, want := range map[string]string{
		"NPI must be 10 digits":       "npi",
		"Year must include 4 numbers": "dob_month",
		"Select what describes you":   "describe",
	} {
		tab.Click(link)
		if got := tab.Focused(); got != want {
			t.Errorf("%q leads to %s, want %s", link, got, want)
		}
	}
}

// Left and Right keep the position and skip what is taken; Up and Down cross days (ux 3.2).
func TestWeekGridKeys(t *testing.T) {
	tab := browser.New(t)
	tab.Visit(serve(t))
	tab.Click("#s_1003 + label")
	for _, step := range []struct{ key, want string }{
		{"ArrowRight", "s_1005"}, // the second of Wednesday is taken
		{"ArrowRight", "s_1007"},
		{"ArrowRight", "s_1007"},
		{"ArrowDown", "s_1008"},
		{"ArrowLeft", "s_1005"},
		{"ArrowLeft", "s_1002"},
		{"End", "s_1004"},
		{"Home", "s_1002"},
		{"ArrowUp", "s_1008"},
	} {
		tab.Press(step.key)
		var chosen string
		tab.Eval(`document.querySelector("[name=slot]:checked").id`, &chosen)
		if got := tab.Focused(); got != step.want || chosen != step.want {
			t.Errorf("%s: focus on %s, chosen %s, want %s", step.key, got, chosen, step.want)
		}
	}
}

func TestPasswordShows(t *testing.T) {
	tab := browser.New(t)
	tab.Visit(serve(t) + "/sign-in")
	tab.Click("Show password")
	if got := tab.Attribute("#password", "type"); got != "text" {
		t.Errorf("the password's type is %s", got)
	}
	tab.Click("Hide password")
	if got := tab.Attribute("#password", "type"); got != "password" {
		t.Errorf("the password's type is %s", got)
	}
}

// The dialog asks before the session ends; staying asks the server, silence leads to the lock screen.
func TestIdleDialog(t *testing.T) {
	var extended atomic.Int32
	mux := http.NewServeMux()
	mux.Handle("GET /static/", ui.Static())
	mux.HandleFunc("POST /session/extend", func(w http.ResponseWriter, _ *http.Request) {
		extended.Add(1)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /work", func(w http.ResponseWriter, r *http.Request) {
		shell := ui.Shell{Title: "Work", Person: &ui.Person{Name: "Maria Santos"}, Idle: ui.Idle{After: 4 * time.Second, Warn: 3 * time.Second}}
		_ = ui.Layout(shell).Render(r.Context(), w)
	})
	mux.HandleFunc("GET /locked", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.FormValue("return")) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)

	tab := browser.New(t)
	tab.Visit(s.URL + "/work?day=1")
	wait := func(what string, ok func() bool) {
		t.Helper()
		for range 100 {
			if ok() {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("%s doesn't happen", what)
	}
	wait("the question", func() bool { return tab.Has("#idle[open]") })
	tab.Click("Stay signed in")
	wait("staying", func() bool { return extended.Load() == 1 && !tab.Has("#idle[open]") })
	wait("the lock screen", func() bool { return strings.Contains(tab.URL(), "/locked") })
	if got := tab.Text("body"); got != "/work?day=1" {
		t.Errorf("the way back is %q", got)
	}
}
