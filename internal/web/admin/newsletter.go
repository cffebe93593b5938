package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/newsletter"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var newsletterCrumb = ui.Link{Text: "Newsletter", Href: "/admin/newsletter"}

func registerNewsletter(s *web.Server) {
	s.Handle("GET /admin/newsletter", web.Manage, listNewsletters)
	s.Handle("GET /admin/newsletter/new", web.Manage, editNewsletter)
	s.Handle("POST /admin/newsletter/new", web.Manage, saveNewsletter)
	s.Handle("GET /admin/newsletter/{issue}", web.Manage, editNewsletter)
	s.Handle("POST /admin/newsletter/{issue}", web.Manage, saveNewsletter)
	s.Handle("POST /admin/newsletter/{issue}/send", web.Manage, sendNewsletter)
}

// newslettersPage is what was written, and who takes part in improving.
type newslettersPage struct {
	receivers int
	issues    []newsletter.Issue
	group     []newsletter.Participant
	loc       *time.Location
	now       time.Time
}

func listNewsletters(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &newslettersPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.issues, err = newsletter.Issues(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if p.receivers, err = newsletter.Receivers(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	p.group, err = newsletter.Group(ctx, r.Tx, r.By)
	return web.Answer{Title: newsletterCrumb.Text, Body: newslettersView(p), Crumbs: crumbs(newsletterCrumb.Text.String())}, err
}

// standing says whether an issue went out.
func (p *newslettersPage) standing(i newsletter.Issue) string {
	if i.SentAt == nil {
		return "Not sent. Changed " + civil.When(i.ChangedAt, p.loc, p.now).String()
	}
	return "Sent " + civil.When(*i.SentAt, p.loc, p.now).String() + " to " + addresses(i.Receivers)
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return strconv.Itoa(n) + " addresses"
}

// wants are the ways in which somebody takes part.
func wants(p newsletter.Participant) string {
	var all []string
	for _, w := range newsletter.Ways {
		if slices.Contains(p.Wants, w.Key) {
			all = append(all, w.Words)
		}
	}
	return strings.Join(all, "; ")
}

// issuePage is a newsletter as it is written.
type issuePage struct {
	i         newsletter.Issue
	receivers int
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
}

func openIssue(ctx context.Context, r *web.Request) (p *issuePage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &issuePage{key: r.Key(), faults: map[string]words.Text{}}
	if id := r.PathValue("issue"); id != "" {
		if p.i, err = newsletter.GetIssue(ctx, r.Tx, r.By, id); err != nil {
			return nil, err
		}
	}
	p.receivers, err = newsletter.Receivers(ctx, r.Tx)
	return p, err
}

func (p *issuePage) path() string {
	if p.i.ID == "" {
		return "/admin/newsletter/new"
	}
	return "/admin/newsletter/" + p.i.ID
}

func (p *issuePage) title() string {
	if p.i.ID == "" {
		return "New newsletter"
	}
	return "Newsletter: " + p.i.Title
}

func (p *issuePage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.title()), Body: issueView(p), Errors: p.errors, Crumbs: crumbs(p.title(), newsletterCrumb)}
}

func editNewsletter(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openIssue(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func saveNewsletter(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openIssue(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	typed := newsletter.Issue{ID: p.i.ID, Title: r.Value("title"), Body: r.Value("body")}
	typed.Version, _ = strconv.Atoi(r.Value("version"))
	saved, err := newsletter.SaveIssue(ctx, r.Tx, r.By, typed)
	if err == nil {
		return web.Answer{SeeOther: "/admin/newsletter/" + saved.ID}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.i = typed
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "title", "body")
	return p.answer(), err
}

func sendNewsletter(ctx context.Context, r *web.Request) (web.Answer, error) {
	version, _ := strconv.Atoi(r.Value("version")) // 0 is an old one
	return web.Answer{SeeOther: newsletterCrumb.Href}, newsletter.Send(ctx, r.Tx, r.By, r.PathValue("issue"), version)
}
