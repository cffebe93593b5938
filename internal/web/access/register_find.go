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

// finding is a search for an organization by its name.
type finding struct {
	registering
	Name, State string
	Asked, More bool
	Found       []provider.Listing
}

// card is the page of one that was found.
func (f finding) card(l provider.Listing) string {
	return "/register?" + url.Values{"as": {f.As}, "npi": {l.NPI}}.Encode()
}

// unlisted is the page for one that the directory doesn't have.
func (f finding) unlisted() string {
	return "/register/unlisted?" + url.Values{"as": {f.As}}.Encode()
}

func findOrganization(ctx context.Context, r *web.Request) (web.Answer, error) {
	q := finding{registering: registerQuestions(r), Name: r.Query("name"), State: r.Query("state")}
	q.Asked = r.URL.Query().Has("name")
	if !q.Asked {
		return web.Answer{Title: words.Text(findTitle), Body: findPage(q, nil), Bare: true}, nil
	}
	f := fault.Fields{}
	f.Check(roleAs(q.As) != "", "as", "Select what describes you")
	var err error
	q.Found, q.More, err = provider.OrganizationsNamed(ctx, r.Tx, q.Name, q.State)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	for field, text := range fault.Of(err).Fields {
		f.Check(false, field, text)
	}
	if err := f.Err(); err != nil {
		q.Found = nil
		return faulty(words.Text(findTitle), func(errs []ui.FieldError) templ.Component { return findPage(q, errs) }, err, "as", "name", "state")
	}
	return web.Answer{Title: words.Text(findTitle), Body: findPage(q, nil), Bare: true}, nil
}

const findTitle = "Find your organization"

// showUnlisted asks for an organization that the directory doesn't have, and
// for who registers, on one page.
func showUnlisted(_ context.Context, r *web.Request) (web.Answer, error) {
	g := registerQuestions(r)
	if roleAs(g.As) == "" {
		return seeOther("/register/find")
	}
	g.Stated = &account.Stated{}
	return web.Answer{Title: words.Text(registerTitle), Body: youPage(g, nil), Bare: true}, nil
}
