package review

import (
	"context"
	"net/url"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/review"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// opsPage is what a supervisor watches: clocks that run out, those that came
// close, and approvals without a person.
type opsPage struct {
	walls          []worklist.Wall
	near           []worklist.Near
	pauses         []review.Pause
	openings       []review.Opening
	guidelines     []guideline.Published
	guideline, why string
	faults         map[string]words.Text
	errors         []ui.FieldError
	key            string
	loc            *time.Location
	now            time.Time
}

// nearDays is how far back near misses are listed.
const nearDays = 14

func openOps(ctx context.Context, r *web.Request) (*opsPage, error) {
	if err := r.By.Must(account.Supervise); err != nil {
		return nil, err
	}
	p := &opsPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	var err error
	if p.walls, err = worklist.Clocks(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	if p.near, err = worklist.NearMisses(ctx, r.Tx, r.By, p.now.Add(-nearDays*24*time.Hour)); err != nil {
		return nil, err
	}
	if p.openings, err = review.Openings(ctx, r.Tx, r.By, p.now.Add(-nearDays*24*time.Hour)); err != nil {
		return nil, err
	}
	if p.pauses, err = review.Pauses(ctx, r.Tx); err != nil {
		return nil, err
	}
	p.guidelines, err = guideline.All(ctx, r.Tx)
	return p, err
}

func (p *opsPage) answer() web.Answer {
	return web.Answer{Title: "Operations", Body: opsView(p), Errors: p.errors, Wide: true}
}

func showOps(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOps(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func pauseApprovals(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOps(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.guideline, p.why = r.Value("guideline"), strings.TrimSpace(r.Value("why"))
	if err = review.PauseApprovals(ctx, r.Tx, r.By, p.guideline, p.why); err == nil {
		return web.Answer{SeeOther: "/ops"}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "guideline", "why")
	return p.answer(), err
}

func resumeApprovals(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/ops"}, review.ResumeApprovals(ctx, r.Tx, r.By, r.PathValue("pause"))
}

// offered are the guidelines that can be paused, each once.
func (p *opsPage) offered() []ui.Option {
	all := []ui.Option{{Label: "Select a guideline"}}
	seen := map[string]bool{}
	for _, g := range p.guidelines {
		if !seen[g.ID] {
			seen[g.ID] = true
			all = append(all, ui.Option{Value: g.ID, Label: words.AsIs(g.Title), Checked: p.guideline == g.ID})
		}
	}
	return all
}

func (p *opsPage) title(id string) string {
	for _, g := range p.guidelines {
		if g.ID == id {
			return g.Title
		}
	}
	return id
}

// cases is where a line of the wall leads: the cases that are due.
func cases(w worklist.Wall) string {
	return "/review?" + url.Values{"view": {"today"}, "plan": {w.PlanID}, "program": {w.ProgramID}}.Encode()
}
