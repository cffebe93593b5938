package access

import (
	"context"
	"errors"
	"net/http"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/openid"
	"parley/internal/web"
	"parley/internal/words"
)

// tried ends an administrator's trial of their organization's sign-in: it leads
// back to their page, or says what is not as it should be. Nobody comes in by it.
func tried(ctx context.Context, r *web.Request, b *returning) (web.Answer, error) {
	err := b.err
	if r.Visit.State != account.Open {
		err = fault.New(fault.Denied, "Your session here ended meanwhile. Sign in, and try it again.")
	}
	if err == nil {
		err = b.Tried(ctx, r.Tx, r.By, b.claims)
	}
	if err == nil {
		return seeOther(web.SafeReturn(b.To) + "?done=tried")
	}
	why := trialWords(err)
	if why == "" {
		return web.Answer{}, err
	}
	return web.Answer{Title: "The trial didn't work", Body: trialPage(why, web.SafeReturn(b.To)), Status: http.StatusForbidden}, nil
}

// trialWords say to who set it up what is wrong; "" for what is nobody's fault.
func trialWords(err error) words.Text {
	var untrusted openid.UntrustedError
	switch {
	case errors.Is(err, openid.ErrDown):
		return "Your provider doesn't answer. Check the issuer, and that it can be reached from the internet."
	case errors.Is(err, openid.ErrRefused):
		return "Your provider refused, or you stopped. Check the client ID, the client secret and the address to come back to."
	case errors.As(err, &untrusted):
		return words.Say("What came back can't be trusted: %s. Check the issuer and the client ID.", string(untrusted))
	case fault.Of(err).Kind == fault.Internal:
		return ""
	}
	return fault.Of(err).Text
}
