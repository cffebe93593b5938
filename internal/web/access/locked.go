package access

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// showLocked is for a session left alone. It shows who left it and nothing of
// what they did.
func showLocked(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State != account.Locked {
		return seeOther(inside(r.Visit, r.Query("return")))
	}
	l, err := lockOf(ctx, r, r.Query("return"))
	return web.Answer{Title: "Locked", Body: lockedPage(l, nil), Bare: true}, err
}

// lock is what the lock screen shows.
type lock struct {
	Name, Return string
	Passkey      bool     // one can stand for the password
	Through      *through // where their organization keeps their account; coming in there begins a new session
}

func lockOf(ctx context.Context, r *web.Request, to string) (lock, error) {
	t, err := offered(ctx, r, r.By.Email, to)
	return lock{r.By.Name, web.SafeReturn(to), r.Visit.HasPasskey && r.Settings.Relying() != nil, t}, err
}

func lockedFaults(ctx context.Context, r *web.Request, cause error) (web.Answer, error) {
	l, err := lockOf(ctx, r, r.Value("return"))
	if err != nil {
		return web.Answer{}, err
	}
	return faulty("Locked", func(errs []ui.FieldError) templ.Component { return lockedPage(l, errs) }, cause)
}

// inside is where a session goes on that is not locked.
func inside(v account.Visit, to string) string {
	if v.By.Verified {
		return onward(v.By, to)
	}
	return withReturn("/sign-in/verify", to)
}

func unlock(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := r.Value("return")
	if r.Visit.State != account.Locked {
		return seeOther(inside(r.Visit, to))
	}
	token, err := account.Unlock(ctx, r.Tx, r.Visit, r.Value("password"))
	if err != nil {
		return lockedFaults(ctx, r, err)
	}
	return seeOther(inside(r.Visit, to), r.Settings.SessionCookie(token))
}

// field is a hidden input of a form that is sent again.
type field struct{ Name, Value string }

// showResume gives back what was being sent when the session locked, to be
// sent by its owner's hand. It is forgotten once that is done.
func showResume(ctx context.Context, r *web.Request) (web.Answer, error) {
	f, err := account.LastForm(ctx, r.Tx, r.Settings.Box, r.By)
	if fault.Is(err, fault.NotFound) {
		return seeOther(web.Home(r.By))
	}
	if err != nil {
		return web.Answer{}, err
	}
	fields, err := hidden(f)
	return web.Answer{Title: "You're back", Body: resumePage(f.Path, web.Home(r.By), fields)}, err
}

func hidden(f account.SavedForm) ([]field, error) {
	values, err := url.ParseQuery(f.Body)
	if err != nil {
		return nil, err
	}
	fields := []field{{web.SavedField, f.ID}}
	for name, all := range values {
		for _, v := range all {
			fields = append(fields, field{name, v})
		}
	}
	slices.SortStableFunc(fields, func(a, b field) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return fields, nil
}
