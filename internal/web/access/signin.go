package access

import (
	"context"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// door is what the sign-in page shows.
type door struct {
	Email, Return string
	Out           bool // somebody has just signed out
	Elsewhere     bool // some organization has a sign-in of its own
	Through       *through
	Settings      *web.Settings
	Formerly      []words.Text // of which names of the service people are told
}

func showSignIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Query("return")))
	}
	d := door{Return: web.SafeReturn(r.Query("return")), Out: r.Query("out") != "", Settings: r.Settings, Formerly: r.JustRenamed()}
	var err error
	d.Elsewhere, err = account.AnyConnection(ctx, r.Tx)
	return web.Answer{Title: "Sign in", Body: signInPage(d, nil), Bare: true}, err
}

// notIn is the sign-in page for somebody who typed something wrong there.
func notIn(ctx context.Context, r *web.Request, cause error) (web.Answer, error) {
	d := door{Email: r.Value("email"), Return: web.SafeReturn(r.Value("return")), Settings: r.Settings, Formerly: r.JustRenamed()}
	var err error
	if d.Through, err = offered(ctx, r, d.Email, d.Return); err == nil {
		d.Elsewhere, err = account.AnyConnection(ctx, r.Tx)
	}
	if err != nil {
		return web.Answer{}, err
	}
	return faulty("Sign in", func(errs []ui.FieldError) templ.Component { return signInPage(d, errs) }, cause, "email", "password")
}

// signIn checks the password and begins a session. Whatever session the
// browser had before ends: what comes after is somebody's new visit.
func signIn(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := r.Value("return")
	e, err := account.SignIn(ctx, r.Tx, account.Attempt{
		Email: r.Value("email"), Password: r.Value("password"),
		Device: r.DeviceToken(), Agent: r.UserAgent(), Address: r.Address,
	}, r.Settings.Limits)
	if err != nil {
		return notIn(ctx, r, err)
	}
	if err := account.SignOut(ctx, r.Tx, r.Visit); err != nil {
		return web.Answer{}, err
	}
	cookie := r.Settings.SessionCookie(e.Token)
	if e.State == account.Open {
		return seeOther(onward(e.By, to), cookie)
	}
	return seeOther(withReturn("/sign-in/verify", to), cookie)
}
