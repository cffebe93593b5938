package review

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// whyPage explains why a reviewer can, or can't, take a call at a time. It is
// asked by its address, so that an answer can be sent to a colleague.
type whyPage struct {
	reviewers              []review.Reviewer
	order, reviewer        string
	day, clock, zone       string
	verdict                *peer.Verdict
	faults                 map[string]words.Text
	errors                 []ui.FieldError
	loc                    *time.Location
	now                    time.Time
	mine, mayRead, mayList bool // a reviewer asks about themselves; may open the order; may see the list of reviewers
}

func askWhy(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &whyPage{order: r.Query("order"), reviewer: r.Query("reviewer"), day: r.Query("day"), clock: r.Query("time"), zone: r.Query("tz"), now: r.Tx.Now(),
		faults: map[string]words.Text{}, mayRead: r.By.Can(account.ReadOrders), mayList: r.By.Can(account.ConfirmCalls) || r.By.Can(account.ManageProgram)}
	p.loc = r.Zone(civil.DefaultZone)
	if zone, err := civil.Zone(p.zone); err == nil {
		p.loc = zone
	}
	if err := p.whom(ctx, r); err != nil {
		return web.Answer{}, err
	}
	at, given := p.instant(r.Query("at"))
	f := fault.Fields{}
	asked := given || p.order+p.day+p.clock != ""
	if !asked {
		return p.answer(), nil
	}
	p.about(f)
	if !given {
		at = p.read(f)
	}
	if err := f.Err(); err != nil {
		return p.failed(err)
	}
	v, err := peer.Why(ctx, r.Tx, r.By, p.order, account.PersonID(p.reviewer), at, p.loc)
	if fault.Is(err, fault.NotFound) {
		return p.failed(fault.Fields{"order": "We can’t find that order among those you work on"}.Err())
	}
	p.verdict = &v
	return p.answer(), err
}

// whom lists who can be asked about. A reviewer asks about themselves.
func (p *whyPage) whom(ctx context.Context, r *web.Request) error {
	if p.mayList {
		var err error
		p.reviewers, err = review.All(ctx, r.Tx)
		return err
	}
	me, err := review.Get(ctx, r.Tx, r.By.ID)
	p.reviewers, p.mine, p.reviewer = []review.Reviewer{me}, true, string(me.PersonID)
	return err
}

// instant is the time of an address that another page made.
func (p *whyPage) instant(at string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil || p.day+p.clock != "" {
		return t, false
	}
	p.day, p.clock = civil.DateIn(t, p.loc).String(), t.In(p.loc).Format("3:04 PM")
	if d, err := civil.ParseDate(p.day); err == nil {
		p.day = d.String()[5:7] + "/" + d.String()[8:] + "/" + d.String()[:4]
	}
	return t, true
}

// about checks which order and which reviewer are meant.
func (p *whyPage) about(f fault.Fields) {
	f.Check(order.ValidNumber(order.Digits(p.order)), "order", "Enter the ten digits of the order")
	known := false
	for _, r := range p.reviewers {
		known = known || string(r.PersonID) == p.reviewer
	}
	f.Check(known, "reviewer", "Select a reviewer")
}

// read is the instant that was typed.
func (p *whyPage) read(f fault.Fields) time.Time {
	d, ok := dateOf(p.day)
	f.Check(ok, "day", "Day must be a real date, like 11/24/2026")
	minute, real := civil.ParseMinute(p.clock)
	f.Check(real && strings.TrimSpace(p.clock) != "", "time", "Enter a time, like 1:00 PM")
	_, err := civil.Zone(p.zone)
	f.Check(err == nil, "tz", "Select a time zone")
	if ok && real && err == nil {
		_, _, kind := civil.Resolve(d, minute, p.loc)
		f.Check(kind != civil.Gap, "time", "Clocks skip this time on that day. Choose another")
	}
	return civil.Start(d, minute, p.loc)
}

func (p *whyPage) answer() web.Answer {
	return web.Answer{Title: "Why this time", Body: whyView(p), Errors: p.errors}
}

func (p *whyPage) failed(err error) (web.Answer, error) {
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "order", "reviewer", "day", "time", "tz")
	return p.answer(), err
}

func (p *whyPage) reviewerOptions() []ui.Option {
	var all []ui.Option
	if !p.mine {
		all = append(all, ui.Option{Value: "", Label: "Choose a reviewer"})
	}
	for _, r := range p.reviewers {
		all = append(all, ui.Option{Value: string(r.PersonID), Label: words.Say("%s, %s", r.Name, r.Specialty)})
	}
	return all
}

func (p *whyPage) zones() []ui.Option { return zoneOptions(p.loc) }

// heading is the answer in a line.
func (p *whyPage) heading() string {
	when := civil.SpanOn(p.verdict.Slot.Start, p.verdict.Slot.End(), p.loc, p.now).String()
	if p.verdict.Bookable() {
		return "Bookable: " + p.verdict.Reviewer.Name + ", " + when
	}
	return "Not bookable: " + p.verdict.Reviewer.Name + ", " + when
}

// checks are the rules as a table, in the order in which they are asked.
func (p *whyPage) checks() ui.TableView {
	t := ui.TableView{Caption: "Every rule, in the order in which it is asked", Compact: true, Columns: []ui.Column{{Header: "Rule"}, {Header: "Result"}, {Header: "What was found"}}}
	for _, c := range p.verdict.Checks {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(c.Rule)), resultCell(c), ui.Text(words.AsIs(c.Text))}})
	}
	return t
}
