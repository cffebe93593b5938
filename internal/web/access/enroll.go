package access

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"rsc.io/qr"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// setup is what the pages show that add an authenticator app.
type setup struct {
	account.Setup
	Key, Return string
	Action      string // of the form
	Password    bool   // it has to be given again
}

// Spaced is the secret as people type it.
func (s setup) Spaced() string {
	var groups []string
	rest := s.Secret
	for ; len(rest) > 4; rest = rest[4:] {
		groups = append(groups, rest[:4])
	}
	return strings.Join(append(groups, rest), " ")
}

func showEnroll(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther("/account/security/authenticator")
	}
	if r.Visit.HasFactor() || r.By.MailedCodes() {
		return seeOther(withReturn("/sign-in/verify", r.Query("return")))
	}
	if r.Settings.Relying() != nil && way(r.Query("way")) != byApp {
		return web.Answer{Title: words.Text(firstTitle), Body: firstPage(enrollByPasskey(ctx, r), nil), Bare: true}, nil
	}
	s, err := newSetup(r, "/sign-in/enroll", r.Query("return"))
	return web.Answer{Title: "Set up your authenticator app", Body: enrollPage(s, nil), Bare: true}, err
}

func newSetup(r *web.Request, action, to string) (setup, error) {
	s, err := account.Prepare(r.Tx, r.Settings.Box, r.By, r.Service())
	return setup{Setup: s, Key: r.Key(), Return: web.SafeReturn(to), Action: action}, err
}

// sentSetup is the setup that was shown before, or a new one with what is
// wrong with the old.
func sentSetup(r *web.Request, action string) (s setup, late, err error) {
	old, late := account.Resume(r.Tx, r.Settings.Box, r.By, r.Service(), r.Value("setup"))
	if late == nil {
		return setup{Setup: old, Key: r.Key(), Return: web.SafeReturn(r.Value("return")), Action: action}, nil, nil
	}
	s, err = newSetup(r, action, r.Value("return"))
	return s, late, err
}

func enroll(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Value("return")))
	}
	s, late, err := sentSetup(r, "/sign-in/enroll")
	if err != nil {
		return web.Answer{}, err
	}
	var token string
	var codes []string
	if late == nil {
		token, codes, late = account.Enroll(ctx, r.Tx, r.Settings.Box, r.Visit, s.Setup, r.Value("code"))
	}
	if late != nil {
		return setupFaults(s, late, enrollPage)
	}
	cookie, err := codesCookie(r, codes)
	if err != nil {
		return web.Answer{}, err
	}
	return seeOther(withReturn("/sign-in/recovery-codes", r.Value("return")), r.Settings.SessionCookie(token), cookie)
}

func setupFaults(s setup, err error, page func(setup, []ui.FieldError) templ.Component) (web.Answer, error) {
	if k := fault.Of(err).Kind; k != fault.Invalid && k != fault.TooMany {
		return web.Answer{}, err
	}
	return faulty("Set up your authenticator app", func(errs []ui.FieldError) templ.Component { return page(s, errs) }, err, "current_password", "code")
}

func showReplace(_ context.Context, r *web.Request) (web.Answer, error) {
	s, err := newSetup(r, "/account/security/authenticator", "")
	s.Password = true
	return web.Answer{Title: "Set up your authenticator app", Body: replacePage(s, nil), Crumbs: securityCrumbs("Authenticator app")}, err
}

func replace(ctx context.Context, r *web.Request) (web.Answer, error) {
	s, late, err := sentSetup(r, "/account/security/authenticator")
	if err != nil {
		return web.Answer{}, err
	}
	s.Password = true
	var codes []string
	if late == nil {
		codes, late = account.Replace(ctx, r.Tx, r.Settings.Box, r.Visit, s.Setup, r.Value("current_password"), r.Value("code"))
	}
	if late != nil {
		a, err := setupFaults(s, late, replacePage)
		a.Bare, a.Crumbs = false, securityCrumbs("Authenticator app")
		return a, err
	}
	return codesGiven(r, codes)
}

// codesGiven leads to the page that shows new recovery codes once.
func codesGiven(r *web.Request, codes []string) (web.Answer, error) {
	cookie, err := codesCookie(r, codes)
	if err != nil {
		return web.Answer{}, err
	}
	return seeOther(withReturn("/sign-in/recovery-codes", "/account/security"), cookie)
}

// codesCookie carries new recovery codes to the page that shows them, since
// nothing but their hashes is stored. Only this program opens it, and only for
// the same person.
func codesCookie(r *web.Request, codes []string) (*http.Cookie, error) {
	sealed, err := r.Settings.Box.Seal([]byte(strings.Join(codes, " ")), codesContext(r))
	return r.Settings.BriefCookie("codes", base64.RawURLEncoding.EncodeToString(sealed)), err
}

func codesContext(r *web.Request) []byte { return []byte("recovery codes|" + string(r.By.ID)) }

func showCodes(_ context.Context, r *web.Request) (web.Answer, error) {
	codes := carried(r)
	return web.Answer{Title: "Save your recovery codes", Body: codesPage(codes, r.Key(), web.SafeReturn(r.Query("return"))), Bare: true}, nil
}

// carried are the codes in the cookie, nil when they were put away before.
func carried(r *web.Request) []string {
	sealed, err := base64.RawURLEncoding.DecodeString(r.Brief("codes"))
	if err != nil || len(sealed) == 0 {
		return nil
	}
	plain, err := r.Settings.Box.Open(sealed, codesContext(r))
	if err != nil {
		return nil
	}
	return strings.Fields(string(plain))
}

func dropCodes(_ context.Context, r *web.Request) (web.Answer, error) {
	return seeOther(onward(r.By, r.Value("return")), r.Settings.BriefCookie("codes", ""))
}

// A square is a QR code as a path over unit squares, with the four empty
// modules around it that readers need (ISO/IEC 18004).
type square struct {
	Size int
	Path string
}

func drawn(address string) square {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return square{} // the secret stands beside it as text
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	return square{code.Size + 8, path.String()}
}
