package portal

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// clinicalPage asks what a guideline wants to know: a page of it, or all.
type clinicalPage struct {
	*requestPage
	all    []request.Questions
	q      request.Questions
	form   guideline.Form
	one    guideline.Page // the page that is asked; unused where whole
	whole  bool           // all pages on one
	seen   int            // the version of the answers that the reader had before them
	theirs map[string]words.Text
	back   string // where an answer that is changed leads: "review", or "" for the next question
	meter  bool   // whether offices see how the criteria stand
}

func openClinical(ctx context.Context, r *web.Request) (*clinicalPage, *web.Answer, error) {
	q, err := openRequest(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	p := &clinicalPage{requestPage: q, theirs: map[string]words.Text{}}
	if away, yes := q.early(); yes {
		return p, &away, nil
	}
	if !q.Done(request.OrderPart) {
		return p, &web.Answer{SeeOther: q.path("/order")}, nil
	}
	if p.all, err = request.Ask(ctx, r.Tx, r.By, q.Request); err != nil {
		return p, nil, err
	}
	program, err := plan.GetProgram(ctx, r.Tx, q.Order.ProgramID)
	p.meter = program.Intake.Criteria == plan.Always
	return p, nil, err
}

// changed says what became of answers whose questions changed; "" if none did.
func (p *clinicalPage) changed() words.Text {
	var said []words.Text
	for _, q := range p.all {
		if text := q.Changed(p.loc); text != "" {
			said = append(said, text)
		}
	}
	return words.Join(said, " ")
}

// outdated reports whether some questions aren't ready to be answered.
func (p *clinicalPage) outdated() bool {
	return slices.ContainsFunc(p.all, func(q request.Questions) bool { return !q.Current() })
}

// startClinical goes to the first question that is open.
func startClinical(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	if p.outdated() {
		return p.ask("The questions changed", web.Answer{Body: changedView(p)}), nil
	}
	if len(p.all) == 0 {
		return web.Answer{SeeOther: p.path(placeOf(p.Next()))}, nil
	}
	mode, err := account.Preference(ctx, r.Tx, r.By, account.QuestionsOnOnePage)
	return web.Answer{SeeOther: p.path(p.first(mode == "yes"))}, err
}

// first is the page with the first open question; the very first where all
// are answered.
func (p *clinicalPage) first(whole bool) string {
	at := p.all[0]
	for _, q := range p.all {
		if q.Form().Open() != "" {
			at = q
			break
		}
	}
	if whole {
		return "/clinical/" + at.Guideline.ID
	}
	form := at.Form()
	page := form.Open()
	if page == "" && len(form.Pages) > 0 {
		page = form.Pages[0].Key
	}
	return "/clinical/" + at.Guideline.ID + "/" + page
}

// prepareClinical has the questions in effect be those that are asked.
func prepareClinical(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	_, err = request.Prepare(ctx, r.Tx, r.By, p.Request)
	return web.Answer{SeeOther: p.path("/clinical")}, err
}

// pick finds the questions that the address names.
func (p *clinicalPage) pick(r *web.Request) *web.Answer {
	begin := &web.Answer{SeeOther: p.path("/clinical")}
	i := slices.IndexFunc(p.all, func(q request.Questions) bool { return q.Guideline.ID == r.PathValue("guideline") })
	if i < 0 || !p.all[i].Current() {
		return begin
	}
	p.q = p.all[i]
	p.form, p.seen = p.q.Form(), p.q.Response.Version
	p.whole = r.PathValue("page") == ""
	p.back = cmp.Or(r.Value("return"), r.Query("return"))
	var ok bool
	if p.one, ok = p.form.Page(r.PathValue("page")); !ok && !p.whole {
		return begin // it is no longer asked
	}
	return nil
}

func askClinical(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	if away := p.pick(r); away != nil {
		return *away, nil
	}
	if locked, err := p.enter(ctx, r, request.ClinicalPart, p.address(), p.q.Response.ChangedAt); err != nil || locked != nil {
		return answered(locked), err
	}
	if p.kept != nil {
		p.sawAnswers(r)
		p.form = p.form.Posted(p.one.Key, r.Form, nil)
		p.one, _ = p.form.Page(p.one.Key)
	}
	return p.show(), nil
}

func (p *clinicalPage) show() web.Answer {
	return p.ask("Clinical questions", web.Answer{Body: clinicalView(p)})
}

// sawAnswers notes which version of the answers a form was on.
func (p *clinicalPage) sawAnswers(r *web.Request) {
	if n, err := strconv.Atoi(r.Value("answers")); err == nil {
		p.seen = n
	}
}

func saveClinical(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	if away := p.pick(r); away != nil {
		return *away, nil
	}
	p.sawAnswers(r)
	out, err := request.SaveAnswers(ctx, r.Tx, r.By, p.Request, p.q.Guideline.ID, p.one.Key, r.Form, p.seen)
	if err != nil {
		return web.Answer{}, err
	}
	p.q, p.form, p.Request = out.Questions, out.Questions.Form(), out.Request
	p.one, _ = p.form.Page(p.one.Key)
	switch {
	case len(out.Theirs) > 0:
		return p.conflict(r, out.Theirs)
	case r.Value("change") != "":
		return p.turn(ctx, r)
	case r.Value("save") == "exit" && emptyOnly(r, out.Faults):
		return web.Answer{SeeOther: p.path("")}, nil
	case len(out.Faults) > 0:
		return p.wrong(r, out.Faults)
	case out.Again:
		return web.Answer{SeeOther: r.URL.RequestURI()}, nil
	}
	return web.Answer{SeeOther: p.path(p.onward())}, nil
}

// emptyOnly reports whether what is wrong with a page is only what nobody
// filled in: that is no reason to keep people from stopping.
func emptyOnly(r *web.Request, faults fault.Fields) bool {
	for name := range faults {
		if strings.TrimSpace(r.Value(name)) != "" {
			return false
		}
	}
	return true
}

// wrong shows the page with what can't be read. The rest of it is kept.
func (p *clinicalPage) wrong(r *web.Request, faults fault.Fields) (web.Answer, error) {
	err := faults.Err()
	p.refused(err, p.names()...)
	p.form = p.form.Posted(p.one.Key, r.Form, faults)
	p.one, _ = p.form.Page(p.one.Key)
	p.seen = p.q.Response.Version
	ans := p.show()
	ans.Keep = true
	return ans, err
}

// conflict shows what was posted beside what somebody else answered meanwhile.
// Sending it again keeps what was posted.
func (p *clinicalPage) conflict(r *web.Request, theirs []guideline.Edit) (web.Answer, error) {
	var who []string
	echo := map[string]string{}
	for _, page := range p.form.Pages {
		for _, f := range page.Items {
			echo[f.LinkID] = f.Echo
		}
	}
	for _, e := range theirs {
		now := words.AsIs(echo[e.LinkID])
		if now == "" {
			now = "no answer"
		}
		p.theirs[e.LinkID] = words.Say("%s changed this %s: %s. Continue to keep yours.", e.Name, civil.When(e.At, p.loc, p.now), now)
		if !slices.Contains(who, e.Name) {
			who = append(who, e.Name)
		}
	}
	err := fault.New(fault.Conflict, "%s changed answers on this page while you had it open. Check them, then continue.", strings.Join(who, " and "))
	p.errors = []ui.FieldError{{Text: fault.Of(err).Text}}
	p.form = p.form.Posted(p.one.Key, r.Form, nil)
	p.one, _ = p.form.Page(p.one.Key)
	p.seen = p.q.Response.Version
	return p.show(), err
}

// names are the fields of what is shown, from top to bottom.
func (p *clinicalPage) names() (all []string) {
	for _, page := range p.pages() {
		for _, f := range page.Items {
			all = append(all, f.Name)
		}
	}
	return all
}

// pages are those that are shown.
func (p *clinicalPage) pages() []guideline.Page {
	if p.whole {
		return p.form.Pages
	}
	return []guideline.Page{p.one}
}

// turn changes between one question at a time and all on one page, for good.
func (p *clinicalPage) turn(ctx context.Context, r *web.Request) (web.Answer, error) {
	whole := r.Value("change") == "whole"
	value := map[bool]string{true: "yes", false: "no"}[whole]
	if err := account.SetPreference(ctx, r.Tx, r.By, account.QuestionsOnOnePage, value); err != nil {
		return web.Answer{}, err
	}
	if whole {
		return web.Answer{SeeOther: p.path("/clinical/" + p.q.Guideline.ID)}, nil
	}
	return web.Answer{SeeOther: p.path("/clinical")}, nil
}

// onward is where an answered page leads: to the next page of questions, those
// of the next guideline, or what is still missing of the request. Who came to
// change one answer goes back to check, unless it opened others.
func (p *clinicalPage) onward() string {
	back := p.back == "review" && p.Clinical.Complete
	if next := p.form.Next(p.one.Key); !back && !p.whole && next != "" {
		return "/clinical/" + p.q.Guideline.ID + "/" + next
	}
	if !p.Clinical.Complete {
		return "/clinical"
	}
	return placeOf(p.Next())
}

// before is the page that leads here.
func (p *clinicalPage) before() (href string, text words.Text) {
	for i, page := range p.form.Pages {
		if !p.whole && page.Key == p.one.Key && i > 0 {
			return p.path("/clinical/" + p.q.Guideline.ID + "/" + p.form.Pages[i-1].Key), "Back to the previous question"
		}
	}
	return p.path("/providers"), "Back to the providers"
}

func (p *clinicalPage) action() string { return p.path("/" + p.address()) }

// address is the page's below that of the request.
func (p *clinicalPage) address() string {
	if p.whole {
		return "clinical/" + p.q.Guideline.ID
	}
	return "clinical/" + p.q.Guideline.ID + "/" + p.one.Key
}

// place says where in the questions a page is. Answers can open others, so the
// number is about right.
func (p *clinicalPage) place() words.Text {
	return words.Say("Question %s of about %s", strconv.Itoa(p.one.N), strconv.Itoa(len(p.form.Pages)))
}
