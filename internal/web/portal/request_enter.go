package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/web"
	"parley/internal/words"
)

// enter opens a page of the request to work on it. What was typed on it before
// and never saved is put into r's form. Where the program lets one person at a
// time work on a page and somebody else does, the answer says so.
//
// saved is when the page was last saved.
func (p *requestPage) enter(ctx context.Context, r *web.Request, part request.Part, page string, saved time.Time) (*web.Answer, error) {
	p.page = page
	var err error
	if p.kept, err = request.KeptFor(ctx, r.Tx, r.By, p.Request, page, saved); err != nil {
		return nil, err
	}
	if p.kept != nil {
		r.Form = p.kept.Form
		p.asOf(r)
	}
	if p.working, err = request.Enter(ctx, r.Tx, r.By, p.Request, part); err != nil || p.working == nil {
		return nil, err
	}
	if p.Order.ProgramID == "" {
		return nil, nil
	}
	program, err := plan.GetProgram(ctx, r.Tx, p.Order.ProgramID)
	if err != nil || !program.Intake.OneAtATime {
		return nil, err
	}
	locked := p.ask(words.Say("%s is working on this page", p.working.Name), web.Answer{Body: lockedView(p, part)})
	return &locked, nil
}

// keptWords say whose unsaved words stand on the page.
func (p *requestPage) keptWords() words.Text {
	who := words.AsIs(p.kept.Name)
	if p.kept.By == p.me {
		who = "You"
	}
	return words.Say("%s typed this %s, and it is not saved yet. Continue to save it.", who, civil.When(p.kept.At, p.loc, p.now))
}

func (p *requestPage) workingWords() words.Text {
	return words.Say("%s opened this page %s.", p.working.Name, civil.When(p.working.At, p.loc, p.now))
}

// autosave is the address to which the page's form is sent as it is typed.
func (p *requestPage) autosave() string {
	if p.Number == "" || p.page == "" {
		return ""
	}
	return p.path("/keep/" + p.page)
}

// keepTyped keeps the form of a page as it stands.
func keepTyped(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Status: http.StatusNoContent}, request.KeepTyped(ctx, r.Tx, r.By, q, r.PathValue("page"), r.Form)
}

// dropTyped forgets what was typed on a page and not saved.
func dropTyped(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return web.Answer{}, err
	}
	page := r.PathValue("page")
	return web.Answer{SeeOther: "/requests/" + q.Number + "/" + strings.TrimPrefix(page, "/")}, request.Discard(ctx, r.Tx, r.By, q, page)
}

// takeOver lets a person work on a page that somebody else had open.
func takeOver(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return web.Answer{}, err
	}
	part := request.Part(r.PathValue("part"))
	return web.Answer{SeeOther: "/requests/" + q.Number + placeOf(part)}, request.TakeOver(ctx, r.Tx, r.By, q, part)
}
