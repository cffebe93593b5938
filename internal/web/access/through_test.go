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
	"parley/internal/infra/openid/openidtest"
)

const back = "http://portal.example/sign-in/organization/callback"

// connected has the office sign its people in by a provider of the test.
func (h *house) connected(second, password bool) *openidtest.Provider {
	h.Helper()
	p := openidtest.New(h, func() time.Time { return h.d.Now() }, back)
	h.server.Settings.Identity = p.Client()
	h.do(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into organization (id, kind, name, created_at) values ('org_um', 'um', 'Parley Review', $1)`, tx.Now())
		if err != nil {
			return err
		}
		omar, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: "omar@parley.example", FirstName: "Omar", LastName: "Haddad"})
		if err != nil {
			return err
		}
		by := account.Actor{ID: omar.ID, Name: omar.Name(), Seats: []account.Seat{{OrganizationID: "org_um", Role: account.Admin}}}
		return account.SaveConnection(ctx, tx, h.server.Settings.Box, by, account.Connection{OrganizationID: "org_app", Domains: []string{"cedarortho.example"},
			Issuer: openidtest.Issuer, ClientID: openidtest.ClientID, Secret: openidtest.Secret, Second: second, Password: password,
			Post: account.Post{Roles: []account.Role{account.OfficeStaff}}})
	})
	return p
}

// leave goes to the provider, and is where that sends the browser back to.
func (v *visitor) leave(path string) string {
	v.h.Helper()
	r := v.get(path)
	if r.Status != http.StatusSeeOther {
		v.h.Fatalf("%d\n%s", r.Status, text(r.Body))
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(r.Location)
	if err != nil {
		v.h.Fatal(err)
	}
	_ = res.Body.Close()
	to := res.Header.Get("Location")
	if !strings.HasPrefix(to, back+"?") {
		v.h.Fatalf("the provider sends to %q with %d", to, res.StatusCode)
	}
	return strings.TrimPrefix(to, "http://portal.example")
}

const go1 = "/sign-in/organization/cedarortho.example?return=%2Fnote%3Fday%3D1"

// From the mail address to the page that was asked for, with one click at the
// organization's sign-in between them.
func TestTheWayThroughAnOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		v := h.visitor()
		if r := v.get("/sign-in"); strings.Contains(r.Body, "through your organization") {
			t.Error("it is offered where nobody has it")
		}
		p := h.connected(true, true)
		v.wantPage(v.get("/sign-in?return=%2Fnote%3Fday%3D1"), http.StatusOK, "Sign in through your organization")
		v.wantPage(v.get("/sign-in/organization?return=%2Fnote%3Fday%3D1"), http.StatusOK, "The one you have at work")
		v.wantPage(v.post("/sign-in/organization", "email", ""), http.StatusUnprocessableEntity, "Enter an email address")
		v.wantPage(v.post("/sign-in/organization", "email", "kim@harbor.example"), http.StatusUnprocessableEntity, "No organization signs people in with this address")
		asked := v.post("/sign-in/organization", "email", "Nobody@CedarOrtho.example", "return", "/note?day=1")
		v.want(asked, http.StatusSeeOther, "/sign-in/organization?domain=cedarortho.example&return=%2Fnote%3Fday%3D1")
		v.wantPage(v.get(asked.Location), http.StatusOK, "Sign in through Cedar Orthopedics", "Use another mail address")
		r := v.get(v.leave(go1))
		v.want(r, http.StatusSeeOther, "/note?day=1")
		v.wantPage(v.get("/"), http.StatusOK, "Home", "Jess Moreno")

		v.wantPage(v.get("/account/security"), http.StatusOK, "You sign in through your organization and have no password here")

		h.later(20 * time.Minute)
		v.want(v.get("/note?day=1"), http.StatusSeeOther, "/locked?return=%2Fnote%3Fday%3D1")
		v.wantPage(v.get("/locked?return=%2Fnote%3Fday%3D1"), http.StatusOK, "Sign in through Cedar Orthopedics", "Or with your password")
		v.want(v.get(v.leave(go1)), http.StatusSeeOther, "/note?day=1")
		if p.Asked["/.well-known/openid-configuration"] != 1 {
			t.Errorf("asked %v", p.Asked)
		}
	})
}

// Where the organization asks for no second factor, ours follows.
func TestTheSecondFactorFollows(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.connected(false, false)
	v := h.visitor()
	v.want(v.get(v.leave(go1)), http.StatusSeeOther, "/sign-in/verify?return=%2Fnote%3Fday%3D1")
	v.want(v.get("/note"), http.StatusSeeOther, "/sign-in/verify?return=%2Fnote")
	v.wantPage(h.visitor().post("/sign-in", "email", maria, "password", right), http.StatusUnprocessableEntity,
		"People of cedarortho.example sign in through their organization", "Sign in through Cedar Orthopedics")
}

// An answer opens one session, in the browser that asked for it.
func TestASVS_10_1_2_AnswersToNobodyAreRefused(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	h.connected(true, true)
	v, other := h.visitor(), h.visitor()
	came := v.leave(go1)
	words := "This sign-in took too long, was used before, or began in another browser"
	other.wantPage(other.get(came), http.StatusForbidden, words)
	other.leave(go1)
	other.wantPage(other.get(came), http.StatusForbidden, words)
	v.want(v.get(came), http.StatusSeeOther, "/note?day=1")
	v.want(v.post("/sign-out"), http.StatusSeeOther, "/sign-in/organization/out?domain=cedarortho.example")
	v.wantPage(v.get(came), http.StatusForbidden, words)
	v.wantPage(v.get("/sign-in/organization/callback?code=x&state=y"), http.StatusForbidden, words)
	v.wantPage(v.get("/sign-in/organization/callback"), http.StatusForbidden, words)
	for name, change := range map[string]func(url.Values){
		"another code":     func(q url.Values) { q.Set("code", "stolen") },
		"another provider": func(q url.Values) { q.Set("iss", "https://evil.example") },
		"an error":         func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") },
		"another state":    func(q url.Values) { q.Set("state", "other") },
	} {
		path, query, _ := strings.Cut(v.leave(go1), "?")
		q, _ := url.ParseQuery(query)
		change(q)
		r := v.get(path + "?" + q.Encode())
		v.wantPage(r, http.StatusForbidden, "We couldn't sign you in", "Try again")
		if strings.Contains(r.Body, "evil") || strings.Contains(r.Body, "access_denied") {
			t.Errorf("%s stands on the page", name)
		}
		v.want(v.get("/note"), http.StatusSeeOther, "/sign-in?return=%2Fnote")
	}
}

// What is wrong with a token is said in words that hold nothing of it.
func TestTokensThatAreWrong(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	p := h.connected(true, true)
	v := h.visitor()
	for name, wrong := range map[string]func(header, claims map[string]any){
		"can't be trusted":                               func(_, c map[string]any) { c["nonce"] = "canary" },
		"can't be trusted. Try again":                    func(h, _ map[string]any) { h["alg"] = "none" },
		"doesn't say that your mail address is verified": func(_, c map[string]any) { c["email_verified"] = false },
		"isn't one that Cedar Orthopedics vouches for":   func(_, c map[string]any) { c["email"] = "canary@harbor.example" },
	} {
		p.Wrong = wrong
		r := v.get(v.leave(go1))
		v.wantPage(r, http.StatusForbidden, name, "Try again", "Other ways to sign in")
		if strings.Contains(r.Body, "canary") {
			t.Errorf("%s: it stands on the page", name)
		}
	}
	p.Wrong, p.Down = nil, true
	h.later(2 * time.Hour)
	r := v.get(go1)
	v.wantPage(r, http.StatusServiceUnavailable, "Your organization's sign-in doesn't answer", "Try again")
	if strings.Contains(r.Body, "secret") {
		t.Error("what the provider said stands on the page")
	}
	p.Down = false
	v.want(v.get(v.leave(go1)), http.StatusSeeOther, "/note?day=1")
	v.want(h.visitor().get("/sign-in/organization/harbor.example"), http.StatusSeeOther, "/sign-in/organization")
}
