package review

import (
	"context"
	"strconv"
	"strings"
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

// qualityPage lists decisions that are to be read again, what others said of
// the reader's own, and, for supervisors, how they were found.
type qualityPage struct {
	toRead  []review.Sample
	own     []review.Sample
	summary []review.Quality
	watches bool
	loc     *time.Location
	now     time.Time
}

// summaryDays is how far back the summary goes.
const summaryDays = 90

func listQuality(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &qualityPage{watches: r.By.Can(account.Supervise), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.toRead, err = review.ToRead(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if p.own, err = review.Coached(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if p.watches {
		p.summary, err = review.Summary(ctx, r.Tx, r.By, p.now.Add(-summaryDays*24*time.Hour))
	}
	return web.Answer{Title: "Quality", Body: qualityView(p), Wide: true, Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: "Quality"}}}, err
}

// samplePage is one decision, as it lay before who made it, with the form of
// who reads it again.
type samplePage struct {
	*replayPage
	sample  review.Sample
	reading review.Reading
	faults  map[string]words.Text
	errors  []ui.FieldError
	key     string
}

func openSample(ctx context.Context, r *web.Request) (*samplePage, error) {
	p := &samplePage{replayPage: &replayPage{shown: -1, staff: true, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}, key: r.Key(), faults: map[string]words.Text{}, reading: review.Reading{Items: map[string]string{}}}
	s, record, err := review.OpenSample(ctx, r.Tx, r.By, r.PathValue("sample"))
	p.sample, p.o.Number = s, s.Number
	if record != nil {
		p.all, p.shown = []review.Record{*record}, 0
	}
	return p, err
}

func (p *samplePage) page() web.Answer {
	return web.Answer{Title: words.Say("Quality of order %s", order.Spaced(p.sample.Number)), Body: sampleView(p), Wide: true, Errors: p.errors,
		Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: "Quality", Href: "/review/quality"}, {Text: words.Say("Order %s", order.Spaced(p.sample.Number))}}}
}

func showSample(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSample(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

func readSample(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSample(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.reading.Agrees, p.reading.Comment, p.reading.Coaching = v("agrees"), v("comment"), v("coaching")
	fields := make([]string, 0, len(review.Rubric)+3)
	for _, item := range review.Rubric {
		p.reading.Items[item.ID] = v(item.ID)
		fields = append(fields, item.ID)
	}
	if err = review.Read(ctx, r.Tx, r.By, p.sample.ID, p.reading); err == nil {
		return web.Answer{SeeOther: "/review/quality"}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, append(fields, "agrees", "comment", "coaching")...)
	return p.page(), err
}

func (p *samplePage) item(id, text string) ui.Group {
	g := ui.Group{Name: id, Legend: words.AsIs(text), Small: true, Error: p.faults[id]}
	for _, o := range []struct{ value, text string }{{"yes", "Yes"}, {"no", "No"}, {"na", "Does not apply"}} {
		g.Options = append(g.Options, ui.Option{Value: o.value, Label: words.AsIs(o.text), Checked: p.reading.Items[id] == o.value})
	}
	return g
}

func (p *samplePage) agreeing() ui.Group {
	return ui.Group{Name: "agrees", Legend: "Do you agree with the decision?", Error: p.faults["agrees"], Options: []ui.Option{
		{Value: "yes", Label: "I agree", Checked: p.reading.Agrees == "yes"}, {Value: "no", Label: "I disagree", Checked: p.reading.Agrees == "no"}}}
}

// agreed is what a reader thought of a decision.
func agreed(s review.Sample) string {
	if s.Agrees {
		return s.Reader + " agrees"
	}
	return s.Reader + " disagrees"
}

// lacks are the items that second readers missed, with how often.
func lacks(q review.Quality) string {
	var all []string
	for _, item := range review.Rubric {
		if n := q.Lacking[item.ID]; n > 0 {
			all = append(all, item.Words+": "+strconv.Itoa(n))
		}
	}
	if len(all) == 0 {
		return "Nothing"
	}
	return strings.Join(all, ". ")
}

func whenWords(p *qualityPage, s review.Sample) string {
	return civil.When(s.DrawnAt, p.loc, p.now).String()
}
