package web

import (
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// passwordSoon is how long before its end somebody is told that their password ends.
const passwordSoon = 14 * 24 * time.Hour

// nudge is what the reader is told about their own account where their work
// begins, if anything. Nowhere else: it is never what they came for.
func (r *Request) nudge() *ui.Nudge {
	if r.By.Viewed != nil || r.URL.Path != Home(r.By) {
		return nil
	}
	if end := r.Visit.PasswordEnds; end != nil && end.After(r.Tx.Now()) && end.Sub(r.Tx.Now()) <= passwordSoon && r.Visit.State == account.Open {
		return &ui.Nudge{Text: words.Say("Your password ends %s.", civil.NearWithin(*end, r.Zone(civil.DefaultZone), r.Tx.Now())), Link: "Choose a new one", Href: "/account/security"}
	}
	if r.Visit.WantsPasskey && r.Settings.Relying() != nil {
		return &ui.Nudge{Text: "Skip the code next time: with a passkey, your finger, your face or your device’s PIN signs you in.",
			Link: "Add a passkey", Href: "/account/security/passkeys/new", PutAway: "/account/security/passkeys/later", Passkeys: true}
	}
	return nil
}
