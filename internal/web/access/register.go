package access

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// registering is what somebody says of themselves who asks for an account.
type registering struct {
	account.Registration
	As       string
	Listing  provider.Listing // of the organization, once it is found
	Agreed   bool
	Settings *web.Settings
	Path     string // of a link that was mailed
}

// as are the answers to what describes somebody.
var as = []struct {
	value       string
	label, hint words.Text
	role        account.Role
}{
	{"office", "I work for a provider", "A practice, a clinic or a hospital that asks for authorizations", account.OfficeStaff},
	{"clinician", "I am a physician or other clinician", "You order the services yourself", account.Clinician},
	{"site", "I work for a rendering site, lab or supplier", "You see the orders to be done there", account.Site},
	{"invited", "I was invited", "Somebody of your organization sent you an invitation", ""},
}

func roleAs(value string) account.Role {
	for _, a := range as {
		if a.value == value {
			return a.role
		}
	}
	return ""
}

func asRole(role account.Role) string {
	for _, a := range as {
		if a.role == role {
			return a.value
		}
	}
	return ""
}

func (g registering) choices(err words.Text) ui.Group {
	c := ui.Group{Name: "as", Legend: "What describes you?", Error: err}
	for _, a := range as {
		c.Options = append(c.Options, ui.Option{Value: a.value, Label: a.label, Hint: a.hint, Checked: g.As == a.value})
	}
	return c
}

// known are the answers without the one that leads nowhere here.
func (g registering) known(err words.Text) ui.Group {
	c := g.choices(err)
	c.Options = c.Options[:len(c.Options)-1]
	return c
}

// you is the address of the page that follows the organization's card.
func (g registering) you() string {
	return "/register/you?" + url.Values{"as": {g.As}, "npi": {g.Listing.NPI}}.Encode()
}

func registerQuestions(r *web.Request) registering {
	return registering{As: r.Query("as"), Registration: account.Registration{NPI: r.Query("npi")}, Settings: r.Settings}
}

// showRegister asks who somebody is and for whom they work, and shows what the
// directory says of that.
func showRegister(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Visit.State == account.Open {
		return seeOther(web.Home(r.By))
	}
	g := registerQuestions(r)
	if !r.URL.Query().Has("as") && !r.URL.Query().Has("npi") {
		return web.Answer{Title: words.Text(registerTitle), Body: registerPage(g, nil), Bare: true}, nil
	}
	if g.As == "invited" {
		return web.Answer{Title: words.Text(registerTitle), Body: invitedPage(), Bare: true}, nil
	}
	err := g.find(ctx, r)
	if err != nil {
		return faulty(words.Text(registerTitle), func(errs []ui.FieldError) templ.Component { return registerPage(g, errs) }, err, "as", "npi")
	}
	return web.Answer{Title: words.Text(registerTitle), Body: cardPage(g), Bare: true}, nil
}

const registerTitle = "Create an account"

// find looks the organization up, and says all that is wrong at once.
func (g *registering) find(ctx context.Context, r *web.Request) (err error) {
	f := fault.Fields{}
	f.Check(roleAs(g.As) != "", "as", "Select what describes you")
	g.Listing, err = provider.Registrable(ctx, r.Tx, g.NPI)
	for field, text := range fault.Of(err).Fields {
		f.Check(false, field, text)
	}
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	return f.Err()
}

func showYou(ctx context.Context, r *web.Request) (web.Answer, error) {
	g := registerQuestions(r)
	if err := g.find(ctx, r); err != nil {
		return seeOther("/register")
	}
	return web.Answer{Title: words.Text(registerTitle), Body: youPage(g, nil), Bare: true}, nil
}

func register(ctx context.Context, r *web.Request) (web.Answer, error) {
	g := registering{As: r.Value("as"), Agreed: r.Value("agreed") != "", Settings: r.Settings, Registration: account.Registration{
		NPI: r.Value("npi"), TIN: r.Value("tin"), Email: r.Value("email"), FirstName: r.Value("first_name"), LastName: r.Value("last_name"),
		Phone: r.Value("phone"), Role: roleAs(r.Value("as")), Language: words.Of(ctx),
	}}
	if r.Form.Has("org_name") {
		g.Stated = &account.Stated{Name: r.Value("org_name"), Line: r.Value("line"), City: r.Value("city"), State: r.Value("state"), ZIP: r.Value("zip"), Phone: r.Value("org_phone")}
	} else if err := g.find(ctx, r); err != nil {
		return faulty(words.Text(registerTitle), func(errs []ui.FieldError) templ.Component { return registerPage(g, errs) }, err, "as", "npi")
	}
	if r.Value("keep") != "" {
		return g.keep(ctx, r)
	}
	if err := provider.Register(ctx, r.Tx, g.Registration, g.Agreed, r.Address); err != nil {
		return faulty(words.Text(registerTitle), func(errs []ui.FieldError) templ.Component { return youPage(g, errs) }, err, "org_name", "line", "city", "state", "zip", "org_phone", "first_name", "last_name", "email", "phone", "tin", "agreed")
	}
	return seeOther("/register/sent")
}

// keep keeps what was entered so far, to be gone on with by a mailed link.
func (g registering) keep(ctx context.Context, r *web.Request) (web.Answer, error) {
	g.Registration.NPI = g.Listing.NPI
	if err := account.KeepRegistration(ctx, r.Tx, g.Registration, r.Address); err != nil {
		return faulty(words.Text(registerTitle), func(errs []ui.FieldError) templ.Component { return youPage(g, errs) }, err, "email")
	}
	return seeOther("/register/sent?kept=1")
}

// continueRegistration is the page about somebody as they left it.
func continueRegistration(ctx context.Context, r *web.Request) (web.Answer, error) {
	draft, err := account.DraftOf(ctx, r.Tx, r.PathValue("token"))
	if err != nil {
		return web.Answer{}, err
	}
	g := registering{Registration: draft, As: asRole(draft.Role), Settings: r.Settings}
	if g.Stated == nil {
		if err := g.find(ctx, r); err != nil { // the directory says something else by now
			return faulty(words.Text(registerTitle), func(errs []ui.FieldError) templ.Component { return registerPage(g, errs) }, err, "as", "npi")
		}
	}
	return web.Answer{Title: words.Text(registerTitle), Body: youPage(g, nil), Bare: true}, nil
}

func showRegistered(_ context.Context, r *web.Request) (web.Answer, error) {
	if r.Query("kept") != "" {
		return web.Answer{Title: "Saved", Body: keptPage(r.Settings), Bare: true}, nil
	}
	return web.Answer{Title: "Check your email", Body: registeredPage(r.Settings), Bare: true}, nil
}

func showConfirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	g, err := confirming(ctx, r)
	return web.Answer{Title: "Choose a password", Body: confirmPage(g, nil), Bare: true}, err
}

func confirming(ctx context.Context, r *web.Request) (g registering, err error) {
	g.Path = r.URL.Path
	g.Registration, err = account.RegistrationOf(ctx, r.Tx, r.PathValue("token"))
	return g, err
}

// confirm makes the account and signs its owner in as far as the second factor.
func confirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	g, err := confirming(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	by, err := provider.Settle(ctx, r.Tx, r.PathValue("token"), r.Value("password"))
	if err != nil {
		if !fault.Is(err, fault.Invalid) {
			return web.Answer{}, err
		}
		a, err := faulty("Choose a password", func(errs []ui.FieldError) templ.Component { return confirmPage(g, errs) }, err, "password")
		a.Keep = false
		return a, err
	}
	e, err := account.SignIn(ctx, r.Tx, account.Attempt{Email: by.Email, Password: r.Value("password"), Agent: r.UserAgent(), Address: r.Address}, r.Settings.Limits)
	if err != nil {
		return web.Answer{}, err
	}
	if err := account.SignOut(ctx, r.Tx, r.Visit); err != nil {
		return web.Answer{}, err
	}
	return seeOther(withReturn("/sign-in/verify", "/welcome"), r.Settings.SessionCookie(e.Token))
}
