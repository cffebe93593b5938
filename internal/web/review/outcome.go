package review

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// outcomePage asks a reviewer what came of a call.
type outcomePage struct {
	c             peer.Call
	o             order.Order
	when          string
	said          []peer.Statement
	outcome, note string
	faults        map[string]string
	errors        []ui.FieldError
	key           string
}

func openOutcome(ctx context.Context, r *web.Request) (*outcomePage, error) {
	if err := r.By.Must(account.HoldCalls); err != nil {
		return nil, err
	}
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return nil, err
	}
	if c.ReviewerID != r.By.ID {
		return nil, fault.New(fault.NotFound, "We can't find that call among yours.")
	}
	said, err := peer.Statements(ctx, r.Tx, c)
	if err != nil {
		return nil, err
	}
	loc := r.Zone(defaultZone)
	return &outcomePage{said: said, c: c, o: o, key: r.Key(), faults: map[string]string{},
		when: civil.ShortDate(civil.DateIn(c.StartsAt, loc), civil.DateIn(r.Tx.Now(), loc)) + ", " + civil.Span(c.StartsAt, c.EndsAt, loc)}, nil
}

func (p *outcomePage) answer() web.Answer {
	return web.Answer{Title: "What came of the call", Body: outcomeView(p), Errors: p.errors}
}

func askOutcome(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOutcome(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.c.Status.Live() {
		return web.Answer{SeeOther: "/p2p/" + p.c.Number}, nil
	}
	return p.answer(), nil
}

func recordOutcome(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openOutcome(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.outcome, p.note = r.Value("outcome"), r.Value("note")
	_, err = peer.Record(ctx, r.Tx, r.By, p.c, p.o, p.outcome, p.note)
	switch {
	case err == nil && p.outcome == "overturned":
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number + "/decide"}, nil
	case err == nil:
		return web.Answer{SeeOther: "/review/calls"}, nil
	case fault.Of(err).Kind == fault.Internal:
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "outcome", "note")
	return p.answer(), err
}

// rows are what the reviewer needs to know to speak.
func (p *outcomePage) rows() []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: "Time", Value: p.when}, {Key: "Order", Content: orderLink(p.o)}, {Key: "Who will speak", Value: p.c.People.SpeakerName()},
		{Key: "Phone", Value: p.c.People.Phone + " " + ext(p.c.People.Extension)}, {Key: "What to say or press", Value: p.c.People.Instructions}}
	if p.c.Language != "" {
		rows = append(rows, ui.SummaryRow{Key: "Language of the call", Value: p.c.Language})
	}
	for _, s := range p.said {
		rows = append(rows, ui.SummaryRow{Key: "Call note", Value: noteWords(s)})
	}
	return rows
}

// noteWords are what the office stated, with its day.
func noteWords(s peer.Statement) string {
	if s.Day.IsZero() {
		return s.Words
	}
	return s.Words + ", " + civil.MediumDate(s.Day)
}

func (p *outcomePage) outcomes() ui.Group {
	g := ui.Group{Name: "outcome", Legend: "What came of the call?", Error: p.faults["outcome"]}
	for _, o := range peer.Outcomes {
		g.Options = append(g.Options, ui.Option{Value: o.Value, Label: o.Words, Checked: p.outcome == o.Value})
	}
	return g
}
