// Package openidtest is an OpenID provider for tests: it signs, and it can be
// told to do wrong.
package openidtest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"parley/internal/infra/fetch"
	"parley/internal/infra/openid"
)

// What the provider knows the program by.
const (
	Issuer   = "https://login.cedarortho.example"
	ClientID = "parley"
	Secret   = "the-secret-canary"
)

// A Provider is one that serves until the test ends.
type Provider struct {
	Now      func() time.Time
	Callback string // the only address it sends anybody back to
	Back     string // the same after signing out; "" where it has no sign-out
	Claims   map[string]any
	Wrong    func(header, claims map[string]any) // changes a token before it is signed
	Key      *rsa.PrivateKey                     // signs; another than the published one is a forger's
	Down     bool                                // answers nothing
	Asks     bool                                // shows a page on which somebody signs in
	Asked    map[string]int                      // how often each path was asked for
	front    *httptest.Server
	back     *httptest.Server
	key      *rsa.PrivateKey
	mu       sync.Mutex
	codes    map[string]url.Values // what each code was given for
}

// New starts a provider where jess has an account.
func New(t testing.TB, now func() time.Time, callback string) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{Now: now, Callback: callback, Key: key, key: key, Asked: map[string]int{}, codes: map[string]url.Values{}, Claims: map[string]any{
		"sub": "jess-1", "email": "Jess.Moreno@cedarortho.example", "email_verified": true, "given_name": "Jess", "family_name": "Moreno"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /end", p.end)
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.Asked[r.URL.Path]++
		down := p.Down
		p.mu.Unlock()
		if down {
			http.Error(w, "the secret of a broken server", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	})
	p.front, p.back = httptest.NewServer(counted), httptest.NewTLSServer(counted)
	t.Cleanup(p.front.Close)
	t.Cleanup(p.back.Close)
	return p
}

// Client asks this provider and no other.
func (p *Provider) Client() *openid.Client {
	own := netip.MustParseAddrPort(p.back.Listener.Addr().String())
	c := fetch.Client{May: func(to netip.AddrPort) bool { return to == own }, Trust: func(t *http.Transport) {
		dial := t.DialContext
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a server of a test
		t.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dial(ctx, network, own.String())
		}
	}}
	return &openid.Client{HTTP: c.HTTP(), Now: p.Now, Plain: true}
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	said := map[string]any{"issuer": Issuer, "authorization_endpoint": p.front.URL + "/authorize", "token_endpoint": Issuer + "/token", "jwks_uri": Issuer + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256", "none"}, "authorization_response_iss_parameter_supported": true}
	if p.Back != "" {
		said["end_session_endpoint"] = p.front.URL + "/end"
	}
	send(w, said)
}

// end signs somebody out there and sends them back.
func (p *Provider) end(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("post_logout_redirect_uri") != p.Back {
		http.Error(w, "the request isn't what it should be: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, p.Back, http.StatusFound)
}

// Logout is a token by which the provider says that jess signed out, changed by
// wrong before it is signed.
func (p *Provider) Logout(wrong func(header, claims map[string]any)) string {
	header := map[string]any{"alg": "RS256", "kid": "one", "typ": "logout+jwt"}
	claims := map[string]any{"iss": Issuer, "aud": ClientID, "iat": p.Now().Unix(), "exp": p.Now().Add(2 * time.Minute).Unix(), "jti": rand.Text(), "sub": p.Claims["sub"],
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	if wrong != nil {
		wrong(header, claims)
	}
	return p.sign(header, claims)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	send(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one",
		"n": text(p.key.N.Bytes()), "e": text(big.NewInt(int64(p.key.E)).Bytes())}}})
}

// authorize gives a code to who asks as the program should.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("redirect_uri") != p.Callback || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("scope") != "openid email profile" {
		http.Error(w, "the request isn't what it should be: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	back := p.Grant(q)
	if p.Asks {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Cedar</title><main><h1>Cedar sign-in</h1><a href="%s">Sign in as Jess</a></main></html>`, back)
		return
	}
	http.Redirect(w, r, back, http.StatusFound)
}

// Grant is where somebody goes back to with a code, for a request.
func (p *Provider) Grant(q url.Values) string {
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {Issuer}}.Encode()
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	p.mu.Lock()
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if id != ClientID || secret != Secret || !ok || r.FormValue("redirect_uri") != p.Callback || text(sum[:]) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		send(w, map[string]string{"error": "invalid_grant"})
		return
	}
	header := map[string]any{"alg": "RS256", "kid": "one", "typ": "JWT"}
	claims := map[string]any{"iss": Issuer, "aud": ClientID, "iat": p.Now().Unix(), "exp": p.Now().Add(5 * time.Minute).Unix(), "nonce": asked.Get("nonce")}
	for k, v := range p.Claims {
		claims[k] = v
	}
	if p.Wrong != nil {
		p.Wrong(header, claims)
	}
	send(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": p.sign(header, claims)})
}

func (p *Provider) sign(header, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	signed := text(h) + "." + text(c)
	if header["alg"] == "none" {
		return signed + "."
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.Key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + text(signature)
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func send(w http.ResponseWriter, what any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	_ = json.NewEncoder(w).Encode(what)
}
