package access

import (
	"context"
	"encoding/json"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/httpd"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// asking is a form in which an authenticator makes or uses a passkey.
type asking struct {
	Kind        string // "create" or "get"
	Ask, Action string // where the script finds what to sign, and where the answer goes
	Button      words.Text
	Return      string
	None        words.Text // what to do where the script doesn't run
	Outline     bool       // beside another button that stands first
}

func doorPasskey(to string) asking {
	return asking{Kind: "get", Ask: "/sign-in/passkey/ask", Action: "/sign-in/passkey", Button: "Sign in with a passkey", Return: to, Outline: true,
		None: "With a passkey you can sign in here without a password, where scripts are on and the browser knows passkeys."}
}

func stepPasskey(to string) asking {
	a := doorPasskey(to)
	a.Button, a.Outline = "Use your passkey", false
	a.None = "A passkey needs scripts, which are off here, or a newer browser. Use another way."
	return a
}

func lockPasskey(to string) asking {
	a := stepPasskey(to)
	a.Button, a.Outline = "Unlock with your passkey", true
	a.None = "Where scripts are on, your passkey opens this too."
	return a
}

// ceremony answers the script with what the authenticator is to sign, or with
// what is wrong.
func ceremony(ctx context.Context, c account.Ceremony, err error) (web.Answer, error) {
	var said any = c
	a := web.Answer{}
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			return a, err
		}
		text := f.Text
		for _, field := range f.Fields {
			text = words.Say("%s.", field)
		}
		said = map[string]string{"error": words.T(ctx, text)}
		a.Status, a.Keep = httpd.Status[f.Kind], f.Kind == fault.Invalid || f.Kind == fault.TooMany
	}
	body, failed := json.Marshal(said)
	if failed != nil {
		return a, failed
	}
	a.File = &web.File{Name: "passkey.json", Type: "application/json", Inline: true, Body: body}
	return a, err
}

func askPasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := account.AskPasskey(ctx, r.Tx, r.Settings.Relying(), r.Visit, r.Address)
	return ceremony(ctx, c, err)
}

// usePasskey takes the answer of an authenticator at the door, in place of a
// code, or where a session is locked.
func usePasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	to, rp := r.Value("return"), r.Settings.Relying()
	switch r.Visit.State {
	case account.Open:
		return seeOther(onward(r.By, to))
	case account.Half:
		if !r.Visit.HasFactor() && !r.By.MailedCodes() { // nothing to prove it by yet
			return seeOther(withReturn("/sign-in/enroll", to))
		}
		token, err := account.VerifyByPasskey(ctx, r.Tx, rp, r.Visit, r.Value("ceremony"), r.Value("response"))
		if err != nil {
			return verifyFaults(ctx, r, err)
		}
		return seeOther(onward(r.By, to), r.Settings.SessionCookie(token))
	case account.Locked:
		token, err := account.UnlockByPasskey(ctx, r.Tx, rp, r.Visit, r.Value("ceremony"), r.Value("response"))
		if err != nil {
			return lockedFaults(ctx, r, err)
		}
		return seeOther(inside(r.Visit, to), r.Settings.SessionCookie(token))
	}
	e, err := account.EnterByPasskey(ctx, r.Tx, rp, r.Value("ceremony"), r.Value("response"),
		account.Attempt{Agent: r.UserAgent(), Address: r.Address}, r.Settings.Limits)
	if err != nil {
		return notIn(ctx, r, err)
	}
	return seeOther(onward(e.By, to), r.Settings.SessionCookie(e.Token))
}

// keyring is what the pages of passkeys show.
type keyring struct {
	Key, Return  string
	Name         string // of the one that is added or shown
	ID           string
	Made         words.Text
	Used         words.Text
	Suspect      bool
	First, Ready bool // added at the first sign-in; possible at this address
}

// enrollByPasskey is the first page for somebody without a second factor.
func enrollByPasskey(ctx context.Context, r *web.Request) keyring {
	return keyring{Return: web.SafeReturn(r.Query("return")), Name: words.T(ctx, browser(r.UserAgent())), First: true, Ready: true}
}

func offerFirst(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := account.OfferPasskey(ctx, r.Tx, r.Settings.Relying(), r.Visit, "")
	return ceremony(ctx, c, err)
}

// addFirst opens the session with a passkey just made, and leads to the
// recovery codes that come with the first factor.
func addFirst(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := r.Value("return")
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, to))
	}
	token, codes, err := account.AddPasskey(ctx, r.Tx, r.Settings.Relying(), r.Visit, r.Value("ceremony"), r.Value("response"), r.Value("name"))
	if err != nil {
		k := enrollByPasskey(ctx, r)
		k.Return, k.Name = web.SafeReturn(to), r.Value("name")
		return faulty(words.Text(firstTitle), func(errs []ui.FieldError) templ.Component { return firstPage(k, errs) }, err, "name")
	}
	cookie, err := codesCookie(r, codes)
	if err != nil {
		return web.Answer{}, err
	}
	return seeOther(withReturn("/sign-in/recovery-codes", to), r.Settings.SessionCookie(token), cookie)
}

const firstTitle = "Protect your account"

func showAddPasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	k := keyring{Name: words.T(ctx, browser(r.UserAgent())), Ready: r.Settings.Relying() != nil}
	return web.Answer{Title: "Add a passkey", Body: addPasskeyPage(k, nil), Crumbs: securityCrumbs("Add a passkey")}, nil
}

func offerPasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := account.OfferPasskey(ctx, r.Tx, r.Settings.Relying(), r.Visit, r.Value("current_password"))
	return ceremony(ctx, c, err)
}

func addPasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, codes, err := account.AddPasskey(ctx, r.Tx, r.Settings.Relying(), r.Visit, r.Value("ceremony"), r.Value("response"), r.Value("name"))
	if err != nil {
		k := keyring{Name: r.Value("name"), Ready: r.Settings.Relying() != nil}
		a, err := faulty("Add a passkey", func(errs []ui.FieldError) templ.Component { return addPasskeyPage(k, errs) }, err, "name")
		a.Bare, a.Crumbs = false, securityCrumbs("Add a passkey")
		return a, err
	}
	if len(codes) > 0 {
		return codesGiven(r, codes)
	}
	return seeOther("/account/security?done=passkey-added")
}

func showPasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	k, err := keyringOf(ctx, r)
	return web.Answer{Title: "Passkey", Body: passkeyPage(k, nil), Crumbs: securityCrumbs(words.AsIs(k.Name))}, err
}

func keyringOf(ctx context.Context, r *web.Request) (keyring, error) {
	p, err := account.PasskeyOf(ctx, r.Tx, r.By, r.PathValue("passkey"))
	if err != nil {
		return keyring{}, err
	}
	k := keyring{Key: r.Key(), ID: p.ID, Name: p.Name, Suspect: p.Suspect != nil}
	k.Made, k.Used = passkeyTimes(p, r.Zone(""), r.Tx.Now())
	return k, nil
}

func passkeyTimes(p account.Passkey, zone *time.Location, now time.Time) (made, used words.Text) {
	made, used = words.Say("Added %s", civil.When(p.Made, zone, now)), "Not used yet"
	if p.Used != nil {
		used = words.Say("Last used %s", civil.When(*p.Used, zone, now))
	}
	return made, used
}

func namePasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.NamePasskey(ctx, r.Tx, r.By, r.PathValue("passkey"), r.Value("name")); err != nil {
		return passkeyFaults(ctx, r, err)
	}
	return seeOther("/account/security?done=passkey-named")
}

func removePasskey(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.RemovePasskey(ctx, r.Tx, r.Visit, r.PathValue("passkey"), r.Value("current_password")); err != nil {
		return passkeyFaults(ctx, r, err)
	}
	return seeOther("/account/security?done=passkey-removed")
}

func passkeyFaults(ctx context.Context, r *web.Request, cause error) (web.Answer, error) {
	if fault.Is(cause, fault.NotFound) {
		return web.Answer{}, cause
	}
	k, err := keyringOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	crumbs := securityCrumbs(words.AsIs(k.Name))
	if r.Form.Has("name") {
		k.Name = r.Value("name")
	}
	a, err := faulty("Passkey", func(errs []ui.FieldError) templ.Component { return passkeyPage(k, errs) }, cause, "name", "current_password")
	a.Bare, a.Crumbs = false, crumbs
	return a, err
}

// passkeyPages are the addresses of this file that take the bearer of an open
// session.
var passkeyPages = map[string]web.Page{
	"GET /account/security/passkeys/new":               showAddPasskey,
	"POST /account/security/passkeys/ask":              offerPasskey,
	"POST /account/security/passkeys":                  addPasskey,
	"POST /account/security/passkeys/later":            putPasskeyAway,
	"GET /account/security/passkeys/{passkey}":         showPasskey,
	"POST /account/security/passkeys/{passkey}":        namePasskey,
	"POST /account/security/passkeys/{passkey}/remove": removePasskey,
}

// putPasskeyAway has the offer on Home stay away.
func putPasskeyAway(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.PutPasskeyAway(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	return seeOther(web.Home(r.By))
}
