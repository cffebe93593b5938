package access_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/web/ui"
)

const maria = "maria@cedarortho.example"

// The way in from the first password to home, and the second time with a code.
func TestTheWayIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.person(maria, "org_app")
		v := h.visitor()
		v.wantPage(v.get("/sign-in"), http.StatusOK, "Sign in", "(800) 555-0142", "Monday to Friday, 7 AM to 7 PM CT", "What you can do here", "System requirements", "version 1.0.0")
		v.enroll(maria)
		page := v.get("/sign-in/recovery-codes")
		v.wantPage(page, http.StatusOK, "Save your recovery codes")
		if n := strings.Count(page.Body, "<code>"); n != 10 {
			t.Errorf("%d recovery codes, want 10", n)
		}
		recovery := match(t, page.Body, `<code>([^<]+)</code>`)
		v.want(v.post("/sign-in/recovery-codes"), http.StatusSeeOther, "/")
		v.wantPage(v.get("/sign-in/recovery-codes"), http.StatusOK, "Your recovery codes were put away")
		v.wantPage(v.get("/"), http.StatusOK, "Home", "Maria Chen", "Sign out")
		v.want(v.get("/sign-in"), http.StatusSeeOther, "/")
		v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in?out=1")
		v.wantPage(v.get("/sign-in?out=1"), http.StatusOK, "You're signed out")

		v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
		v.wantPage(v.get("/sign-in/verify"), http.StatusOK, "Enter the code from your app", "Don't ask again on this device for 30 days")
		v.want(v.get("/sign-in/enroll"), http.StatusSeeOther, "/sign-in/verify")
		v.wantPage(v.post("/sign-in/verify", "code", "12"), http.StatusUnprocessableEntity, "Code must be 6 digits")
		v.want(v.post("/sign-in/verify", "code", v.code()), http.StatusSeeOther, "/")
		v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in?out=1")

		v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
		v.wantPage(v.get("/sign-in/verify?way=recovery"), http.StatusOK, "Enter a recovery code")
		v.wantPage(v.post("/sign-in/verify", "way", "recovery", "recovery_code", "nonsense"), http.StatusUnprocessableEntity, "This code doesn't match. You have 9 tries left", "Enter a recovery code")
		v.want(v.post("/sign-in/verify", "way", "recovery", "recovery_code", recovery), http.StatusSeeOther, "/")
		v.wantPage(v.get("/account/security"), http.StatusOK, "9 of 10 codes are left")
	})
}

// Email address and password in one POST, and back to where somebody wanted to go.
func TestSignInLeadsToThePageThatWasAskedFor(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.post("/sign-out")
	v.want(v.get("/note?day=1"), http.StatusSeeOther, "/sign-in?return=%2Fnote%3Fday%3D1")
	page := v.get("/sign-in?return=%2Fnote%3Fday%3D1")
	to := hiddenValue(t, page.Body, "return")
	v.want(v.post("/sign-in", "email", maria, "password", right, "return", to), http.StatusSeeOther, "/sign-in/verify?return=%2Fnote%3Fday%3D1")
	v.want(v.get("/note?day=1"), http.StatusSeeOther, "/sign-in/verify?return=%2Fnote%3Fday%3D1")
	page = v.get("/sign-in/verify?return=%2Fnote%3Fday%3D1")
	v.want(v.post("/sign-in/verify", "code", v.code(), "return", hiddenValue(t, page.Body, "return")), http.StatusSeeOther, "/note?day=1")
}

// After sign-in nobody is sent to another site.
func TestASVS_3_7_2_NoRedirectLeavesTheSite(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	for _, evil := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "/sign-out", "%2F%2Fevil.example", "http:evil.example", "/%5Cevil.example"} {
		v.post("/sign-out")
		page := v.get("/sign-in?return=" + url.QueryEscape(evil))
		if strings.Contains(page.Body, "evil") || strings.Contains(page.Body, "javascript:") {
			t.Errorf("%q stands on the page", evil)
		}
		v.post("/sign-in", "email", maria, "password", right, "return", evil)
		r := v.post("/sign-in/verify", "code", v.code(), "return", evil)
		v.want(r, http.StatusSeeOther, "/")
		h.later(time.Minute)
		v.want(v.get("/locked?return="+url.QueryEscape(evil)), http.StatusSeeOther, "/")
	}
}

// The page says nothing about whether there is an account, and keeps the
// address but not the password.
func TestASVS_6_3_8_TheSignInPageDoesNotTell(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	known := v.post("/sign-in", "email", maria, "password", "a wrong password")
	unknown := v.post("/sign-in", "email", "karla@cedarortho.example", "password", "a wrong password")
	v.wantPage(known, http.StatusUnprocessableEntity, "Email address or password doesn't match our records")
	if a, b := strings.ReplaceAll(known.Body, maria, ""), strings.ReplaceAll(unknown.Body, "karla@cedarortho.example", ""); a != b || known.Status != unknown.Status || len(known.Cookies) != len(unknown.Cookies) {
		t.Errorf("known and unknown accounts are answered differently:\n%s\n%s", text(a), text(b))
	}
	if !strings.Contains(known.Body, `value="`+maria+`"`) {
		t.Error("the address has to be typed again")
	}
	if strings.Contains(known.Body, "a wrong password") {
		t.Error("the password stands on the page")
	}
	if !strings.Contains(known.Body, "<title>Error: Sign in") {
		t.Error("the title doesn't begin with Error")
	}
}

func TestASVS_6_3_1_ThePauseIsSaid(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	var r reply
	for range 10 {
		r = v.post("/sign-in", "email", maria, "password", "wrong")
	}
	v.wantPage(r, http.StatusTooManyRequests, "Too many tries. Wait 15 minutes or reset your password")
	v.wantPage(v.password(maria), http.StatusTooManyRequests, "Too many tries")
	h.later(15 * time.Minute)
	v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
}

// With the password alone no page opens but those of the second factor.
func TestASVS_6_3_3_NoPageOpensWithoutASecondFactor(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	h.visitor().enroll(maria)
	v := h.visitor()
	v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
	for _, route := range h.server.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if route.Guard.Name == "public" || route.Guard.Name == "password given" || route.Guard.Name == "locked" || method != http.MethodGet {
			continue
		}
		path = strings.TrimSuffix(path, "{$}")
		if r := v.get(path); r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location, "/sign-in/verify") {
			t.Errorf("%s answers %d to %q", route.Pattern, r.Status, r.Location)
		}
	}
}

// There are no hints and no questions about first pets.
func TestASVS_6_4_2_NoPasswordHints(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	for _, path := range []string{"/account", "/account/security", "/help"} {
		body := strings.ToLower(text(v.get(path).Body))
		for _, bad := range []string{"security question", "secret question", "password hint", "maiden"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s speaks of a %s", path, bad)
			}
		}
	}
}

// Password boxes hide what is typed.
func TestASVS_6_2_6_PasswordBoxesHideWhatIsTyped(t *testing.T) {
	if n := strings.Count(passwordPages(t), `type="password"`); n != 4 {
		t.Errorf("%d boxes hide what is typed, want 4", n)
	}
}

func passwordPages(t *testing.T) string {
	t.Helper()
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	page := v.get("/sign-in").Body
	v.enroll(maria)
	return page + v.get("/account/security").Body
}

// Password boxes take pastes and password managers.
func TestASVS_6_2_7_PasswordBoxesTakePastes(t *testing.T) {
	page := passwordPages(t)
	for _, bad := range []string{"onpaste", "maxlength", `autocomplete="off" id="password`} {
		if strings.Contains(page, bad) {
			t.Errorf("a page has %s", bad)
		}
	}
	for _, good := range []string{`autocomplete="username"`, `autocomplete="current-password"`, `autocomplete="new-password"`} {
		if !strings.Contains(page, good) {
			t.Errorf("no box says %s", good)
		}
	}
}

// Each step gives the browser another token, and the one before is worth nothing.
func TestASVS_7_2_4_TheCookieChangesAtEachStep(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	enrolled := v.session()
	v.password(maria) // over a session that is open
	half := v.session()
	v.post("/sign-in/verify", "code", v.code())
	open := v.session()
	h.later(15 * time.Minute)
	v.want(v.post("/locked", "password", right), http.StatusSeeOther, "/")
	unlocked := v.session()
	all := []string{enrolled, half, open, unlocked}
	if slices.Sort(all); len(slices.Compact(all)) != 4 {
		t.Error("a token came twice")
	}
	for _, old := range []string{enrolled, half, open, "x" + unlocked} {
		r, _ := http.NewRequest(http.MethodGet, h.url+"/", nil)
		r.AddCookie(&http.Cookie{Name: "parley_session", Value: old})
		w := h.visitor()
		w.want(w.send(r), http.StatusSeeOther, "/sign-in?return=/")
	}
	v.wantPage(v.get("/"), http.StatusOK, "Home")
}

// Looking at pages begins no session; only a password does.
func TestASVS_7_6_2_SessionsBeginByHand(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	v := h.visitor()
	for _, path := range []string{"/", "/sign-in", "/sign-in/verify", "/locked", "/help", "/nowhere"} {
		if r := v.get(path); len(r.Cookies) > 0 {
			t.Errorf("GET %s sets %v", path, r.Cookies)
		}
	}
	h.do(func(tx *db.Tx) error {
		n, err := db.Count(ctx, tx, `select count(*) from session`)
		if n != 0 {
			t.Errorf("%d sessions", n)
		}
		return err
	})
}

// Every page of somebody signed in has a button to sign out.
func TestASVS_7_4_4_SigningOutIsOnEveryPage(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	for _, path := range []string{"/", "/note", "/account", "/account/security", "/account/security/authenticator", "/help", "/help/glossary", "/accessibility", "/nowhere"} {
		if body := v.get(path).Body; !strings.Contains(body, `action="/sign-out" method="post"`) || !strings.Contains(body, "Sign out") {
			t.Errorf("%s has no way to sign out", path)
		}
	}
}

func TestPublicPages(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	v := h.visitor()
	for path, words := range map[string]string{
		"/help": "I can't sign in", "/help/glossary": "Adverse determination", "/accessibility": "WCAG", "/system-requirements": "Chrome, Edge, Firefox or Safari",
	} {
		v.wantPage(v.get(path), http.StatusOK, words, "(800) 555-0142")
	}
	h.server.Settings.Maintenance = ui.SiteAlert{Heading: "Maintenance", Text: "Sunday, Nov 29, 12:30 to 1:00 PM CT."}
	v.wantPage(v.get("/sign-in"), http.StatusOK, "Maintenance Sunday, Nov 29, 12:30 to 1:00 PM CT.")
}

// A button pressed twice, and a form sent again after its answer was lost, do no harm.
func TestDoubleClicksOnTheWayIn(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.post("/sign-out")
	v.password(maria)
	page := v.get("/sign-in/verify")
	key, code := hiddenValue(t, page.Body, "_key"), v.code()
	v.want(v.post("/sign-in/verify", "_key", key, "code", code), http.StatusSeeOther, "/")
	v.want(v.post("/sign-in/verify", "_key", key, "code", code), http.StatusSeeOther, "/")
}
