package access

import (
	"context"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// forgotten is what the pages show on which a new password is asked for and
// chosen.
type forgotten struct {
	Email string
	Sent  bool
	Path  string
}

func showForgot(_ context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{Title: "Reset your password", Body: forgotPage(forgotten{Sent: r.Query("sent") != ""}, nil), Bare: true}, nil
}

// forgot answers the same whether or not there is such an account.
func forgot(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.AskReset(ctx, r.Tx, r.Value("email"), r.Address); err != nil {
		f := forgotten{Email: r.Value("email")}
		return faulty("Reset your password", func(errs []ui.FieldError) templ.Component { return forgotPage(f, errs) }, err, "email")
	}
	return seeOther("/reset?sent=1")
}

func showReset(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := account.ResetOf(ctx, r.Tx, r.PathValue("token"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: "Choose a new password", Body: resetPage(forgotten{Email: p.Email, Path: r.URL.Path}, nil), Bare: true}, nil
}

// resetPassword takes the new password, and goes on to the second factor.
func resetPassword(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := account.ResetOf(ctx, r.Tx, r.PathValue("token"))
	if err != nil {
		return web.Answer{}, err
	}
	if _, err = account.Reset(ctx, r.Tx, r.PathValue("token"), r.Value("password")); err != nil {
		f := forgotten{Email: p.Email, Path: r.URL.Path}
		a, err := faulty("Choose a new password", func(errs []ui.FieldError) templ.Component { return resetPage(f, errs) }, err, "password")
		a.Keep = false
		return a, err
	}
	e, err := account.SignIn(ctx, r.Tx, account.Attempt{Email: p.Email, Password: r.Value("password"), Agent: r.UserAgent(), Address: r.Address}, r.Settings.Limits)
	if err != nil {
		return web.Answer{}, err
	}
	return seeOther("/sign-in/verify", r.Settings.SessionCookie(e.Token))
}

// expired is what the page shows on which a password is replaced that has come
// to its end.
type expired struct{ Email, Return string }

const expiredTitle = "Choose a new password"

func showExpired(_ context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Query("return")))
	}
	e := expired{r.By.Email, web.SafeReturn(r.Query("return"))}
	return web.Answer{Title: words.Text(expiredTitle), Body: expiredPage(e, nil), Bare: true}, nil
}

// replaceExpired is one step: the password was given just before.
func replaceExpired(ctx context.Context, r *web.Request) (web.Answer, error) {
	e := expired{r.By.Email, web.SafeReturn(r.Value("return"))}
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, e.Return))
	}
	token, err := account.ReplaceExpired(ctx, r.Tx, r.Visit, r.Value("password"))
	if err != nil {
		a, err := faulty(words.Text(expiredTitle), func(errs []ui.FieldError) templ.Component { return expiredPage(e, errs) }, err, "password")
		a.Keep = false
		return a, err
	}
	return seeOther(onward(r.By, e.Return), r.Settings.SessionCookie(token))
}
