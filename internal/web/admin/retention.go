package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/hold"
	"parley/internal/domain/order"
	"parley/internal/domain/retention"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var retentionCrumb = ui.Link{Text: "Retention", Href: "/admin/retention"}

func registerRetention(s *web.Server) {
	s.Handle("GET /admin/retention", web.Manage, showRetention)
	s.Handle("GET /admin/retention/{kind}", web.Manage, editRetention)
	s.Handle("POST /admin/retention/{kind}", web.Manage, setRetention)
	s.Handle("POST /admin/holds", web.Manage, placeHold)
	s.Handle("POST /admin/holds/{hold}/release", web.Manage, releaseHold)
}

// retentionPage is how long records are kept, and which orders are held.
type retentionPage struct {
	all            []retention.Setting
	holds          []hold.Hold
	number, reason string // of a hold, as typed
	faults         map[string]words.Text
	errors         []ui.FieldError
	key            string
	loc            *time.Location
	now            time.Time
}

func openRetention(ctx context.Context, r *web.Request) (p *retentionPage, err error) {
	p = &retentionPage{key: r.Key(), faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if p.all, err = retention.Settings(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	p.holds, err = hold.All(ctx, r.Tx, r.By)
	return p, err
}

func (p *retentionPage) answer() web.Answer {
	return web.Answer{Title: retentionCrumb.Text, Body: retentionView(p), Errors: p.errors, Crumbs: crumbs(retentionCrumb.Text.String())}
}

func showRetention(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openRetention(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func placeHold(ctx context.Context, r *web.Request) (web.Answer, error) {
	err := hold.Place(ctx, r.Tx, r.By, r.Value("number"), r.Value("reason"))
	if err == nil {
		return web.Answer{SeeOther: retentionCrumb.Href}, nil
	}
	return holdAgain(ctx, r, err)
}

func releaseHold(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("hold")
	err := hold.Release(ctx, r.Tx, r.By, id, r.Value("release-"+id))
	if err == nil {
		return web.Answer{SeeOther: retentionCrumb.Href}, nil
	}
	if words := fault.Of(err).Fields["reason"]; words != "" { // each hold has its own field
		f := fault.Fields{}
		f.Check(false, "release-"+id, words)
		err = f.Err()
	}
	return holdAgain(ctx, r, err)
}

// holdAgain shows the page with what is wrong with a hold.
func holdAgain(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	if fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p, openErr := openRetention(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	p.number, p.reason = r.Value("number"), r.Value("reason")
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "number", "reason")
	return p.answer(), err
}

// kept says for how long.
func kept(s retention.Setting) string {
	switch {
	case !s.Removed():
		return "For good: the program removes none"
	case s.Days == 0:
		return "For good"
	}
	return daysWords(s.Days)
}

// daysWords are days, in years where they are whole ones.
func daysWords(n int) string {
	if years := n / 365; n >= 365 && n%365 <= years/4+1 {
		return count(years, "year")
	}
	return count(n, "day")
}

func (p *retentionPage) set(s retention.Setting) string {
	if s.ChangedAt.IsZero() {
		return ""
	}
	return "Set " + civil.When(s.ChangedAt, p.loc, p.now).String() + " by " + s.ChangedBy + ": " + s.Reason
}

func (p *retentionPage) placed(h hold.Hold) string {
	return "Since " + civil.When(h.PlacedAt, p.loc, p.now).String() + ", by " + h.Placer
}

func spaced(number string) string { return order.Spaced(number) }

// keepingPage is one kind of record: for how long it is to be kept, and what
// would go.
type keepingPage struct {
	s         retention.Setting
	days, why string
	looked    bool
	goes      int
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
}

func openKeeping(ctx context.Context, r *web.Request) (*keepingPage, error) {
	all, err := retention.Settings(ctx, r.Tx, r.By)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Key == r.PathValue("kind") && s.Removed() {
			return &keepingPage{s: s, days: strconv.Itoa(s.Days), key: r.Key(), faults: map[string]words.Text{}}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "We can't find that.")
}

func (p *keepingPage) path() string { return retentionCrumb.Href + "/" + p.s.Key }

func (p *keepingPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.s.Name), Body: keepingView(p), Errors: p.errors, Crumbs: crumbs(p.s.Name, retentionCrumb)}
}

// look counts what would go.
func (p *keepingPage) look(ctx context.Context, r *web.Request) error {
	n, err := strconv.Atoi(strings.TrimSpace(p.days))
	if err != nil {
		n = -1 // refused
	}
	p.goes, err = retention.Preview(ctx, r.Tx, r.By, p.s.Key, n)
	p.looked = err == nil
	return err
}

func (p *keepingPage) wrong(err error) (web.Answer, error) {
	if fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "days", "why")
	return p.answer(), err
}

func editRetention(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openKeeping(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if r.Query("days") == "" {
		return p.answer(), nil
	}
	p.days = r.Query("days")
	if err := p.look(ctx, r); err != nil {
		return p.wrong(err)
	}
	return p.answer(), nil
}

func setRetention(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openKeeping(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	p.days, p.why = r.Value("days"), r.Value("why")
	if err := p.look(ctx, r); err != nil {
		return p.wrong(err)
	}
	n, _ := strconv.Atoi(strings.TrimSpace(p.days)) // look read it
	if err := retention.Set(ctx, r.Tx, r.By, p.s.Key, n, p.why); err != nil {
		return p.wrong(err)
	}
	return web.Answer{SeeOther: retentionCrumb.Href}, nil
}

func (p *keepingPage) ifKept() string {
	if n := strings.TrimSpace(p.days); n != "0" {
		return "If kept for " + n + " days"
	}
	return "If kept for good"
}

// goesWords say what would go.
func (p *keepingPage) goesWords() string {
	switch {
	case strings.TrimSpace(p.days) == "0":
		return "Nothing goes."
	case p.goes == 0:
		return "Nothing is as old as that now. What becomes so goes within a day."
	case p.goes == 1:
		return "1 record would go within a day. It can’t be brought back."
	}
	return grouped(int64(p.goes)) + " records would go within a day. They can’t be brought back."
}
