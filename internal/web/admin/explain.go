package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// explainPage is what happened to one order, from all that kept something of
// it.
type explainPage struct {
	o       order.Order
	plan    plan.Plan
	program plan.Program
	clock   *deadline.Kept
	records []review.Record
	story   []ui.Moment
	loc     *time.Location
	now     time.Time
}

func explain(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &explainPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.o, p.records, err = review.Replay(ctx, r.Tx, r.By, r.PathValue("order")); err != nil {
		return web.Answer{}, err
	}
	for _, load := range []func(context.Context, *web.Request) error{p.policy, p.events, p.decisions, p.letters, p.messages, p.calls, p.appeals} {
		if err := load(ctx, r); err != nil {
			return web.Answer{}, err
		}
	}
	slices.SortStableFunc(p.story, func(a, b ui.Moment) int { return a.At.Compare(b.At) })
	crumbs := []ui.Link{{Text: "Administration", Href: "/admin/index"}, {Text: "Audit", Href: "/admin/audit"}, {Text: words.Say("Order %s", order.Spaced(p.o.Number))}}
	if !r.By.On(account.Manage) {
		crumbs = nil
	}
	return web.Answer{Title: words.Say("What happened to order %s", order.Spaced(p.o.Number)), Body: explainView(p), Crumbs: crumbs}, nil
}

func (p *explainPage) when(t time.Time) string { return civil.When(t, p.loc, p.now).String() }

func (p *explainPage) tell(at time.Time, title, who, text string) {
	p.story = append(p.story, ui.Moment{Title: words.AsIs(title), Who: words.AsIs(who), At: at, When: words.AsIs(p.when(at)), Text: words.AsIs(text)})
}

func (p *explainPage) policy(ctx context.Context, r *web.Request) (err error) {
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return err
	}
	if p.program, err = plan.GetProgram(ctx, r.Tx, p.o.ProgramID); err != nil {
		return err
	}
	k, err := deadline.Of(ctx, r.Tx, string(p.o.ID))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		p.clock = &k
	}
	return err
}

func (p *explainPage) events(ctx context.Context, r *web.Request) error {
	all, err := order.Events(ctx, r.Tx, r.By, p.o.ID)
	slices.Reverse(all) // they come newest first
	for _, e := range all {
		title := e.Text.String()
		if e.Internal {
			title = "Internal: " + title
		}
		p.tell(e.At, title, e.ActorName, "")
	}
	return err
}

// decisions says by which rule each was due.
func (p *explainPage) decisions(context.Context, *web.Request) error {
	for _, d := range p.records {
		text := ""
		if d.Clock != nil {
			text = "It was due " + p.when(d.Clock.Due) + ". " + d.Clock.Rule + " " + d.Clock.Citation
		}
		p.tell(d.Made.At, "Determination: "+d.Made.Outcome.Words(), strings.TrimSpace(d.Made.Name+" "+d.Made.Credential+" "+d.Made.License), text)
		if d.Made.SecondName != "" {
			p.tell(d.Made.At, "Signed by a second physician", strings.TrimSpace(d.Made.SecondName+" "+d.Made.SecondLicense), "")
		}
	}
	return nil
}

func (p *explainPage) letters(ctx context.Context, r *web.Request) error {
	all, err := letter.Of(ctx, r.Tx, p.o.ID)
	if err != nil {
		return err
	}
	sent, err := letter.Deliveries(ctx, r.Tx, all)
	for _, l := range all {
		p.tell(l.Created, "Letter written: "+l.Title, "", "From template "+l.Template)
		for _, d := range sent[l.ID] {
			at := d.Created
			if d.DoneAt != nil {
				at = *d.DoneAt
			}
			words := d.Words()
			if d.Channel == letter.OnPage {
				words = "Shown to the office"
			}
			p.tell(at, words+": "+l.Title, d.By, d.Proof)
		}
	}
	return err
}

func (p *explainPage) messages(ctx context.Context, r *web.Request) error {
	all, err := worklist.Said(ctx, r.Tx, r.By, p.o)
	for _, m := range all {
		title := "Message from the office"
		switch {
		case m.Internal:
			title = "Internal note among reviewers"
		case m.Review:
			title = "Message to the office"
		}
		p.tell(m.At, title, m.Who, "")
	}
	return err
}

func (p *explainPage) calls(ctx context.Context, r *web.Request) error {
	all, err := peer.Of(ctx, r.Tx, p.o)
	if err != nil {
		return err
	}
	for _, c := range all {
		events, err := peer.Events(ctx, r.Tx, c)
		if err != nil {
			return err
		}
		for _, e := range events {
			p.tell(e.At, "Peer-to-peer call: "+e.Text.String(), e.ActorName, "")
		}
	}
	return nil
}

func (p *explainPage) appeals(ctx context.Context, r *web.Request) error {
	all, err := appeal.Of(ctx, r.Tx, p.o)
	for _, f := range all {
		p.tell(f.FiledAt, appeal.KindWords(f.Kind)+" filed", f.FiledName, "")
		if f.ClosedAt != nil {
			p.tell(*f.ClosedAt, appeal.KindWords(f.Kind)+" closed", f.ClosedName, string(f.Status))
		}
	}
	return err
}

func (p *explainPage) facts() []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: "Service", Value: words.AsIs(p.o.Title)}, {Key: "Status", Value: words.Text(p.o.Status.Words())}, {Key: "Plan", Value: words.Say("%s, %s", p.plan.Name, p.program.Name)},
		{Key: "Received", Value: words.Say("%s, %s", p.when(p.o.ReceivedAt), p.o.How())},
	}
	if p.o.DecidedAt != nil {
		rows = append(rows, ui.SummaryRow{Key: "Decided", Value: words.AsIs(p.when(*p.o.DecidedAt))})
	}
	return rows
}
