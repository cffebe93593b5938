package portal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// answersPage shows what an office answered before it sent an order, and how
// the criteria stand by it.
type answersPage struct {
	o        order.Order
	all      []request.Questions
	criteria bool // whether the reader sees how they stand
	loc      *time.Location
	now      time.Time
}

func showAnswers(ctx context.Context, r *web.Request) (web.Answer, error) {
	if !r.By.Can(account.AnswerClinical) && !r.By.Can(account.ReadClinical) {
		return web.Answer{}, r.By.Must(account.ReadClinical)
	}
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return web.Answer{}, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, o); err != nil {
		return web.Answer{}, err
	}
	p := &answersPage{o: o, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if p.all, err = request.Answers(ctx, r.Tx, r.By, o); err != nil {
		return web.Answer{}, err
	}
	if len(p.all) == 0 {
		return web.Answer{}, fault.New(fault.NotFound, "No clinical questions were asked about this order.")
	}
	program, err := plan.GetProgram(ctx, r.Tx, o.ProgramID)
	p.criteria = r.By.IsStaff() || program.Intake.Criteria != plan.Never
	return web.Answer{
		Title: words.Say("Clinical answers – Order %s", order.Spaced(o.Number)), Body: answersView(p),
		Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(o.Number)), Href: "/orders/" + o.Number}, {Text: "Clinical answers"}},
	}, err
}

// finished says when a guideline's answers were complete, and by whom.
func (p *answersPage) finished(q request.Questions) words.Text {
	return words.Say("Answered by %s, %s, by %s.", q.Response.Changer, civil.When(q.Response.ChangedAt, p.loc, p.now), q.Guideline.Name())
}

func (p *answersPage) rows(q request.Questions) (all []ui.SummaryRow) {
	for _, page := range q.Form().Pages {
		for _, f := range page.Items {
			if f.Control == guideline.Note {
				continue
			}
			value := echoed(f)
			if f.Tag != "" && value != "" {
				value = words.Say("%s (%s)", value, f.Tag)
			}
			all = append(all, ui.SummaryRow{Key: words.Written(f.Label), Value: value})
		}
	}
	return all
}
