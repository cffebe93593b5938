package admin

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// passwordsPage is whose passwords end after some time.
type passwordsPage struct {
	all        []account.Organization
	name, days string // as typed
	say        string
	faults     map[string]words.Text
	errors     []ui.FieldError
	key        string
}

const passwordsTitle = "Passwords that end"

var passwordsDone = map[string]string{
	"set":   "It is set. It counts from their next sign-in.",
	"ended": "Their passwords don’t end any more.",
}

func passwordRules(ctx context.Context, r *web.Request) (p *passwordsPage, err error) {
	p = &passwordsPage{key: r.Key(), say: passwordsDone[r.Query("done")], faults: map[string]words.Text{}}
	p.all, err = account.WithPasswordDays(ctx, r.Tx, r.By)
	return p, err
}

func (p *passwordsPage) answer() web.Answer {
	return web.Answer{Title: words.Text(passwordsTitle), Body: passwordsView(p), Errors: p.errors, Crumbs: crumbs(passwordsTitle)}
}

func listPasswordRules(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := passwordRules(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// setPasswordRule sets a rule by the organization's name, or ends one by its id.
func setPasswordRule(ctx context.Context, r *web.Request) (web.Answer, error) {
	if id := r.Value("end"); id != "" {
		return web.Answer{SeeOther: "/admin/passwords?done=ended"}, account.SetPasswordDays(ctx, r.Tx, r.By, id, 0)
	}
	p, err := passwordRules(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.name, p.days = strings.TrimSpace(r.Value("organization")), strings.TrimSpace(r.Value("password_days"))
	f := fault.Fields{}
	o, err := account.OrganizationByName(ctx, r.Tx, p.name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return web.Answer{}, err
	}
	f.Check(err == nil, "organization", "There is no organization of this name")
	days, bad := strconv.Atoi(p.days)
	f.Check(bad == nil && days > 0, "password_days", "Enter a number from 30 to 730")
	if err = f.Err(); err == nil {
		err = account.SetPasswordDays(ctx, r.Tx, r.By, o.ID, days)
	}
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "organization", "password_days")
		return p.answer(), err
	}
	return web.Answer{SeeOther: "/admin/passwords?done=set"}, err
}
