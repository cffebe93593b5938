package access_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/internal/infra/db/dbtest"
)

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
