package access

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/httpd"
	"parley/internal/infra/openid"
	"parley/internal/web"
)

// registerLogout adds what ends a session here and at an organization's own
// sign-in together.
func (e elsewhere) registerLogout(s *web.Server) {
	s.Handle("GET /sign-in/organization/out", web.Public, showOut)
	s.HandleSlow("GET /sign-in/organization/{domain}/out", web.Public, web.Slow{May: e.mayLeaveThere, Do: e.leaveThere, Then: departThere})
	s.Raw("POST /sign-in/organization/logout", http.HandlerFunc(e.loggedOut))
}

// signedOut is where somebody is led who signed out: to the offer to sign out
// at their organization too, if they came through it.
func signedOut(c *account.Connection) string {
	if c == nil {
		return "/sign-in?out=1"
	}
	return "/sign-in/organization/out?" + url.Values{"domain": {c.Domains[0]}}.Encode()
}

// showOut says that somebody is signed out here, and offers to sign out there.
// Without a domain, they come back from there.
func showOut(ctx context.Context, r *web.Request) (web.Answer, error) {
	var t *through
	if domain := r.Query("domain"); domain != "" {
		var err error
		if t, err = offered(ctx, r, domain, ""); err != nil {
			return web.Answer{}, err
		}
	}
	return web.Answer{Title: "You are signed out", Body: outPage(t, r.Query("not") == "1"), Bare: true}, nil
}

// leavingThere is somebody on their way to sign out at their organization.
type leavingThere struct {
	*through
	address string
}

func (e elsewhere) mayLeaveThere(ctx context.Context, r *web.Request) (web.Answer, error) {
	t, err := offered(ctx, r, r.PathValue("domain"), "")
	if err == nil && t == nil {
		return seeOther("/sign-in")
	}
	r.Carry = &leavingThere{through: t}
	return web.Answer{}, err
}

// leaveThere asks the provider where people sign out; one that doesn't say has
// them do it by themselves.
func (e elsewhere) leaveThere(ctx context.Context, r *web.Request) error {
	l := r.Carry.(*leavingThere)
	p := openid.Party{Issuer: l.Connection.Issuer, ClientID: l.Connection.ClientID}
	if address, err := e.settings.Identity.SignOut(ctx, p, e.settings.URL.JoinPath("/sign-in/organization/out").String()); err == nil {
		l.address = address
	}
	return nil
}

func departThere(_ context.Context, r *web.Request) (web.Answer, error) {
	l := r.Carry.(*leavingThere)
	if l.address == "" {
		return seeOther("/sign-in/organization/out?" + url.Values{"domain": {l.Domain}, "not": {"1"}}.Encode())
	}
	return seeOther(l.address)
}

const mostToken = 64 << 10 // bytes of a logout request

// loggedOut takes a provider's word that somebody signed out there (OpenID
// Connect Back-Channel Logout 1.0). What can't be trusted ends nothing, and is
// answered as the standard has it.
func (e elsewhere) loggedOut(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, mostToken)
	raw := r.PostFormValue("logout_token")
	err := e.endThere(r.Context(), httpd.Address(r, e.settings.Forwarded), raw)
	var untrusted openid.UntrustedError
	status, code := http.StatusOK, ""
	switch {
	case err == nil:
	case errors.As(err, &untrusted):
		status, code = http.StatusBadRequest, "invalid_request"
	case fault.Is(err, fault.TooMany):
		status, code = http.StatusTooManyRequests, "temporarily_unavailable"
	default:
		status, code = http.StatusServiceUnavailable, "temporarily_unavailable"
	}
	if code == "" {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code})
}

// endThere ends the sessions that a logout token means. The keys are asked for
// outside of any transaction, and only of providers that somebody here uses.
func (e elsewhere) endThere(ctx context.Context, address, raw string) error {
	issuer, audience, ok := openid.Said(raw)
	if err := e.keep(ctx, func(tx *db.Tx) error { return account.LogoutAsked(ctx, tx, address) }); err != nil {
		return err
	}
	if !ok || len(audience) > 5 {
		return openid.UntrustedError("it is no token")
	}
	var all []account.Connection
	if err := e.db.View(ctx, func(tx *db.Tx) error {
		for _, client := range slices.Compact(slices.Sorted(slices.Values(audience))) {
			some, err := account.ConnectionsAt(ctx, tx, issuer, client)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	}); err != nil {
		return err
	}
	if len(all) == 0 {
		return openid.UntrustedError("nobody here uses this provider")
	}
	for _, c := range all {
		said, err := e.settings.Identity.LoggedOut(ctx, openid.Party{Issuer: c.Issuer, ClientID: c.ClientID}, raw)
		if err != nil {
			return err
		}
		if err := e.db.Update(ctx, func(tx *db.Tx) error { _, err := c.EndThrough(ctx, tx, said); return err }); err != nil {
			return err
		}
	}
	return nil
}
