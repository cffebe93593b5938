package review

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// casePage is one case with the form that decides it.
type casePage struct {
	o                  order.Order
	plan               plan.Plan
	program            plan.Program
	files              []attachment.File
	gaps               []order.Gap
	unchecked          bool // the office entered the practitioner by hand
	answered           bool // there are clinical answers
	decision           *review.Determination
	claim              *review.Claim // nil: nobody works on it
	me                 account.PersonID
	mayDecide, mayDeny bool
	license            string           // of the reader, for the order's state
	intent             *review.Intent   // a denial that is meant, nil for none
	mustHear           bool             // a denial must be announced first
	proposal           *review.Proposal // a denial that waits for a second signature, nil for none
	letters            []letter.Letter  // as they would read, if that was asked
	spanish            bool             // letters to the member are in Spanish
	form               decisionForm
	faults             map[string]words.Text
	errors             []ui.FieldError
	key                string
	loc                *time.Location
	now                time.Time
}

// decisionForm is the form as it stands or was sent.
type decisionForm struct {
	lines                                  map[int]lineForm
	kind, rationale, reviewed, wouldChange string
	plain, plainES                         string
	quick                                  bool // approves all, and is sent with one key
	attested                               bool
	after                                  string
	version                                int
}

type lineForm struct{ outcome, units, from, to, reason, criterion string }

func openCase(ctx context.Context, r *web.Request) (*casePage, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return nil, err
	}
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return nil, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, o); err != nil {
		return nil, err
	}
	o.Services = o.Open() // what was withdrawn needs no outcome
	p := &casePage{o: o, me: r.By.ID, key: r.Key(), now: r.Tx.Now(), mayDecide: r.By.Can(account.Approve), mayDeny: r.By.Can(account.Deny), faults: map[string]words.Text{}}
	if p.plan, err = plan.Get(ctx, r.Tx, o.PlanID); err != nil {
		return nil, err
	}
	if p.program, err = plan.GetProgram(ctx, r.Tx, o.ProgramID); err != nil {
		return nil, err
	}
	p.loc = r.Zone(p.plan.TimeZone)
	if p.files, err = attachment.Of(ctx, r.Tx, string(o.ID)); err != nil {
		return nil, err
	}
	if p.gaps, err = order.Gaps(ctx, r.Tx, o.ID); err != nil {
		return nil, err
	}
	if p.answered, err = request.WasAsked(ctx, r.Tx, o); err != nil {
		return nil, err
	}
	if p.unchecked, err = provider.Unchecked(ctx, r.Tx, o.PractitionerID); err != nil {
		return nil, err
	}
	if p.license, err = licenseFor(ctx, r, o); err != nil {
		return nil, err
	}
	if p.claim, err = review.ClaimOf(ctx, r.Tx, o.ID); err != nil {
		return nil, err
	}
	d, err := review.Latest(ctx, r.Tx, o.ID)
	if err == nil {
		p.decision = &d
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if p.intent, err = review.IntentOf(ctx, r.Tx, o.ID); err != nil {
		return nil, err
	}
	if p.mayDeny && p.intent == nil {
		if p.mustHear, err = review.MustBeHeard(ctx, r.Tx, o); err != nil {
			return nil, err
		}
	}
	if p.proposal, err = review.ProposalOf(ctx, r.Tx, o.ID); err != nil {
		return nil, err
	}
	p.form = p.blank()
	return p, nil
}

// licenseFor is the reader's license that will stand in a determination on o,
// "" for someone who has none.
func licenseFor(ctx context.Context, r *web.Request, o order.Order) (string, error) {
	reviewer, err := review.Get(ctx, r.Tx, r.By.ID)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	state, err := review.OfficeState(ctx, r.Tx, o)
	return reviewer.License(state, civil.DateIn(r.Tx.Now(), r.Zone(reviewer.TimeZone))), err
}

// blank is the form before anything is decided: what was asked, approved.
func (p *casePage) blank() decisionForm {
	f := decisionForm{lines: map[int]lineForm{}, version: p.o.Version}
	for _, s := range p.o.Services {
		from, to := s.From, s.To
		if from.IsZero() {
			from = p.o.ServiceFrom
		}
		f.lines[s.Line] = lineForm{units: strconv.Itoa(s.Units), from: text(from), to: text(to)}
	}
	return f
}

func text(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return ui.ShortDay(d)
}

func askDecision(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCase(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.open() {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	if p.mayDeny {
		if err := p.suggest(ctx, r); err != nil {
			return web.Answer{}, err
		}
		if err := p.reader(ctx, r); err != nil {
			return web.Answer{}, err
		}
	}
	if r.Query("outcome") == string(review.Approve) { // one key to here, one to send
		p.form.approveAll()
	}
	p.form.after = r.Query("after")
	return p.answer(decideView(p), ui.Link{Text: "Determination"}), nil
}

// open reports whether the reader can decide the case, for the first time or,
// if they may deny, again.
func (p *casePage) open() bool {
	return p.mayDecide && p.o.Status.Pending() || p.mayDeny && p.o.Status.Adverse()
}

// others reports whether someone else works on the case.
func (p *casePage) others() bool { return p.claim != nil && p.claim.PersonID != p.me }

// mine reports whether the reader works on it.
func (p *casePage) mine() bool { return p.claim != nil && p.claim.PersonID == p.me }

// answer is the case, or a page of it whose name is last.
func (p *casePage) answer(body templComponent, last ...ui.Link) web.Answer {
	name := "Case " + order.Spaced(p.o.Number)
	return web.Answer{Title: words.AsIs(name), Body: body, Errors: p.errors, Wide: true,
		Crumbs: append([]ui.Link{{Text: "Queue", Href: "/review"}, {Text: words.AsIs(name), Href: "/review/cases/" + p.o.Number}}, last...)}
}

func decide(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCase(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.form = p.read(r)
	if p.form.version != p.o.Version {
		return p.changed()
	}
	if err := p.reader(ctx, r); err != nil {
		return web.Answer{}, err
	}
	d, err := p.decisionOf()
	switch {
	case err != nil:
	case r.Value("action") == "preview":
		if err = p.preview(ctx, r, d); err == nil {
			return p.answer(decideView(p), ui.Link{Text: "Determination"}), nil
		}
	default:
		if err = p.send(ctx, r, d); err == nil {
			return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
		}
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, p.fields()...)
	return p.answer(decideView(p), ui.Link{Text: "Determination"}), err
}

// changed says that somebody moved the case while the form was open. What was
// typed stays, to be sent for the case as it is now.
func (p *casePage) changed() (web.Answer, error) {
	text := "This case changed while you had it open. It is now: " + p.o.Status.Words() + "."
	if !p.open() {
		return web.Answer{}, fault.New(fault.Conflict, "%s", text)
	}
	err := fault.New(fault.Conflict, "%s Check what you chose, then send it again.", text)
	p.form.version, p.errors = p.o.Version, web.Errors(err)
	return p.answer(decideView(p), ui.Link{Text: "Determination"}), err
}

func (p *casePage) fields() []string {
	var all []string
	for _, s := range p.o.Services {
		for _, name := range []string{"outcome", "units", "from", "to", "reason", "criterion"} {
			all = append(all, field(name, s.Line))
		}
	}
	return append(all, "kind", "rationale", "reviewed", "would_change", "plain", "plain_es", "after", "attested", "password")
}

func field(name string, line int) string { return fmt.Sprintf("%s_%d", name, line) }

func (p *casePage) read(r *web.Request) decisionForm {
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	f := decisionForm{lines: map[int]lineForm{}, kind: v("kind"), rationale: v("rationale"), reviewed: v("reviewed"), wouldChange: v("would_change"), plain: v("plain"), plainES: v("plain_es"),
		attested: v("attested") != "", after: v("after")}
	f.version, _ = strconv.Atoi(v("version"))
	for _, s := range p.o.Services {
		f.lines[s.Line] = lineForm{outcome: v(field("outcome", s.Line)), units: v(field("units", s.Line)), from: v(field("from", s.Line)), to: v(field("to", s.Line)),
			reason: v(field("reason", s.Line)), criterion: v(field("criterion", s.Line))}
	}
	return f
}

// decisionOf turns the form into a decision. A number or date that is none is
// said at its field, together with nothing else: the rest is checked by the
// verb.
func (p *casePage) decisionOf() (review.Decision, error) {
	f := fault.Fields{}
	d := review.Decision{Order: p.o.ID, Version: p.form.version, Kind: p.form.kind, Rationale: p.form.rationale, Reviewed: p.form.reviewed,
		WouldChange: p.form.wouldChange, Plain: p.form.plain, PlainES: p.form.plainES, Attested: p.form.attested, After: p.form.after}
	if p.o.Status.Decided() {
		f.Check(p.form.after != "", "after", "Select what led to deciding again")
	}
	for _, s := range p.o.Services {
		d.Lines = append(d.Lines, p.form.lines[s.Line].read(f, s))
	}
	if !d.Adverse() { // what was suggested for a denial is no part of an approval
		d.Kind, d.Rationale, d.Reviewed, d.WouldChange, d.Plain, d.PlainES = "", "", "", "", "", ""
	}
	return d, f.Err()
}

func (l lineForm) read(f fault.Fields, s order.Service) review.Line {
	line := review.Line{Line: s.Line, Outcome: review.Outcome(l.outcome), Units: s.Units, Reason: l.reason, Criterion: l.criterion}
	if line.Outcome == review.Approve || line.Outcome == review.Modify {
		if l.units != "" {
			n, err := strconv.Atoi(l.units)
			f.Check(err == nil && n > 0 && n <= 9999, field("units", s.Line), "Units must be a whole number")
			line.Units = n
		}
		line.From = day(f, field("from", s.Line), "Start date", l.from)
		line.To = day(f, field("to", s.Line), "End date", l.to)
	}
	return line
}

func day(f fault.Fields, name string, label words.Text, text string) civil.Date {
	if text == "" {
		return civil.Date{}
	}
	d, ok := dateOf(text)
	f.Check(ok, name, words.Say("%s must be a real date, like 11/24/2026", label))
	return d
}

// dateOf reads a date as people here write it, 11/24/2026, or as their
// calendars do, 2026-11-24.
func dateOf(text string) (civil.Date, bool) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse("1/2/2006", text); err == nil {
		return civil.NewDate(t.Year(), t.Month(), t.Day())
	}
	d, err := civil.ParseDate(text)
	return d, err == nil
}

func (p *casePage) due() string {
	if p.o.DueAt == nil {
		return ""
	}
	return civil.When(*p.o.DueAt, p.loc, p.now).String()
}

func (p *casePage) outcomes(s order.Service) ui.Group {
	l := p.form.lines[s.Line]
	g := ui.Group{Name: field("outcome", s.Line), Legend: "Outcome", Error: p.faults[field("outcome", s.Line)], Small: true,
		Options: []ui.Option{{Value: string(review.Approve), Label: "Approve", Checked: l.outcome == string(review.Approve)}}}
	if p.mayDeny {
		if s.Units > 1 {
			g.Options = append(g.Options, ui.Option{Value: string(review.Modify), Label: "Approve in part", Checked: l.outcome == string(review.Modify)})
		}
		g.Options = append(g.Options, ui.Option{Value: string(review.Deny), Label: "Deny", Checked: l.outcome == string(review.Deny)})
	}
	return g
}
