package admin

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/help"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// problemsPage lists what people reported that went wrong.
type problemsPage struct {
	all     []help.Problem
	more    bool
	closing string // the one whose form is shown again
	outcome string
	faults  map[string]words.Text
	errors  []ui.FieldError
	key     string
	loc     *time.Location
	now     time.Time
}

func problems(ctx context.Context, r *web.Request) (p *problemsPage, err error) {
	p = &problemsPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	p.all, p.more, err = help.Problems(ctx, r.Tx, r.By)
	return p, err
}

func (p *problemsPage) answer() web.Answer {
	return web.Answer{Title: "Problems reported", Body: problemsView(p), Errors: p.errors, Crumbs: crumbs("Problems reported")}
}

func listProblems(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := problems(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func closeProblem(ctx context.Context, r *web.Request) (web.Answer, error) {
	err := help.CloseProblem(ctx, r.Tx, r.By, r.PathValue("problem"), r.Value("outcome"))
	if err == nil {
		return web.Answer{SeeOther: "/admin/problems"}, nil
	}
	if fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p, openErr := problems(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	p.closing, p.outcome = r.PathValue("problem"), r.Value("outcome")
	p.faults = fault.Of(err).Fields
	p.errors = []ui.FieldError{{Text: p.faults["outcome"], Field: "outcome-" + p.closing}}
	return p.answer(), err
}

// by says when somebody reported it, and who they are.
func (p *problemsPage) by(one help.Problem) string {
	said := civil.When(one.MadeAt, p.loc, p.now).String() + ", " + one.Name
	if one.Office != "" {
		said += ", " + one.Office
	}
	return said
}

// keyOf is the key of the form that closes one report. Shown again, a page has
// the key that came with the form.
func (p *problemsPage) keyOf(one help.Problem) string {
	return strings.TrimSuffix(p.key, p.closing) + one.ID
}

// field is the form of one report to close it.
func (p *problemsPage) field(one help.Problem) ui.Field {
	f := ui.Field{Name: "outcome", ID: "outcome-" + one.ID, Label: "What became of it", Width: "lg", Spellcheck: true}
	if one.ID == p.closing {
		f.Value, f.Error = p.outcome, p.faults["outcome"]
	}
	return f
}
