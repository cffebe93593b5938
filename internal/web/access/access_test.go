package access_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
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

// The cookie that a browser keeps after sign-out opens nothing.
func TestASVS_7_4_1_ASignedOutCookieOpensNothing(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	old := v.session()
	r := v.post("/sign-out")
	if len(r.Cookies) != 1 || r.Cookies[0].MaxAge >= 0 {
		t.Errorf("the cookie isn't taken away: %v", r.Cookies)
	}
	req, _ := http.NewRequest(http.MethodGet, h.url+"/account", nil)
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: old})
	w := h.visitor()
	w.want(w.send(req), http.StatusSeeOther, "/sign-in?return=%2Faccount")
}

// A locked session shows its owner's name and nothing else, and gives back what was being sent.
func TestASVS_7_3_1_TheLockKeepsWhatWasBeingSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.person(maria, "org_app")
		v := h.visitor()
		v.enroll(maria)
		key := hiddenValue(t, v.get("/note").Body, "_key")
		h.later(15 * time.Minute)
		v.want(v.get("/note?day=1"), http.StatusSeeOther, "/locked?return=%2Fnote%3Fday%3D1")
		v.want(v.post("/note", "_key", key, "note", "line one\nand <two>", "tag", "a", "tag", "b", "password", "s3cret!!"), http.StatusSeeOther, "/locked?return=/locked/resume")
		page := v.get("/locked?return=/locked/resume")
		v.wantPage(page, http.StatusOK, "Maria Chen")
		if strings.Contains(page.Body, "line one") || strings.Contains(page.Body, "Cedar") || strings.Contains(page.Body, maria) {
			t.Error("the lock screen shows more than a name")
		}
		v.wantPage(v.post("/locked", "password", "wrong", "return", "/locked/resume"), http.StatusUnprocessableEntity, "This password doesn't match our records")
		v.want(v.get("/"), http.StatusSeeOther, "/locked?return=/")
		v.want(v.post("/locked", "password", right, "return", "/locked/resume"), http.StatusSeeOther, "/locked/resume")

		for range 2 { // looking at it twice does not lose it
			page = v.get("/locked/resume")
			v.wantPage(page, http.StatusOK, "You're back. What you were sending is kept.")
		}
		if strings.Contains(page.Body, "s3cret") {
			t.Error("a password was kept")
		}
		if strings.Count(page.Body, `name="tag"`) != 2 || !strings.Contains(page.Body, `action="/note"`) || hiddenValue(t, page.Body, "_key") != key {
			t.Errorf("what was kept isn't whole:\n%s", page.Body)
		}
		v.want(v.post("/note", "_key", key, "_saved", hiddenValue(t, page.Body, "_saved"), "note", "line one\nand <two>"), http.StatusSeeOther, "/")
		if len(h.notes) != 1 || h.notes[0] != "line one\nand <two>" {
			t.Errorf("notes: %q", h.notes)
		}
		v.want(v.get("/locked/resume"), http.StatusSeeOther, "/")
	})
}

// What was being sent at the absolute end of a session comes back after the whole sign-in.
func TestTheEndOfASessionKeepsWhatWasBeingSent(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	h.later(12 * time.Hour)
	v.want(v.post("/note", "note", "late in the day"), http.StatusSeeOther, "/sign-in?return=/locked/resume")
	v.want(v.post("/session/extend"), http.StatusSeeOther, "/sign-in") // no work, so nothing to keep
	v.post("/sign-in", "email", maria, "password", right, "return", "/locked/resume")
	v.want(v.post("/sign-in/verify", "code", v.code(), "return", "/locked/resume"), http.StatusSeeOther, "/locked/resume")
	page := v.get("/locked/resume")
	v.wantPage(page, http.StatusOK, "You're back")
	if got := hiddenValue(t, page.Body, "note"); got != "late in the day" {
		t.Errorf("kept: %q", got)
	}
	old := h.visitor()
	old.want(old.post("/note", "note", "by nobody"), http.StatusSeeOther, "/sign-in")
}

// What one person was sending doesn't show to the next at the same desk.
func TestAnotherPersonNeverSeesAKeptForm(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	h.person("ben@cedarortho.example", "org_app")
	v := h.visitor()
	v.enroll(maria)
	h.later(15 * time.Minute)
	v.post("/note", "note", "about a patient")
	v.enroll("ben@cedarortho.example") // at the same browser
	v.want(v.get("/locked/resume"), http.StatusSeeOther, "/")
}

// A session that another sign-in replaced is over, locked or not.
func TestALockedSessionEndsWhenSomebodySignsIn(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	h.person("ben@cedarortho.example", "org_app")
	v := h.visitor()
	v.enroll(maria)
	old := v.session()
	h.later(15 * time.Minute)
	v.wantPage(v.get("/sign-in"), http.StatusOK, "Sign in")
	v.want(v.password("ben@cedarortho.example"), http.StatusSeeOther, "/sign-in/verify")
	r, _ := http.NewRequest(http.MethodPost, h.url+"/locked", strings.NewReader("password="+url.QueryEscape(right)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "parley_session", Value: old})
	w := h.visitor()
	w.want(w.send(r), http.StatusSeeOther, "/sign-in")
}

func TestUnlockingIsThrottled(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	h.later(15 * time.Minute)
	var r reply
	for range 10 {
		r = v.post("/locked", "password", "wrong")
	}
	v.wantPage(r, http.StatusTooManyRequests, "Too many tries. Wait 15 minutes or reset your password")
	v.wantPage(v.post("/locked", "password", right), http.StatusTooManyRequests, "Too many tries")
	v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in?out=1")
}

// Staying signed in takes a click, counts as use, and can't wake a locked session.
func TestSessionExtend(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.want(v.post("/session/extend"), http.StatusSeeOther, "/sign-in")
	v.enroll(maria)
	for range 3 {
		h.later(13 * time.Minute)
		v.want(v.post("/session/extend"), http.StatusNoContent, "")
	}
	v.wantPage(v.get("/"), http.StatusOK, "Home")
	h.later(15 * time.Minute)
	v.wantPage(v.post("/session/extend"), http.StatusForbidden)
	v.want(v.get("/"), http.StatusSeeOther, "/locked?return=/")
	v.post("/locked", "password", right)
	v.want(v.get("/locked/resume"), http.StatusSeeOther, "/") // nothing was kept of it
}

func TestASVS_7_3_2_TheSessionEndsWhateverTheUse(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	for range 12*60/10 - 1 {
		h.later(10 * time.Minute)
		v.wantPage(v.get("/"), http.StatusOK, "Home")
	}
	h.later(10 * time.Minute)
	v.want(v.get("/"), http.StatusSeeOther, "/sign-in?return=/")
}

// A mailed code where the office allows it: on its way at once, a new one after half a minute.
func TestMailedCodes(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_mail")
	v := h.visitor()
	v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
	page := v.get("/sign-in/verify")
	v.wantPage(page, http.StatusOK, "We sent it to m•••@cedarortho.example", "no-reply@portal.example", "Send a new code")
	if strings.Contains(page.Body, maria) {
		t.Error("the whole address stands on a page that the password alone opens")
	}
	old := h.mailed()
	v.wantPage(v.post("/sign-in/code", "way", "mail"), http.StatusTooManyRequests, "We just sent a code. Wait 30 seconds")
	h.later(31 * time.Second)
	v.want(v.post("/sign-in/code"), http.StatusSeeOther, "/sign-in/verify?return=%2F&way=mail")
	code := h.mailed()
	v.wantPage(v.post("/sign-in/verify", "code", old, "way", "mail"), http.StatusUnprocessableEntity, "This code doesn't match", "Enter the code we mailed you")
	v.want(v.post("/sign-in/verify", "code", code, "way", "mail"), http.StatusSeeOther, "/")
	v.wantPage(v.get("/account/security"), http.StatusOK, "You sign in with a code we mail you")
}

func TestMailedCodesAreNotOfferedElsewhere(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.post("/sign-out")
	v.password(maria)
	page := v.get("/sign-in/verify?way=mail")
	v.wantPage(page, http.StatusOK, "Enter the code from your app")
	if strings.Contains(text(page.Body), "Get a code by mail") {
		t.Error("a mailed code is offered")
	}
	v.wantPage(v.post("/sign-in/code"), http.StatusForbidden, "authenticator app")
}

func TestTrustedDevice(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	h.person("ben@cedarortho.example", "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.post("/sign-out")
	v.password(maria)
	v.want(v.post("/sign-in/verify", "code", v.code(), "remember", "yes"), http.StatusSeeOther, "/")
	v.wantPage(v.get("/account/security"), http.StatusOK, "Chrome on Windows", "Until Wed, Dec 23")
	v.post("/sign-out")
	v.want(v.password(maria), http.StatusSeeOther, "/")
	v.want(v.password("ben@cedarortho.example"), http.StatusSeeOther, "/sign-in/verify")
	v.want(v.password(maria), http.StatusSeeOther, "/")
	device := match(t, v.get("/account/security").Body, `name="device" value="([^"]+)"`)
	v.want(v.post("/account/security/devices", "device", device), http.StatusSeeOther, "/account/security?done=device")
	v.wantPage(v.post("/account/security/devices", "device", device), http.StatusNotFound, "We can't find that device")
	v.want(v.password(maria), http.StatusSeeOther, "/sign-in/verify")
}

func TestSecurityPage(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	other := h.visitor()
	other.key = v.key
	other.signIn(maria)

	v.wantPage(v.post("/account/security/password"), http.StatusUnprocessableEntity, "Enter your current password")
	v.wantPage(v.post("/account/security/password", "current_password", right, "password", "short"), http.StatusUnprocessableEntity, "Password must be 12 characters or more")
	sessions := v.get("/account/security").Body
	v.wantPage(v.post("/account/security/sessions", "session", "nobody's"), http.StatusNotFound, "We can't find that session")
	v.want(v.post("/account/security/sessions", "session", match(t, sessions, `name="session" value="([^"]+)"`)), http.StatusSeeOther, "/account/security?done=session")
	other.want(other.get("/"), http.StatusSeeOther, "/sign-in?return=/")
	other.signIn(maria)
	v.want(v.post("/account/security/sessions", "others", "yes"), http.StatusSeeOther, "/account/security?done=others")
	other.want(other.get("/"), http.StatusSeeOther, "/sign-in?return=/")
	v.want(v.post("/account/security/password", "current_password", right, "password", "seven green umbrellas, folded"), http.StatusSeeOther, "/account/security?done=password")
	v.wantPage(v.get("/account/security?done=password"), http.StatusOK, "Your password was changed.")
	v.wantPage(v.get("/account/security?done=%3Cb%3E"), http.StatusOK)

	v.wantPage(v.post("/account/security/codes", "codes_password", "wrong"), http.StatusUnprocessableEntity, "This password doesn't match our records")
	v.want(v.post("/account/security/codes", "codes_password", "seven green umbrellas, folded"), http.StatusSeeOther, "/sign-in/recovery-codes?return=%2Faccount%2Fsecurity")
	v.wantPage(v.get("/sign-in/recovery-codes?return=%2Faccount%2Fsecurity"), http.StatusOK, "Save your recovery codes")
	v.want(v.post("/sign-in/recovery-codes", "return", "/account/security"), http.StatusSeeOther, "/account/security")
}

func TestReplacingTheAuthenticator(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.want(v.get("/sign-in/enroll"), http.StatusSeeOther, "/account/security/authenticator")
	page := v.get("/account/security/authenticator")
	setup := hiddenValue(t, page.Body, "setup")
	key := strings.ReplaceAll(match(t, page.Body, `<strong class="num">([A-Z2-7 ]+)</strong>`), " ", "")
	old := v.key
	v.wantPage(v.post("/account/security/authenticator", "setup", setup, "code", "000000", "current_password", "wrong"), http.StatusUnprocessableEntity, "This password doesn't match our records")
	again := v.post("/account/security/authenticator", "setup", setup, "code", "0", "current_password", right)
	v.wantPage(again, http.StatusUnprocessableEntity, "Code must be 6 digits")
	if hiddenValue(t, again.Body, "setup") != setup {
		t.Error("a wrong code changes the key, so that the app has to be set up again")
	}
	v.key = key
	v.want(v.post("/account/security/authenticator", "setup", setup, "code", v.code(), "current_password", right), http.StatusSeeOther, "/sign-in/recovery-codes?return=%2Faccount%2Fsecurity")
	h.later(time.Minute)
	v.post("/sign-out")
	v.password(maria)
	v.key = old
	v.wantPage(v.post("/sign-in/verify", "code", v.code()), http.StatusUnprocessableEntity, "This code doesn't match")
	v.key = key
	v.want(v.post("/sign-in/verify", "code", v.code()), http.StatusSeeOther, "/")
	v.wantPage(v.post("/account/security/authenticator", "setup", "forged", "code", "123456", "current_password", right), http.StatusUnprocessableEntity, "This page was open too long")
}

func TestProfilePage(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	v.wantPage(v.get("/account"), http.StatusOK, "Cedar Orthopedics", "office staff", maria)
	v.wantPage(v.post("/account", "first_name", "", "last_name", "Chen", "phone", "1", "tz", "nowhere"), http.StatusUnprocessableEntity,
		"Enter the first name", "Phone number must be 10 digits", "Select a time zone")
	v.want(v.post("/account", "first_name", "María", "last_name", "<b>Chen</b>", "phone", "312.555.0147", "tz", "America/Denver", "theme", "dark"), http.StatusSeeOther, "/account?saved=1")
	page := v.get("/account?saved=1")
	v.wantPage(page, http.StatusOK, "Saved.", "Account: María")
	if !strings.Contains(page.Body, `data-theme="dark"`) || !strings.Contains(page.Body, `value="(312) 555-0147"`) || strings.Contains(page.Body, "<b>Chen") {
		t.Error("what was saved isn't shown as it should be")
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

// A closed account's pages close with it, in the browser that is open.
func TestASVS_7_4_2_ADisabledPersonsPagesClose(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	id := h.person(maria, "org_app")
	v := h.visitor()
	v.enroll(maria)
	h.do(func(tx *db.Tx) error { return account.Disable(ctx, tx, account.Program(), id) })
	v.want(v.get("/account"), http.StatusSeeOther, "/sign-in?return=%2Faccount")
	v.wantPage(v.password(maria), http.StatusUnprocessableEntity, "Email address or password doesn't match our records")
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
