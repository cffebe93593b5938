package review

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/letter"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func registerAsk(s *web.Server) {
	s.Handle("GET /review/cases/{order}/ask", web.Review, askInformation)
	s.Handle("POST /review/cases/{order}/ask", web.Review, sendAsk)
	s.Handle("POST /review/cases/{order}/ask/undo", web.Review, undoAsk)
	s.HandleLive("GET /review/cases/{order}/live", web.Review, liveCase)
}

// askPage is a request for information while it is written.
type askPage struct {
	*casePage
	terms     message.Terms
	form      message.Ask
	replyBy   string // as typed, in the plan's zone
	draft     *message.Thread
	templates []message.Template
	checked   bool // the words were asked to be checked
}

const wallForm = "2006-01-02T15:04"

func openAsk(ctx context.Context, r *web.Request) (*askPage, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &askPage{casePage: c}
	p.loc = p.plan.Zone() // what is agreed with an office is said in the plan's time
	if p.terms, err = message.TermsOf(ctx, r.Tx, c.o); err != nil {
		return nil, err
	}
	if p.templates, err = message.Templates(ctx, r.Tx, c.o.ProgramID); err != nil {
		return nil, err
	}
	p.draft, err = message.DraftOf(ctx, r.Tx, r.By, c.o)
	return p, err
}

func (p *askPage) page() web.Answer {
	return p.answer(askView(p), ui.Link{Text: "Ask for information"})
}

func askInformation(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAsk(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.draft != nil && p.draft.Status == message.Leaving || !p.o.Status.MayBecome(order.InfoRequested) {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	if p.draft != nil {
		p.form = message.Ask{Type: p.draft.Type, Intro: p.draft.Intro, Items: p.draft.Items}
		if p.draft.ReplyBy != nil {
			p.form.ReplyBy = *p.draft.ReplyBy
		}
	} else if p.form.Items, err = message.Missing(ctx, r.Tx, r.By, p.o); err != nil {
		return web.Answer{}, err
	}
	if len(p.form.Items) == 0 {
		p.form.Items = []message.Item{{}}
	}
	if !p.form.ReplyBy.After(p.now) {
		p.form.ReplyBy = p.terms.Usual
	}
	p.form.Type = cmp.Or(p.form.Type, "more_information")
	p.replyBy = p.form.ReplyBy.In(p.loc).Format(wallForm)
	return p.page(), nil
}

// sendAsk does what its button says: each but sending shows the form again.
func sendAsk(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openAsk(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	err = p.read(r)
	action, which, _ := strings.Cut(r.Value("action"), "-")
	switch action {
	case "remove":
		if n, nErr := strconv.Atoi(which); nErr == nil && n >= 1 && n <= len(p.form.Items) {
			p.form.Items = slices.Delete(p.form.Items, n-1, n)
		}
		return p.page(), nil
	case "add":
		p.add(r.Value("template"))
		return p.page(), nil
	case "check":
		p.checked = true
		return p.page(), nil
	case "save":
		if err == nil {
			_, err = message.Save(ctx, r.Tx, r.By, p.o, p.form)
		}
	default:
		if err == nil {
			_, err = message.Send(ctx, r.Tx, r.By, p.o, p.form)
		}
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound || f.Kind == fault.Denied {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, p.fields()...)
	return p.page(), err
}

func (p *askPage) fields() []string {
	all := []string{"type", "reply_by", "intro", "items"}
	for n := range p.form.Items {
		for _, name := range []string{"kind", "ask", "why", "satisfies", "file_kind"} {
			all = append(all, fmt.Sprintf("%s_%d", name, n+1))
		}
	}
	return all
}

// read takes the form as it was sent. An item without words was never written.
func (p *askPage) read(r *web.Request) error {
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.form = message.Ask{Type: v("type"), Intro: v("intro")}
	for n := 1; n <= message.MostItems && r.Form.Has(fmt.Sprintf("ask_%d", n)); n++ {
		one := func(name string) string { return v(fmt.Sprintf("%s_%d", name, n)) }
		i := message.Item{Kind: message.Need(one("kind")), Ask: one("ask"), Why: one("why"), Satisfies: one("satisfies"), Guideline: one("guideline"), Criterion: one("criterion"), FileKind: one("file_kind")}
		if i.Kind != message.File {
			i.FileKind = ""
		}
		p.form.Items = append(p.form.Items, i)
	}
	if r.Value("action") == "send" || r.Value("action") == "save" {
		p.form.Items = slices.DeleteFunc(p.form.Items, func(i message.Item) bool { return i.Ask == "" && i.Why == "" && i.Satisfies == "" })
	}
	p.replyBy = v("reply_by")
	f := fault.Fields{}
	day, minute, _ := strings.Cut(p.replyBy, "T")
	d, err := civil.ParseDate(day)
	at, ok := civil.ParseMinute(minute)
	if f.Check(err == nil && ok, "reply_by", "Enter a date and a time, like 2026-11-24T19:00"); err == nil && ok {
		p.form.ReplyBy = civil.Start(d, at, p.loc)
	}
	return f.Err()
}

// add puts an item at the end, from the library if one was chosen.
func (p *askPage) add(id string) {
	i := message.Item{}
	for _, t := range p.templates {
		if t.ID == id {
			i = t.Item(p.o.Title)
		}
	}
	p.form.Items = append(p.form.Items, i)
}

func undoAsk(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err := message.TakeBack(ctx, r.Tx, r.By, o); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/review/cases/" + o.Number + "/ask"}, nil
}

// effect spells out what asking does to the clock and to the decision.
func (p *askPage) effect() string {
	until := civil.Deadline(p.terms.Usual, p.loc, p.now).String()
	if !p.form.ReplyBy.IsZero() {
		until = civil.Deadline(p.form.ReplyBy, p.loc, p.now).String()
	}
	then := ""
	if p.terms.Effect == deadline.Runs {
		then = "The clock keeps running."
	} else {
		then = "The clock pauses until the office answers, until " + until + " at the latest."
	}
	at := p.terms.Usual
	if !p.form.ReplyBy.IsZero() {
		at = p.form.ReplyBy
	}
	if due, err := p.terms.DueIf(at); err == nil && due != nil {
		then += " Without an answer the decision is due " + civil.Deadline(*due, p.loc, p.now).String() + "."
	}
	if p.terms.Close {
		then += " The plan closes an order that nobody completes."
	}
	return then
}

// reach says whom the request reaches, and how.
func (p *askPage) reach() string {
	c := p.o.Contact
	words := "The office reads it in its messages."
	switch {
	case c.Notices == "fax" && c.Fax != "":
		return words + " " + c.Name + " hears of it by fax to " + c.Fax + ", without health information."
	case c.Email != "":
		return words + " " + c.Name + " hears of it by mail to " + c.Email + ", without health information."
	}
	return words + " The order names nobody to tell by mail or fax."
}

// grade says how hard an item's words are to read.
func (p *askPage) grade(i message.Item) string {
	if !p.checked || i.Ask == "" {
		return ""
	}
	g := letter.Grade(i.Ask + " " + i.Satisfies)
	words := "Reads at grade " + strconv.FormatFloat(max(0, g), 'f', 1, 64) + "."
	if g > 10 {
		words += " Shorter sentences and simpler words help."
	}
	for _, finding := range letter.LintReason(i.Ask, "en") {
		if finding.Rule == "abbreviation" {
			words += " " + finding.Text
		}
	}
	return words
}

func (p *askPage) types() (all []ui.Option) {
	for _, t := range message.TypesOf(p.program) {
		all = append(all, ui.Option{Value: t.ID, Label: words.AsIs(t.Words)})
	}
	return all
}

func needOptions(chosen message.Need) (all []ui.Option) {
	for _, n := range message.Needs {
		all = append(all, ui.Option{Value: string(n), Label: words.Text(n.Words()), Checked: n == chosen})
	}
	return all
}

func fileKinds() []ui.Option {
	all := []ui.Option{{Label: "Any"}}
	for _, k := range attachment.Kinds {
		all = append(all, ui.Option{Value: string(k), Label: k})
	}
	return all
}

func (p *askPage) library() []ui.Option {
	all := []ui.Option{{Label: "An empty item"}}
	for _, t := range p.templates {
		all = append(all, ui.Option{Value: t.ID, Label: words.AsIs(t.Name)})
	}
	return all
}

// talks are what was said to the office about a case, for its page.
type talks struct {
	all     []message.Thread
	threads []message.Thread // that have left
	leaving *message.Thread  // can still be taken back
	draft   bool
}

func talksOf(ctx context.Context, r *web.Request, o order.Order) (t talks, err error) {
	t.all, err = message.AboutOrder(ctx, r.Tx, r.By, o.ID)
	for _, one := range t.all {
		switch one.Status {
		case message.Leaving:
			t.leaving = &one
		case message.Draft:
			t.draft = true
		default:
			t.threads = append(t.threads, one)
		}
	}
	return t, err
}

// liveCase is what the office and others change of a case while it is open.
func liveCase(ctx context.Context, r *web.Request) (web.Live, error) {
	o, err := caseOf(ctx, r)
	if err != nil {
		return web.Live{}, err
	}
	by, id := r.By, o.ID
	return web.Live{Hears: message.HearsCase(id), Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		all, err := message.AboutOrder(ctx, tx, by, id)
		return talkLines(all), err
	}}, nil
}

func talkLines(all []message.Thread) (lines []string) {
	for _, t := range all {
		lines = append(lines, t.Number+" "+strconv.Itoa(t.Version))
	}
	return lines
}

func (p *benchPage) live() ui.LiveView {
	return ui.LiveView{Path: "/review/cases/" + p.o.Number + "/live", Mark: web.Mark(talkLines(p.talks.all)), Kind: "board"}
}

// mayAsk reports whether the office can be asked for something now.
func (p *benchPage) mayAsk() bool {
	return p.o.Status.MayBecome(order.InfoRequested) && !p.others() && p.talks.leaving == nil
}

func leavesIn(t message.Thread, now time.Time) string {
	if t.LeavesAt == nil || !t.LeavesAt.After(now) {
		return "It is leaving now."
	}
	return "It leaves in " + strconv.Itoa(int(math.Ceil(t.LeavesAt.Sub(now).Seconds()))) + " seconds."
}
