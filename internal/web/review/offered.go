package review

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// offeredPage answers an office that doesn't see a button: what it has on a day
// of what is rolled out, and why not the rest. It is asked by its address, so
// that an answer can be sent to a colleague.
type offeredPage struct {
	office, day, feature string
	all                  []worklist.Offered
	asked                bool
	faults               map[string]words.Text
	errors               []ui.FieldError
	loc                  *time.Location
}

func askOffered(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &offeredPage{office: strings.TrimSpace(r.Query("office")), day: r.Query("day"), feature: plan.FeatureOf(r.Query("feature")).ID, faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone)}
	if p.day == "" {
		p.day = civil.DateIn(r.Tx.Now(), p.loc).String()
	}
	look := worklist.Look{Organization: p.office, Day: p.day, Feature: p.feature, Zone: p.loc}
	if p.asked = r.URL.Query().Has("office"); !p.asked {
		return p.answer(), worklist.MayLook(r.By)
	}
	var err error
	if p.all, err = worklist.OfferedTo(ctx, r.Tx, r.By, look); fault.Is(err, fault.Invalid) {
		p.asked, p.faults, p.errors = false, fault.Of(err).Fields, web.Errors(err, "office", "day")
	}
	return p.answer(), err
}

func (p *offeredPage) answer() web.Answer {
	return web.Answer{Title: "Why doesn’t an office see a button?", Body: offeredView(p), Errors: p.errors}
}

func (p *offeredPage) features() []ui.Option {
	all := []ui.Option{{Label: "All that waves are about"}}
	for _, f := range plan.Features {
		all = append(all, ui.Option{Value: f.ID, Label: words.AsIs(capital(f.Words)), Checked: f.ID == p.feature})
	}
	return all
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (p *offeredPage) heading() string {
	d, err := civil.ParseDate(p.day)
	if err != nil {
		return p.office
	}
	return p.office + " on " + civil.MediumDate(d).String()
}

func (p *offeredPage) table() ui.TableView {
	t := ui.TableView{Caption: "What it has, and why not the rest", Columns: []ui.Column{{Header: "To do"}, {Header: "For"}, {Header: "Has it"}, {Header: "Why"}}}
	for _, o := range p.all {
		has := ui.Tag(ui.TagNeutral, "No")
		if o.Stage.Open() {
			has = ui.Tag(ui.TagSuccess, "Yes")
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(capital(o.Feature.Words))), ui.Text(words.AsIs(o.Where)), has, ui.Text(words.AsIs(o.Why))}})
	}
	return t
}
