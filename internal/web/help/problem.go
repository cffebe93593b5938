package help

import (
	"cmp"
	"context"
	"net/url"

	"parley/internal/domain/help"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// problemPage is a report of a problem as it is filled in.
type problemPage struct {
	p      help.Problem
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	staff  bool // who can report an incident too
}

func (p *problemPage) answer() web.Answer {
	return web.Answer{Title: "Report a problem", Body: problemView(p), Errors: p.errors}
}

// showProblem begins a report about the page that failed, or the one from which
// the reader came.
func showProblem(_ context.Context, r *web.Request) (web.Answer, error) {
	p := &problemPage{key: r.Key(), staff: r.By.IsStaff(), faults: map[string]words.Text{}}
	p.p.Page = help.PagePath(cmp.Or(r.Query("page"), cameFrom(r)))
	p.p.RequestID = r.Query("reference")
	return p.answer(), nil
}

// cameFrom is the path of this service's page whose link led here; "" for
// another site's, and for this page itself.
func cameFrom(r *web.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.Path == r.URL.Path {
		return ""
	}
	return from.Path
}

// reportOf leads to a report about a page.
func reportOf(page string) string {
	if page = help.PagePath(page); page == "" {
		return "/help/problem"
	}
	return "/help/problem?" + url.Values{"page": {page}}.Encode()
}

func reportProblem(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &problemPage{key: r.Key(), staff: r.By.IsStaff(), faults: map[string]words.Text{},
		p: help.Problem{Happened: r.Value("happened"), Expected: r.Value("expected"), Page: r.Value("page"), RequestID: r.Value("reference")}}
	made, err := help.Report(ctx, r.Tx, r.By, p.p)
	if err == nil {
		return web.Answer{SeeOther: "/help/problem/" + made.ID}, nil
	}
	if fault.Is(err, fault.TooMany) { // what was typed stays, to be sent later
		p.errors = []ui.FieldError{{Text: fault.Of(err).Text}}
		return p.answer(), err
	}
	if fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "happened", "expected")
	return p.answer(), err
}

func showReported(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := help.OwnProblem(ctx, r.Tx, r.By, r.PathValue("problem"))
	return web.Answer{Title: "Problem reported", Body: reportedView(p, r.Settings.Support)}, err
}
