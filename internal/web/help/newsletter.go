package help

import (
	"context"
	"slices"

	"parley/internal/domain/newsletter"
	"parley/internal/domain/notify"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func (p Pages) registerNewsletter(s *web.Server) {
	s.Handle("GET /help/newsletter", web.SignedIn, showNewsletter)
	s.Handle("POST /help/newsletter", web.SignedIn, subscribe)
	s.Handle("POST /help/newsletter/end", web.SignedIn, endNewsletter)
	s.Handle("POST /help/feedback", web.SignedIn, joinGroup)
	s.Handle("POST /help/feedback/leave", web.SignedIn, leaveGroup)
	s.Handle("GET /newsletter/confirm/{token}", web.Public, askConfirm)
	s.Handle("POST /newsletter/confirm/{token}", web.Public, confirm)
	s.Handle("GET /newsletter/unsubscribe/{token}", web.Public, p.askUnsubscribe)
	s.Handle("POST /newsletter/unsubscribe/{token}", web.Public, p.unsubscribe)
}

// newsletterPage is whether a reader gets the newsletter, and takes part in
// the feedback group.
type newsletterPage struct {
	s      newsletter.Subscription
	own    string // address of the account
	email  string // as it is typed
	wants  []string
	member bool
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
}

func openNewsletter(ctx context.Context, r *web.Request) (p *newsletterPage, err error) {
	p = &newsletterPage{own: r.By.Email, email: r.By.Email, key: r.Key(), faults: map[string]words.Text{}}
	if p.s, err = newsletter.Of(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	p.wants, err = newsletter.Wants(ctx, r.Tx, r.By)
	p.member = len(p.wants) > 0
	return p, err
}

func (p *newsletterPage) answer() web.Answer {
	return web.Answer{Title: "Newsletter and feedback group", Body: newsletterView(p), Errors: p.errors}
}

func showNewsletter(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openNewsletter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func subscribe(ctx context.Context, r *web.Request) (web.Answer, error) {
	return changed(ctx, r, newsletter.Subscribe(ctx, r.Tx, r.By, r.Value("email")))
}

func joinGroup(ctx context.Context, r *web.Request) (web.Answer, error) {
	return changed(ctx, r, newsletter.JoinGroup(ctx, r.Tx, r.By, r.Form["wants"]))
}

// changed shows the page again with what is wrong, or as it is now.
func changed(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	if err == nil {
		return web.Answer{SeeOther: "/help/newsletter"}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p, openErr := openNewsletter(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	if _, typed := r.Form["email"]; typed {
		p.email = r.Value("email")
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "email", "wants")
	return p.answer(), err
}

func endNewsletter(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/help/newsletter"}, newsletter.Unsubscribe(ctx, r.Tx, r.By)
}

func leaveGroup(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/help/newsletter"}, newsletter.LeaveGroup(ctx, r.Tx, r.By)
}

// ways are those of taking part, to be ticked.
func (p *newsletterPage) ways() ui.Group {
	g := ui.Group{Name: "wants", Legend: "What you would do", Error: p.faults["wants"]}
	for _, w := range newsletter.Ways {
		g.Options = append(g.Options, ui.Option{Value: w.Key, Label: words.Text(w.Words), Checked: slices.Contains(p.wants, w.Key)})
	}
	return g
}

// askConfirm only asks: mail programs open links by themselves.
func askConfirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	s, err := newsletter.ByToken(ctx, r.Tx, r.PathValue("token"))
	return web.Answer{Title: "Confirm the newsletter", Body: confirmView(r.URL.Path, s.State == newsletter.Active)}, err
}

func confirm(ctx context.Context, r *web.Request) (web.Answer, error) {
	err := newsletter.Confirm(ctx, r.Tx, r.PathValue("token"))
	return web.Answer{Title: "Newsletter confirmed", Body: confirmView(r.URL.Path, true)}, err
}

func unsigned() error {
	return fault.New(fault.NotFound, "This link isn't whole. Copy all of it from the mail, or sign in and open Help, Newsletter.")
}

func (p Pages) askUnsubscribe(_ context.Context, r *web.Request) (web.Answer, error) {
	if _, ok := notify.Unsubscribing(p.Keys, r.PathValue("token")); !ok {
		return web.Answer{}, unsigned()
	}
	return web.Answer{Title: "Unsubscribe", Body: unsubscribeView(r.URL.Path, false)}, nil
}

// unsubscribe answers at once and without a redirect, as mail programs that
// post here by themselves need it (RFC 8058).
func (p Pages) unsubscribe(ctx context.Context, r *web.Request) (web.Answer, error) {
	id, ok := notify.Unsubscribing(p.Keys, r.PathValue("token"))
	if !ok {
		return web.Answer{}, unsigned()
	}
	err := newsletter.UnsubscribeAddress(ctx, r.Tx, id)
	return web.Answer{Title: "Unsubscribed", Body: unsubscribeView(r.URL.Path, true)}, err
}
