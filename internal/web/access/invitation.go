package access

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// invited is what the page shows that an invitation's link opens.
type invited struct {
	account.Invitation
	Path, Key string
	Known     bool   // the address has an account
	Here      string // the address of who is signed in, "" for nobody
	Person    account.Person
}

func openInvitation(ctx context.Context, r *web.Request) (i invited, err error) {
	i.Path, i.Key = r.URL.Path, r.Key()
	i.Invitation, i.Known, err = account.InvitationOf(ctx, r.Tx, r.PathValue("token"))
	if r.Visit.State == account.Open {
		i.Here = r.By.Email
	}
	return i, err
}

func showInvitation(ctx context.Context, r *web.Request) (web.Answer, error) {
	i, err := openInvitation(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if t, err := offered(ctx, r, i.Email, "/"); err != nil || t != nil && !t.Connection.Password && !i.Known {
		if err != nil {
			return web.Answer{}, err
		}
		return seeOther("/sign-in/organization?domain=" + url.QueryEscape(t.Domain)) // which takes up the invitation
	}
	return web.Answer{Title: "Join an organization", Body: invitationPage(i, nil), Bare: true}, nil
}

// join makes an account, or has one that is signed in take up the invitation.
func join(ctx context.Context, r *web.Request) (web.Answer, error) {
	i, err := openInvitation(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if i.Known {
		if _, err := account.Accept(ctx, r.Tx, r.By, r.PathValue("token")); err != nil {
			return web.Answer{}, err
		}
		return seeOther("/")
	}
	i.Person = account.Person{FirstName: r.Value("first_name"), LastName: r.Value("last_name"), Phone: r.Value("phone"), Language: words.Of(ctx)}
	if _, err = account.Join(ctx, r.Tx, r.PathValue("token"), i.Person, r.Value("password")); err != nil {
		a, err := faulty("Join an organization", func(errs []ui.FieldError) templ.Component { return invitationPage(i, errs) }, err, "first_name", "last_name", "phone", "password")
		a.Keep = false
		return a, err
	}
	e, err := account.SignIn(ctx, r.Tx, account.Attempt{Email: i.Email, Password: r.Value("password"), Agent: r.UserAgent(), Address: r.Address}, r.Settings.Limits)
	if err != nil {
		return web.Answer{}, err
	}
	if err := account.SignOut(ctx, r.Tx, r.Visit); err != nil {
		return web.Answer{}, err
	}
	return seeOther("/sign-in/verify", r.Settings.SessionCookie(e.Token))
}
