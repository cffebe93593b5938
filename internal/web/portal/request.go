package portal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// requestPage is what the pages of a request share.
type requestPage struct {
	request.Request
	errors []ui.FieldError
	faults map[string]words.Text
	key    string
	since  int // the version that the reader had before them
	loc    *time.Location
	now    time.Time
	help   ui.HelpLine

	page    string           // below the request's address
	kept    *request.Kept    // what was typed on it and not saved; nil for nothing
	working *request.Working // who else works on it; nil for nobody
	me      account.PersonID
	assists bool // the reader acts for the office
	maySign bool // the reader is the practitioner who orders

	ending   []words.Text  // what is read of sending requests, if that ends
	coverage *coverageLine // what is known of the patient's; nil while none is chosen
}

// requestSteps of a request.
var requestSteps = []ui.Step{{Label: "Patient and plan"}, {Label: "Order"}, {Label: "Providers"}, {Label: "Clinical"}, {Label: "Check and send"}}

func openRequest(ctx context.Context, r *web.Request) (*requestPage, error) {
	p := &requestPage{key: r.Key(), me: r.By.ID, assists: r.By.Assists != nil, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	var err error
	if p.Request, err = request.Get(ctx, r.Tx, r.By, r.PathValue("request")); err != nil {
		return p, err
	}
	p.since, p.maySign = p.Version, p.MaySign(r.By)
	p.asOf(r)
	if p.Patient.PlanID == "" {
		return p, nil
	}
	pl, err := plan.Get(ctx, r.Tx, p.Patient.PlanID)
	if err != nil {
		return p, err
	}
	l, err := plan.GetLine(ctx, r.Tx, p.Patient.PlanID, p.Patient.Line)
	p.help = help(pl, l)
	if err != nil {
		return p, err
	}
	return p, p.cover(ctx, r, pl.Name)
}

// asOf has the page be the one that a form was on: what was saved since is
// told before it is replaced.
func (p *requestPage) asOf(r *web.Request) {
	if n, err := strconv.Atoi(r.Value("since")); err == nil {
		p.since = n
	}
}

// gone sends who opens a request that was sent to the order it is.
func (p *requestPage) gone() (web.Answer, bool) {
	if p.SentAt != nil {
		return web.Answer{SeeOther: "/orders/" + p.Number}, true
	}
	if p.DeletedAt != nil {
		return web.Answer{SeeOther: "/drafts?show=deleted"}, true
	}
	return web.Answer{}, false
}

// ask answers with a page of the request.
func (p *requestPage) ask(title words.Text, a web.Answer) web.Answer {
	a.Title, a.Errors, a.Help = words.Say("%s – Request %s", title, order.Spaced(p.Number)), p.errors, p.help
	return a
}

func (p *requestPage) path(parts string) string { return "/requests/" + p.Number + parts }

func (p *requestPage) patientStrip() ui.Patient {
	return ui.Patient{Name: p.Patient.Name(), Born: ui.BirthDate(p.Patient.Born), MemberID: words.AsIs(p.Patient.Number), Plan: words.AsIs(p.Patient.PlanName), Unmatched: p.Patient.Unmatched}
}

// savedWords say when the draft was last saved, and by whom.
func (p *requestPage) savedWords() words.Text {
	return words.Say("Saved %s by %s. You can stop and come back.", civil.When(p.ChangedAt, p.loc, p.now), p.ChangedName)
}

func (p *requestPage) expiresWords() words.Text {
	return civil.Deadline(p.ExpiresAt, p.loc, p.now)
}

// after is where a page leads once its part is saved: to what is missing, or
// to the last check.
func (p *requestPage) after(r *web.Request, saved request.Request) string {
	base := "/requests/" + saved.Number
	if r.Value("save") == "exit" {
		return base
	}
	return base + placeOf(saved.Next())
}

// placeOf is the page of a part.
func placeOf(part request.Part) string {
	if part == "" {
		return "/review"
	}
	return "/" + string(part)
}

// refused has the page shown again with what is wrong: at its fields, or that
// somebody else changed it meanwhile; anything else is the caller's to return.
func (p *requestPage) refused(err error, fields ...string) bool {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid:
		p.faults, p.errors = f.Fields, web.Errors(err, fields...)
		return true
	case fault.Conflict:
		p.errors = []ui.FieldError{{Text: f.Text}}
		p.since = p.Version
		return true
	}
	return false
}

// overview is the list of a request's parts, on return and after "Save and
// exit".
func overview(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openRequest(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.gone(); yes {
		return away, nil
	}
	return p.overview(ctx, r)
}

// overview lists the parts of the request, over what is wrong with it.
func (p *requestPage) overview(ctx context.Context, r *web.Request) (ans web.Answer, err error) {
	p.ending, err = endingAt(ctx, r, p.Place(), plan.RequestsFeature)
	return p.ask("Request overview", web.Answer{Body: overviewView(p), Crumbs: p.crumbs()}), err
}

func (p *requestPage) crumbs() []ui.Link {
	return []ui.Link{{Text: "Drafts", Href: "/drafts"}, {Text: words.Say("Request %s", order.Spaced(p.Number))}}
}

// A task is one line of the overview.
type task struct {
	text  words.Text
	href  string
	state words.Text
}

func (p *requestPage) tasks() []task {
	var all []task
	open := true // a part can be worked on once those before it are done
	for _, part := range p.Parts() {
		t := task{text: words.Text(part.Words()), href: p.path("/" + string(part)), state: "Not started"}
		switch {
		case p.Done(part):
			t.state = "Completed"
		case !open:
			t.href, t.state = "", "Cannot start yet"
		case p.Begun(part):
			t.state = "In progress"
		}
		open = open && p.Done(request.PatientPart)
		all = append(all, t)
	}
	last := task{text: "Check and send", state: "Cannot start yet"}
	if p.Next() == "" {
		last.href, last.state = p.path("/review"), "Not started"
	}
	return append(all, last)
}

// serviceWords are what is ordered, in a line.
func serviceWords(o request.Ordered) string {
	var all []string
	for _, s := range o.Services {
		all = append(all, s.Wording+" ("+s.Code+")")
	}
	return strings.Join(all, "; ")
}

// sizeWords are a service's side and units; "" where neither says anything.
func sizeWords(s request.Service) words.Text {
	var all []words.Text
	if s.Side != "" {
		all = append(all, map[string]words.Text{"left": "left", "right": "right", "both": "both sides"}[s.Side])
	}
	if s.Units != 1 || s.Unit != "" {
		all = append(all, words.AsIs(strings.TrimSpace(strconv.Itoa(s.Units)+" "+s.Unit)))
	}
	return words.Join(all, ", ")
}
