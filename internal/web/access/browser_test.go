package access_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A walk goes through the pages in one color scheme and looks at each at the
// width of a desk and of a phone.
type walk struct {
	*house
	tab   *browser.Tab
	theme string
	n     int
}

// look has axe check the page, and keeps a picture where PARLEY_PICTURES names a folder.
func (w *walk) look(name string) {
	w.Helper()
	w.n++
	for _, width := range []int{1280, 375} {
		w.tab.Width(width)
		w.tab.Axe()
		if dir := os.Getenv("PARLEY_PICTURES"); dir != "" {
			w.tab.Screenshot(filepath.Join(dir, fmt.Sprintf("%02d-%s-%s-%d.png", w.n, name, w.theme, width)))
		}
	}
	w.tab.Fits(1280, 375, 320)
	w.tab.Width(1280)
}

func (w *walk) says(words string) {
	w.Helper()
	if got := w.tab.Text("main"); !strings.Contains(got, words) {
		w.Fatalf("%s doesn't say %q but\n%s", w.tab.URL(), words, got)
	}
}

func (w *walk) visit(path string) {
	w.Helper()
	w.tab.Visit(w.url + path)
}

// password fills in and sends the sign-in page.
func (w *walk) password(email, password string) {
	w.Helper()
	w.visit("/sign-in")
	w.tab.Type("#email", email)
	w.tab.Type("#password", password)
	w.tab.Click("Sign in")
}

func TestAccessPagesInABrowser(t *testing.T) {
	for theme, options := range map[string][]browser.Option{"light": nil, "dark": {browser.Dark()}} {
		t.Run(theme, func(t *testing.T) {
			w := &walk{house: open(t, dbtest.SQLite(t)), tab: browser.New(t, options...), theme: theme}
			w.person(maria, "org_app")
			w.person("ben@cedarortho.example", "org_mail")
			v := w.visitor()
			w.door()
			w.firstTime(v)
			w.own()
			w.lock()
			w.secondTime(v)
			w.byMail()
			w.forEverybody()
		})
	}
}

func (w *walk) door() {
	w.visit("/sign-in")
	w.look("sign-in")
	w.tab.FocusVisible()
	w.tab.Click("Sign in")
	w.look("sign-in-empty")
	w.password(maria, "wrong")
	w.says("Email address or password doesn't match our records")
	if got := w.tab.Value("#email"); got != maria {
		w.Errorf("the address box holds %q", got)
	}
	w.look("sign-in-error")
	for range 10 {
		w.visitor().post("/sign-in", "email", maria, "password", "wrong")
	}
	w.password(maria, right)
	w.says("Too many tries. Wait 15 minutes or reset your password")
	w.look("sign-in-throttled")
	w.later(15 * time.Minute)
}

func (w *walk) firstTime(v *visitor) {
	w.password(maria, right)
	w.says("Set up your authenticator app")
	w.look("enroll")
	w.tab.Click("I can't scan it")
	v.key = strings.ReplaceAll(w.tab.Text("details strong"), " ", "")
	w.tab.Type("#code", "000")
	w.tab.Click("Continue")
	w.says("Code must be 6 digits")
	w.look("enroll-error")
	w.tab.Type("#code", v.code())
	w.tab.Click("Continue")
	w.says("Save your recovery codes")
	w.look("recovery-codes")
	w.tab.Click("Continue")
	w.says("Home")
	w.later(time.Minute)
}

func (w *walk) own() {
	w.visit("/account")
	w.look("account")
	w.tab.Type("#phone", "12")
	w.tab.Click("Save changes")
	w.look("account-error")
	w.do(func(tx *db.Tx) error {
		p, err := account.ByEmail(ctx, tx, maria)
		if err != nil {
			return err
		}
		by, err := account.Act(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if _, err = account.Begin(ctx, tx, p.ID, "device", "Mozilla/5.0 (iPhone) Safari", "198.51.100.7", w.server.Settings.Limits); err != nil {
			return err
		}
		_, err = account.Trust(ctx, tx, by, "Mozilla/5.0 (iPhone) Safari", 30)
		return err
	})
	w.visit("/account/security?done=password")
	w.look("security")
	w.tab.Click("Change password")
	w.look("security-error")
	w.visit("/account/security/authenticator")
	w.look("authenticator")
	w.visit("/sign-in/recovery-codes")
	w.look("recovery-codes-gone")
}

func (w *walk) lock() {
	w.visit("/note")
	w.tab.Type("#note", "She asks for a call on Tuesday.")
	w.later(15 * time.Minute)
	w.tab.Click("Send note")
	w.says("Maria Chen, you were away for a while")
	w.look("locked")
	w.tab.Type("#password", "wrong")
	w.tab.Click("Continue")
	w.look("locked-error")
	w.tab.Type("#password", right)
	w.tab.Click("Continue")
	w.says("You're back. What you were sending is kept.")
	w.look("resume")
	w.tab.Click("Continue")
	w.says("Home")
	if len(w.notes) != 1 || w.notes[0] != "She asks for a call on Tuesday." {
		w.Errorf("notes: %q", w.notes)
	}
}

func (w *walk) secondTime(v *visitor) {
	w.tab.Click(".name-menu summary")
	w.tab.Click(".name-menu form button")
	w.says("You're signed out")
	w.look("signed-out")
	w.password(maria, right)
	w.look("verify")
	w.tab.Type("#code", "123")
	w.tab.Click("Continue")
	w.look("verify-error")
	w.tab.Click("Use a recovery code")
	w.look("verify-recovery")
	w.tab.Click("Use a code from your authenticator app")
	w.tab.Type("#code", v.code())
	w.tab.Click("label[for=remember]")
	w.tab.Click("Continue")
	w.says("Home")
	w.later(time.Minute)
}

func (w *walk) byMail() {
	w.tab.Click(".name-menu summary")
	w.tab.Click(".name-menu form button")
	w.house.mailed()
	w.password("ben@cedarortho.example", right)
	w.says("We sent it to b•••@cedarortho.example")
	w.look("verify-mail")
	w.tab.Type("#code", w.house.mailed())
	w.tab.Click("Continue")
	w.says("Home")
	w.visit("/account/security")
	w.look("security-mail")
}

func (w *walk) forEverybody() {
	for _, page := range []string{"help", "help/glossary", "accessibility", "system-requirements"} {
		w.visit("/" + page)
		w.look(strings.ReplaceAll(page, "/", "-"))
	}
}

// Somebody with a keyboard and nothing else comes in and leaves.
func TestTheWayInByKeyboard(t *testing.T) {
	for _, width := range []int{1280, 375} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			h := open(t, dbtest.SQLite(t))
			h.person(maria, "org_app")
			v := h.visitor()
			v.enroll(maria)
			tab := browser.New(t)
			tab.Width(width)
			reach := func(id string) {
				t.Helper()
				for range 30 {
					if tab.Focused() == id {
						return
					}
					tab.Press("Tab")
				}
				t.Fatalf("Tab doesn't come to %s on %s", id, tab.URL())
			}
			tab.Visit(h.url + "/sign-in")
			reach("email")
			tab.Press(maria)
			reach("password")
			tab.Press("wrong", "Enter")
			if !tab.Has("[data-error-summary]:focus") {
				t.Error("the error summary isn't focused")
			}
			reach("password")
			tab.Press(right, "Enter")
			reach("code")
			tab.Press(v.code())
			reach("remember")
			tab.Press("Space", "Enter")
			if got := tab.Text("h1"); got != "Home" {
				t.Fatalf("came to %q", got)
			}
			reach("summary")
			tab.Press("Enter")
			for range 30 {
				if tab.Press("Tab"); tab.Has(`form[action="/sign-out"] button:focus`) {
					break
				}
			}
			tab.Press("Enter")
			if got := tab.URL(); !strings.HasSuffix(got, "/sign-in?out=1") {
				t.Errorf("after signing out at %s", got)
			}
		})
	}
}

// With scripts off the same way leads in, and the lock keeps what was typed.
func TestAccessWithoutScripts(t *testing.T) {
	w := &walk{house: open(t, dbtest.SQLite(t)), tab: browser.New(t, browser.NoScript()), theme: "noscript"}
	w.person(maria, "org_app")
	v := w.visitor()
	v.enroll(maria)
	w.password(maria, "wrong")
	w.look("error")
	w.password(maria, right)
	w.tab.Type("#code", v.code())
	w.tab.Click("Continue")
	w.says("Home")
	w.lock()
	w.visit("/account/security")
	w.look("security")
}
