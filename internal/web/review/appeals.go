package review

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/letter"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// appealsPage is what waits for an answer.
type appealsPage struct {
	filings []appeal.Filing
	orders  []order.Order
	loc     *time.Location
	now     time.Time
}

func listAppeals(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &appealsPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.filings, p.orders, err = appeal.Waiting(ctx, r.Tx, r.By)
	return web.Answer{Title: "Appeals", Body: appealsView(p), Wide: true}, err
}

func (p *appealsPage) table() ui.TableView {
	t := ui.TableView{Caption: "Waiting for an answer, what is due first", Columns: []ui.Column{{Header: "Asked for"}, {Header: "Order"}, {Header: "Service"}, {Header: "Filed"}, {Header: "Due"}}}
	for i, f := range p.filings {
		due := "No time is set"
		if f.DueAt != nil {
			due = civil.Deadline(*f.DueAt, p.loc, p.now).String()
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{appealLink(f), ui.Text(words.AsIs(order.Spaced(p.orders[i].Number))), ui.Text(words.AsIs(p.orders[i].Title)), ui.Text(civil.When(f.FiledAt, p.loc, p.now)), ui.Text(words.AsIs(due))}})
	}
	return t
}

// appealPage is one filing for who answers it.
type appealPage struct {
	f         appeal.Filing
	o         order.Order
	plan      plan.Plan
	mayAnswer bool
	mayNot    string // why the reader may not answer it, a sentence; "" if they may
	spanish   bool
	files     []attachment.File // of the order, that came after it was asked for
	answer    appeal.Answer
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
	loc       *time.Location
	now       time.Time
}

func openAppeal(ctx context.Context, r *web.Request) (*appealPage, error) {
	p := &appealPage{key: r.Key(), now: r.Tx.Now(), faults: map[string]words.Text{}}
	var err error
	if p.f, p.o, err = appeal.Get(ctx, r.Tx, r.By, r.PathValue("appeal")); err != nil {
		return nil, err
	}
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return nil, err
	}
	m, err := member.Get(ctx, r.Tx, member.ID(p.o.MemberID))
	if err != nil {
		return nil, err
	}
	p.spanish, p.loc = letter.Spanish(m), r.Zone(p.plan.TimeZone)
	if p.files, err = attachment.Since(ctx, r.Tx, string(p.o.ID), p.f.FiledAt); err != nil {
		return nil, err
	}
	p.mayAnswer = r.By.Can(account.Deny) && p.f.Status == appeal.Open
	if p.mayAnswer {
		err = review.MayReopen(ctx, r.Tx, r.By, p.o, appeal.After(p.f.Kind))
		if f := fault.Of(err); err != nil && f.Kind != fault.Internal {
			p.mayNot, err = f.Text.String(), nil
		}
	}
	return p, err
}

func (p *appealPage) page() web.Answer {
	name := p.f.Words() + " " + order.Spaced(p.f.Number)
	return web.Answer{Title: words.AsIs(name), Body: appealView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Appeals", Href: "/review/appeals"}, {Text: words.AsIs(name)}}}
}

func showAppeal(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAppeal(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

func upholdAppeal(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAppeal(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.answer = appeal.Answer{Rationale: v("rationale"), Plain: v("plain"), PlainES: v("plain_es"), Attested: v("attested") != ""}
	err = p.answer.Check()
	if err == nil {
		err = plainWords(review.Decision{Plain: p.answer.Plain, PlainES: p.answer.PlainES})
	}
	if err == nil { // a password is the last thing that is asked for
		err = account.Confirm(ctx, r.Tx, r.Visit, "password", r.Value("password"))
	}
	if err == nil {
		_, err = appeal.Uphold(ctx, r.Tx, r.By, p.f, p.o, p.answer)
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/appeals"}, nil
	}
	if k := fault.Of(err).Kind; k == fault.Internal || k == fault.Denied {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "rationale", "plain", "plain_es", "attested", "password")
	return p.page(), err
}
