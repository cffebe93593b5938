package browser

import (
	"context"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator gives the tab a phone or computer that makes and keeps
// passkeys, whose owner is always there and says yes.
func Authenticator() Option {
	return func(*Tab) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			if err := webauthn.Enable().Do(ctx); err != nil {
				return err
			}
			_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
				HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
			}).Do(ctx)
			return err
		})
	}
}
