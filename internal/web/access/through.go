package access

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// errandCookie holds, in the browser that went to sign in elsewhere, what that
// was begun with.
const errandCookie = web.ErrandCookie

// through is what the pages show on which somebody signs in where their
// organization keeps their account.
type through struct {
	Email, Return, Domain string
	Connection            *account.Connection
	Why                   words.Text // they are not in
}

func (t through) href() string { return withReturn("/sign-in/organization/"+t.Domain, t.Return) }

// offered is the way through an organization for an address; nil if there is
// none. It is the same whether or not there is such an account.
func offered(ctx context.Context, r *web.Request, email, to string) (*through, error) {
	c, err := account.ConnectionFor(ctx, r.Tx, email)
	if err != nil || c == nil {
		return nil, err
	}
	return &through{Connection: c, Domain: c.Domains[0], Return: web.SafeReturn(to)}, nil
}

const throughTitle = "Sign in through your organization"

func showThrough(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(onward(r.By, r.Query("return")))
	}
	t := through{Return: web.SafeReturn(r.Query("return"))}
	if domain := r.Query("domain"); domain != "" {
		found, err := offered(ctx, r, domain, t.Return)
		if err != nil {
			return web.Answer{}, err
		}
		if found != nil {
			t = *found
		}
	}
	return web.Answer{Title: words.Text(throughTitle), Body: throughPage(t, nil), Bare: true}, nil
}

// findThrough leads from a mail address to the organization's button. The
// address itself goes into no link.
func findThrough(ctx context.Context, r *web.Request) (web.Answer, error) {
	t, err := offered(ctx, r, r.Value("email"), r.Value("return"))
	if err != nil {
		return web.Answer{}, err
	}
	if t == nil {
		err = fault.Fields{"email": "No organization signs people in with this address. Use your password"}.Err()
		if r.Value("email") == "" {
			err = fault.Fields{"email": "Enter an email address"}.Err()
		}
		typed := through{Email: r.Value("email"), Return: web.SafeReturn(r.Value("return"))}
		return faulty(words.Text(throughTitle), func(errs []ui.FieldError) templ.Component { return throughPage(typed, errs) }, err, "email")
	}
	return seeOther("/sign-in/organization?" + url.Values{"domain": {t.Domain}, "return": {t.Return}}.Encode())
}

// elsewhere are the pages on the way to another sign-in and back. What they ask
// the provider they ask outside of any transaction.
type elsewhere struct {
	db       *db.DB
	settings *web.Settings
}

func (e elsewhere) register(s *web.Server) {
	s.HandleSlow("GET /sign-in/organization/{domain}", web.Public, web.Slow{May: e.mayLeave, Do: e.leave, Then: e.depart})
	s.HandleSlow("GET /sign-in/organization/callback", web.Public, web.Slow{May: e.mayReturn, Do: e.comeBack, Then: e.enter})
	e.registerLogout(s)
}

// leaving is somebody on their way to their organization's sign-in.
type leaving struct {
	through
	errand  account.Errand
	address string // where their browser goes
	err     error
}

// returning is somebody who came back.
type returning struct {
	account.Returned
	claims openid.Claims
	err    error
}

func (e elsewhere) callback() string {
	return e.settings.URL.JoinPath("/sign-in/organization/callback").String()
}

func (e elsewhere) mayLeave(ctx context.Context, r *web.Request) (web.Answer, error) {
	t, err := offered(ctx, r, r.PathValue("domain"), r.Query("return"))
	if err != nil {
		return web.Answer{}, err
	}
	if t == nil {
		return seeOther(withReturn("/sign-in/organization", r.Query("return")))
	}
	r.Carry = &leaving{through: *t}
	return web.Answer{}, nil
}

// leave begins the errand and asks the provider where it goes.
func (e elsewhere) leave(ctx context.Context, r *web.Request) error {
	l := r.Carry.(*leaving)
	if err := e.keep(ctx, func(tx *db.Tx) (err error) {
		l.errand, err = account.SendThrough(ctx, tx, *l.Connection, l.Return, r.Address)
		return err
	}); err != nil {
		return err
	}
	p, err := l.Connection.Party(e.settings.Box, e.callback())
	if err != nil {
		return err
	}
	l.address, l.err = e.settings.Identity.Ask(ctx, p, l.errand.State, l.errand.Nonce, l.errand.Verifier)
	return nil
}

// keep commits even a fault for people: what was tried counts.
func (e elsewhere) keep(ctx context.Context, do func(*db.Tx) error) error {
	var said error
	err := e.db.Update(ctx, func(tx *db.Tx) error {
		if said = do(tx); fault.Of(said).Kind == fault.Internal {
			return said
		}
		return nil
	})
	return errors.Join(err, said)
}

func (e elsewhere) depart(_ context.Context, r *web.Request) (web.Answer, error) {
	l := r.Carry.(*leaving)
	if l.err != nil {
		return l.failed(l.err)
	}
	return seeOther(l.address, r.Settings.BriefCookie(errandCookie, l.errand.Verifier))
}

func (e elsewhere) mayReturn(_ context.Context, r *web.Request) (web.Answer, error) {
	r.Carry = &returning{}
	return web.Answer{}, nil
}

// comeBack ends the errand, whatever comes of it, and has the provider say who
// it was.
func (e elsewhere) comeBack(ctx context.Context, r *web.Request) error {
	b := r.Carry.(*returning)
	err := e.keep(ctx, func(tx *db.Tx) (err error) {
		b.Returned, err = account.TakeThrough(ctx, tx, r.Query("state"), r.Brief(errandCookie))
		return err
	})
	if fault.Is(err, fault.Invalid) {
		b.err = err
		return nil
	}
	if err != nil {
		return err
	}
	if r.Query("code") == "" {
		b.err = openid.ErrRefused
		return nil
	}
	p, err := b.Party(e.settings.Box, e.callback())
	if err != nil {
		return err
	}
	b.claims, b.err = e.settings.Identity.Claim(ctx, p, openid.Answer{Code: r.Query("code"), Issuer: r.Query("iss"), Verifier: r.Brief(errandCookie), Fits: b.Fits})
	return nil
}

// enter begins the session, under the same rules as any other.
func (e elsewhere) enter(ctx context.Context, r *web.Request) (web.Answer, error) {
	b := r.Carry.(*returning)
	if b.Trial() {
		return tried(ctx, r, b)
	}
	t := through{Return: web.SafeReturn(b.To)}
	if len(b.Domains) > 0 {
		t.Domain, t.Connection = b.Domains[0], &b.Connection
	}
	if b.err != nil {
		if t.Connection != nil {
			if err := b.Distrust(ctx, r.Tx, b.err); err != nil {
				return web.Answer{}, err
			}
		}
		return t.failed(b.err)
	}
	in, err := account.EnterThrough(ctx, r.Tx, b.Returned, b.claims,
		account.Attempt{Device: r.DeviceToken(), Agent: r.UserAgent(), Address: r.Address}, r.Settings.Limits)
	if fault.Is(err, fault.Denied) {
		return t.failed(err)
	}
	if err != nil {
		return web.Answer{}, err
	}
	if err := account.SignOut(ctx, r.Tx, r.Visit); err != nil {
		return web.Answer{}, err
	}
	cookies := []*http.Cookie{r.Settings.SessionCookie(in.Token), r.Settings.BriefCookie(errandCookie, "")}
	if in.State == account.Open {
		return seeOther(onward(in.By, b.To), cookies...)
	}
	return seeOther(withReturn("/sign-in/verify", b.To), cookies...)
}

// failed is the page for who is not in: why, and how to go on. What was noted
// of it stays.
func (t through) failed(err error) (web.Answer, error) {
	a := web.Answer{Title: "We couldn't sign you in", Bare: true, Status: http.StatusForbidden}
	var untrusted openid.UntrustedError
	switch {
	case errors.Is(err, openid.ErrDown):
		t.Why, a.Status = "Your organization's sign-in doesn't answer. Try again in a few minutes. If it stays so, tell whoever keeps your account there.", http.StatusServiceUnavailable
	case errors.Is(err, openid.ErrRefused):
		t.Why = "Your organization's sign-in didn't let you in, or you stopped."
	case errors.As(err, &untrusted):
		t.Why = "What came back from your organization's sign-in can't be trusted. Try again. If it happens again, call the support line."
	default:
		t.Why = fault.Of(err).Text
	}
	a.Body = notInPage(t)
	return a, nil
}
