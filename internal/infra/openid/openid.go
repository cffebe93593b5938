// Package openid asks an organization's own sign-in who somebody is, by OpenID
// Connect: the authorization code flow with PKCE, and nothing else of it. What
// comes back is believed only once it is proven to be from that provider, for
// this program, and for the very sign-in that was begun.
package openid

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// A Party is this program as one provider knows it.
type Party struct{ Issuer, ClientID, Secret, Callback string }

// An Answer is what somebody's browser brought back from the provider.
type Answer struct {
	Code     string
	Issuer   string                  // "" where the provider doesn't say it (RFC 9207)
	Verifier string                  // what the sign-in was begun with
	Fits     func(nonce string) bool // whether a nonce is that of the sign-in
}

// Claims are what a provider says of somebody who signed in.
type Claims struct {
	Subject     string // theirs for ever at this provider
	Email       string
	Verified    bool // the provider knows that the address is theirs
	First, Last string
	SID         string // what the provider calls its session; "" where it doesn't say
}

// A Client asks providers. What they say of themselves is kept for an hour.
type Client struct {
	HTTP *http.Client
	Now  func() time.Time
	// Plain lets people be sent to a provider without HTTPS. Tests alone set it.
	Plain bool

	mu    sync.Mutex
	known map[string]found
}

type found struct {
	*oidc.Provider
	meta  metadata
	until time.Time
}

// metadata is what a provider says of itself, beyond what go-oidc reads.
type metadata struct {
	Methods    []string `json:"token_endpoint_auth_methods_supported"`
	SaysFrom   bool     `json:"authorization_response_iss_parameter_supported"`
	EndSession string   `json:"end_session_endpoint"`
}

// Errors of this package hold neither addresses nor tokens.
var (
	// ErrDown says that the provider doesn't answer as a provider does.
	ErrDown = errors.New("the provider doesn't answer")
	// ErrRefused says that the provider doesn't take the code, or doesn't know this program.
	ErrRefused = errors.New("the provider refuses")
)

// An UntrustedError is an answer that is not what it should be.
type UntrustedError string

// Error implements error.
func (e UntrustedError) Error() string { return "the answer can't be trusted: " + string(e) }

const (
	knownFor = time.Hour
	// patience is for all that one step asks: somebody waits for it.
	patience = 15 * time.Second
)

// algorithms that sign; none, and those with a shared secret, are not among them.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Reach asks the provider for what it says of itself, whether or not that is
// known, and says where people would sign in.
func (c *Client) Reach(ctx context.Context, issuer string) (host string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c.forget(issuer)
	f, err := c.provider(ctx, issuer)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(f.Endpoint().AuthURL)
	if err != nil {
		return "", ErrDown
	}
	return u.Host, nil
}

// Ask is the address to which a browser goes to sign in there.
func (c *Client) Ask(ctx context.Context, p Party, state, nonce, verifier string) (address string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f, err := c.provider(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	return f.config(p).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Claim turns an answer into what the provider says of who signed in.
func (c *Client) Claim(ctx context.Context, p Party, a Answer) (Claims, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f, err := c.provider(ctx, p.Issuer)
	if err != nil {
		return Claims{}, err
	}
	if a.Issuer != p.Issuer && (a.Issuer != "" || f.meta.SaysFrom) {
		return Claims{}, UntrustedError("it is another provider's")
	}
	token, err := f.config(p).Exchange(oidc.ClientContext(ctx, c.HTTP), a.Code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError // its text quotes what the provider said
		if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
			return Claims{}, ErrRefused
		}
		return Claims{}, ErrDown
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := f.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: c.Now}).Verify(ctx, raw)
	if err != nil {
		return Claims{}, UntrustedError(why(err))
	}
	return read(id, p, a.Fits)
}

// why is in few words what is wrong with a token, without anything of it.
func why(err error) string {
	var expired *oidc.TokenExpiredError
	switch text := err.Error(); {
	case errors.As(err, &expired):
		return "it has expired"
	case strings.Contains(text, "audience"):
		return "it is for another program"
	case strings.Contains(text, "different provider"):
		return "it is another provider's"
	}
	return "its signature"
}

func read(id *oidc.IDToken, p Party, fits func(string) bool) (Claims, error) {
	var said struct {
		Party    string `json:"azp"`
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // some say "true"
		First    string `json:"given_name"`
		Last     string `json:"family_name"`
		Name     string `json:"name"`
		SID      string `json:"sid"`
	}
	switch err := id.Claims(&said); {
	case err != nil:
		return Claims{}, UntrustedError("it can't be read")
	case !fits(id.Nonce):
		return Claims{}, UntrustedError("it is from another sign-in")
	case len(id.Audience) != 1 && said.Party != p.ClientID, said.Party != "" && said.Party != p.ClientID:
		return Claims{}, UntrustedError("it is for another program")
	case id.Subject == "" || len(id.Subject) > 255:
		return Claims{}, UntrustedError("it names nobody")
	}
	c := Claims{Subject: id.Subject, Email: said.Email, Verified: said.Verified == true || said.Verified == "true", First: said.First, Last: said.Last, SID: said.SID}
	if c.First == "" || c.Last == "" {
		if i := strings.LastIndexByte(strings.TrimSpace(said.Name), ' '); i > 0 {
			c.First, c.Last = strings.TrimSpace(said.Name)[:i], strings.TrimSpace(said.Name)[i+1:]
		}
	}
	return c, nil
}

func (c *Client) forget(issuer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, issuer)
}

// provider is what a provider says of itself. Two who ask at once may both
// fetch it; nobody waits for another's slow provider.
func (c *Client) provider(ctx context.Context, issuer string) (found, error) {
	c.mu.Lock()
	f, ok := c.known[issuer]
	c.mu.Unlock()
	if ok && c.Now().Before(f.until) {
		return f, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, c.HTTP), issuer)
	if err != nil {
		var other *oidc.IssuerMismatchError
		if errors.As(err, &other) {
			return found{}, UntrustedError("it is another provider's")
		}
		return found{}, ErrDown
	}
	f = found{Provider: p, until: c.Now().Add(knownFor)}
	if err := p.Claims(&f.meta); err != nil {
		return found{}, ErrDown
	}
	if u, err := url.Parse(p.Endpoint().AuthURL); err != nil || u.Host == "" || u.Scheme != "https" && !c.Plain {
		return found{}, ErrDown
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]found{}
	}
	c.known[issuer] = f
	return f, nil
}

// config says how the program shows that it is the party: a code is sent once,
// in one way, for a provider may take a second try as a theft.
func (f found) config(p Party) *oauth2.Config {
	at := f.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader
	if len(f.meta.Methods) > 0 && !slices.Contains(f.meta.Methods, "client_secret_basic") && slices.Contains(f.meta.Methods, "client_secret_post") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, RedirectURL: p.Callback, Endpoint: at, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}
