package openid

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// ErrNoLogout says that a provider has no address for signing out there.
var ErrNoLogout = errors.New("the provider has no sign-out")

// SignOut is the address at which somebody signs out at the provider, who then
// sends them back (OpenID Connect RP-Initiated Logout 1.0). It names the program
// and nobody: the provider asks whoever is signed in there.
func (c *Client) SignOut(ctx context.Context, p Party, back string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f, err := c.provider(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(f.meta.EndSession)
	if err != nil || u.Host == "" || u.Scheme != "https" && !c.Plain {
		return "", ErrNoLogout
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// A Logout is a provider's word that somebody signed out there, or that one
// session of theirs ended.
type Logout struct {
	Subject, SID string // one of them may be ""
	At           time.Time
}

// logoutEvent is what a logout token must be about.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// Said is what a token says of who made it and for whom, before anything of it
// is believed: it tells whose keys to try. ok is false for what is no token.
func Said(raw string) (issuer string, audience []string, ok bool) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return "", nil, false
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", nil, false
	}
	var said struct {
		Issuer   string          `json:"iss"`
		Audience json.RawMessage `json:"aud"`
	}
	if json.Unmarshal(body, &said) != nil || said.Issuer == "" {
		return "", nil, false
	}
	var one string
	if json.Unmarshal(said.Audience, &one) == nil {
		return said.Issuer, []string{one}, one != ""
	}
	err = json.Unmarshal(said.Audience, &audience)
	return said.Issuer, audience, err == nil && len(audience) > 0
}

// LoggedOut checks a logout token (OpenID Connect Back-Channel Logout 1.0,
// section 2.6): signed by the provider, for this program, in its time, about a
// logout, of somebody, and no ID token.
func (c *Client) LoggedOut(ctx context.Context, p Party, raw string) (l Logout, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f, err := c.provider(ctx, p.Issuer)
	if err != nil {
		return l, err
	}
	id, err := f.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: c.Now}).Verify(ctx, raw)
	if err != nil {
		return l, UntrustedError(why(err))
	}
	var said struct {
		SID    string                     `json:"sid"`
		Nonce  any                        `json:"nonce"`
		ID     string                     `json:"jti"`
		Events map[string]json.RawMessage `json:"events"`
	}
	if err := id.Claims(&said); err != nil {
		return l, UntrustedError("it can't be read")
	}
	event, about := said.Events[logoutEvent]
	var object map[string]any
	switch {
	case !isLogout(raw):
		return l, UntrustedError("it is another kind of token")
	case said.Nonce != nil || !about || json.Unmarshal(event, &object) != nil || object == nil:
		return l, UntrustedError("it is not about a logout")
	case id.Subject == "" && said.SID == "" || len(id.Subject) > 255 || len(said.SID) > 255:
		return l, UntrustedError("it names nobody")
	case id.IssuedAt.IsZero() || id.IssuedAt.Unix() <= 0 || id.IssuedAt.After(c.Now().Add(time.Minute)) || said.ID == "":
		return l, UntrustedError("it doesn't say when it was made")
	}
	return Logout{Subject: id.Subject, SID: said.SID, At: id.IssuedAt}, nil
}

// isLogout looks at the type that a token may say of itself.
func isLogout(raw string) bool {
	head, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[0])
	if err != nil {
		return false
	}
	var said struct {
		Type string `json:"typ"`
	}
	if json.Unmarshal(head, &said) != nil {
		return false
	}
	t := strings.TrimPrefix(strings.ToLower(said.Type), "application/")
	return t == "" || t == "jwt" || t == "logout+jwt"
}
