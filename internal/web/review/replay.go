package review

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// replayPage is a case as it stood when it was decided, from the record made
// then.
type replayPage struct {
	o     order.Order
	all   []review.Record
	shown int // which of them
	staff bool
	loc   *time.Location
	now   time.Time
}

// showReplay shows the last determination made until a time, which is given as
// RFC 3339; without one the last of all.
func showReplay(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &replayPage{staff: r.By.Can(account.ReviewOrders), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	at := p.now
	if text := r.Query("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return web.Answer{}, fault.New(fault.NotFound, "We can't find that time.")
		}
	}
	var err error
	if p.o, p.all, err = review.Replay(ctx, r.Tx, r.By, r.PathValue("order")); err != nil {
		return web.Answer{}, err
	}
	p.shown = -1
	for i, one := range p.all {
		if !one.Made.At.After(at) {
			p.shown = i
		}
	}
	name := "Case " + order.Spaced(p.o.Number)
	crumbs := []ui.Link{{Text: "Audit", Href: "/admin/audit"}}
	if p.staff {
		crumbs = []ui.Link{{Text: "Queue", Href: "/review"}, {Text: words.AsIs(name), Href: "/review/cases/" + p.o.Number}}
	}
	return web.Answer{Title: words.Say("%s when it was decided", name), Body: replayView(p), Wide: true, Crumbs: append(crumbs, ui.Link{Text: "When it was decided"})}, nil
}

// record is the one that is shown. The caller knows that there is one.
func (p *replayPage) record() review.Record { return p.all[p.shown] }

func (p *replayPage) href(r review.Record) string {
	return "/review/cases/" + p.o.Number + "/replay?at=" + r.Made.At.UTC().Format(time.RFC3339Nano)
}

func (p *replayPage) when(t time.Time) string { return civil.When(t, p.loc, p.now).String() }

func (p *replayPage) facts() []ui.SummaryRow {
	r := p.record()
	rows := []ui.SummaryRow{{Key: "Status before", Value: words.Text(r.Status.Words())}, {Key: "Urgency", Value: words.AsIs(urgencyWords[r.Urgency])}, {Key: "Plan", Value: words.AsIs(r.Plan)}, {Key: "Program", Value: words.AsIs(r.Program)},
		{Key: "Received", Value: words.Say("%s, by %s", p.when(r.Received), words.Text(channelWords(r.Channel)))}}
	if r.Clock != nil {
		rows = append(rows, ui.SummaryRow{Key: "Due", Value: words.Say("%s. %s %s (%s)", p.when(r.Clock.Due), r.Clock.Rule, r.Clock.Citation, r.Clock.Pack)})
	}
	if r.Note != "" {
		rows = append(rows, ui.SummaryRow{Key: "Additional information", Value: words.AsIs(r.Note)})
	}
	return rows
}

var urgencyWords = map[order.Urgency]string{order.Standard: "Standard", order.Urgent: "Urgent", order.Retrospective: "Retrospective"}

// channelWords are how a request came in, as people say it.
func channelWords(channel string) string {
	words := map[string]string{"portal": "this site", "fhir": "a system of the office (FHIR)", "phone": "phone", "fax": "fax", "mail": "mail", "import": "an import"}
	if w, ok := words[channel]; ok {
		return w
	}
	return channel
}

func (p *replayPage) answers(g review.RecordedGuideline) (rows []ui.SummaryRow) {
	for _, a := range g.Answers {
		rows = append(rows, ui.SummaryRow{Key: words.AsIs(a.Question), Value: words.AsIs(a.Answer)})
	}
	return rows
}

func (p *replayPage) marked(m review.RecordedMark) string {
	words := review.SaysWords[m.Says] + ", marked by " + m.By + ", " + p.when(m.At)
	if m.File != "" {
		words += ". Evidence: " + m.File
		if m.Page > 0 {
			words += ", page " + strconv.Itoa(m.Page)
		}
	}
	return words
}

func recordedService(s review.RecordedService) string {
	return strconv.Itoa(s.Line) + ". " + s.Wording + " " + s.Code + ", " + strconv.Itoa(s.Units) + " asked. " + dateWords(s.From, s.To)
}

// decidedLine is what was decided about a service.
func decidedLine(l review.Line) string {
	words := strconv.Itoa(l.Line) + ". " + map[review.Outcome]string{review.Approve: "Approved", review.Modify: "Approved in part", review.Deny: "Denied"}[l.Outcome]
	if l.Outcome != review.Deny {
		words += ", " + strconv.Itoa(l.Units) + " approved. " + dateWords(l.From, l.To)
	}
	if l.Reason != "" {
		words += ". " + l.Reason
	}
	if l.Criterion != "" {
		words += " (" + l.Criterion + ")"
	}
	return words
}
