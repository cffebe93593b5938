package access

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A way is how a second factor is given.
type way string

const (
	byApp      way = "app"
	byMail     way = "mail"
	byRecovery way = "recovery"
	byPasskey  way = "passkey"
)

// step is what the page for the second factor shows.
type step struct {
	Key, Return string
	Way         way
	Ways        []way  // the others that are open
	Sent        bool   // a code is on its way
	To, From    string // the masked address it goes to, and whose mail to look for
	Days        int    // for which a device can be trusted; 0: not offered
	Remember    bool
}

func showVerify(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Query("return")))
	}
	if !r.Visit.HasFactor() && !r.By.MailedCodes() {
		return seeOther(withReturn("/sign-in/enroll", r.Query("return")))
	}
	s, err := stepOf(ctx, r, way(r.Query("way")), r.Query("return"))
	return web.Answer{Title: s.title(), Body: verifyPage(s, nil), Bare: true}, err
}

func stepOf(ctx context.Context, r *web.Request, w way, to string) (step, error) {
	s := step{Key: r.Key(), Return: web.SafeReturn(to), Days: r.Settings.DeviceDays, To: masked(r.By.Email), From: r.Settings.MailFrom}
	open := openWays(r.Visit, r.Settings.Relying() != nil)
	s.Way = open[0]
	for _, o := range open {
		if o == w {
			s.Way = o
		}
	}
	for _, o := range open {
		if o != s.Way {
			s.Ways = append(s.Ways, o)
		}
	}
	at, err := account.CodeSent(ctx, r.Tx, r.Visit)
	s.Sent = at != nil
	return s, err
}

func (s step) title() words.Text {
	if s.Way == byPasskey {
		return "Use your passkey"
	}
	return "Enter your code"
}

func openWays(v account.Visit, passkeys bool) (ways []way) {
	if v.HasPasskey && passkeys {
		ways = append(ways, byPasskey)
	}
	if v.HasTOTP {
		ways = append(ways, byApp)
	}
	if v.By.MailedCodes() {
		ways = append(ways, byMail)
	}
	if v.HasFactor() {
		ways = append(ways, byRecovery)
	}
	return ways
}

// masked is an address as its owner recognizes it and nobody else learns it.
func masked(email string) string {
	name, host, _ := strings.Cut(email, "@")
	if name == "" {
		return ""
	}
	return name[:1] + "•••@" + host
}

func verify(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := r.Value("return")
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, to))
	}
	if !r.Visit.HasFactor() && !r.By.MailedCodes() { // nothing to prove it by yet
		return seeOther(withReturn("/sign-in/enroll", to))
	}
	token, err := prove(ctx, r)
	if err != nil {
		return verifyFaults(ctx, r, err)
	}
	cookies := []*http.Cookie{r.Settings.SessionCookie(token)}
	if r.Value("remember") != "" && r.Settings.DeviceDays > 0 {
		device, err := account.Trust(ctx, r.Tx, r.By, r.UserAgent(), r.Settings.DeviceDays)
		if err != nil {
			return web.Answer{}, err
		}
		cookies = append(cookies, r.Settings.DeviceCookie(device))
	}
	return seeOther(onward(r.By, to), cookies...)
}

func prove(ctx context.Context, r *web.Request) (token string, err error) {
	if r.Form.Has("recovery_code") {
		return account.Recover(ctx, r.Tx, r.Visit, r.Value("recovery_code"))
	}
	return account.Verify(ctx, r.Tx, r.Settings.Box, r.Visit, r.Value("code"))
}

func verifyFaults(ctx context.Context, r *web.Request, cause error) (web.Answer, error) {
	if k := fault.Of(cause).Kind; k != fault.Invalid && k != fault.TooMany {
		return web.Answer{}, cause
	}
	s, err := stepOf(ctx, r, way(r.Value("way")), r.Value("return"))
	if err != nil {
		return web.Answer{}, err
	}
	s.Remember = r.Value("remember") != ""
	return faulty(s.title(), func(errs []ui.FieldError) templ.Component { return verifyPage(s, errs) }, cause)
}

// sendCode has a code mailed. Asked too soon, it leads back with a word.
func sendCode(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Value("return")))
	}
	if err := account.AskCode(ctx, r.Tx, r.Visit); err != nil {
		a, err := verifyFaults(ctx, r, err)
		a.Keep = false // nothing was asked
		return a, err
	}
	return seeOther("/sign-in/verify?" + url.Values{"way": {string(byMail)}, "return": {web.SafeReturn(r.Value("return"))}}.Encode())
}
