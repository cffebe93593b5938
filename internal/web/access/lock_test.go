package access_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

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
