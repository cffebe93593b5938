package portal

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"parley/internal/domain/attachment"
	"parley/internal/domain/message"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// answerThread keeps what was typed, and sends it if that was asked for.
func answerThread(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.t.Kind != message.Request {
		return web.Answer{}, fault.New(fault.NotFound, "Nothing is asked for here.")
	}
	if err := p.save(ctx, r); err != nil {
		return p.again(r, err)
	}
	for _, u := range p.files {
		if kind := r.Value("kind_" + u.ID); kind != "" && u.OrderID == "" {
			if err := attachment.Describe(ctx, r.Tx, r.By, u, kind); err != nil {
				return web.Answer{}, err
			}
		}
	}
	if r.Value("action") != "send" && r.Value("action") != "part" {
		return web.Answer{SeeOther: "/messages"}, nil
	}
	return p.send(ctx, r)
}

// send sends what is begun; if something would be left out, it asks first.
func (p *threadPage) send(ctx context.Context, r *web.Request) (web.Answer, error) {
	begun := p.begun()
	if r.Value("action") == "send" && begun > 0 && begun < len(p.t.Remaining()) && r.Value("may") != "" && p.complete() {
		p.part = true
		return p.answer(), nil
	}
	if _, err := message.SendAnswers(ctx, r.Tx, r.By, p.t, p.o, r.Value("may") != ""); err != nil {
		return p.again(r, err)
	}
	return web.Answer{SeeOther: p.path("#sent")}, nil
}

// complete reports whether all that is begun could be sent.
func (p *threadPage) complete() bool {
	for _, i := range p.t.Remaining() {
		if _, problem := i.Complete(p.files); i.Begun(p.files) && problem != "" {
			return false
		}
	}
	return true
}

// begun is how many items have something to send.
func (p *threadPage) begun() (n int) {
	for _, i := range p.t.Remaining() {
		if i.Begun(p.files) {
			n++
		}
	}
	return n
}

// save keeps the answers of the form as drafts, in p too.
func (p *threadPage) save(ctx context.Context, r *web.Request) error {
	for at, i := range p.t.Items {
		n := strconv.Itoa(i.N)
		if r.Value("was_"+n) == "" {
			continue
		}
		saved, err := message.SaveAnswer(ctx, r.Tx, r.By, p.t, i.N, r.Value("was_"+n), readAnswer(r, n))
		if err != nil {
			return err
		}
		p.t.Items[at] = saved
	}
	return nil
}

// readAnswer is the item n of a form. A reason to have nothing counts only
// while nothing else is said.
func readAnswer(r *web.Request, n string) message.Answer {
	v := func(name string) string { return strings.TrimSpace(r.Value(name + "_" + n)) }
	a := message.Answer{Text: v("answer"), Yes: v("yes"), Without: v("without"), WithoutWhy: v("without_why")}
	if a.Without == "" {
		a.WithoutWhy = ""
	}
	return a
}

// again is the page with what was typed and what is wrong.
func (p *threadPage) again(r *web.Request, err error) (web.Answer, error) {
	if fault.Of(err).Kind == fault.Internal || fault.Of(err).Kind == fault.NotFound || fault.Of(err).Kind == fault.Denied {
		return web.Answer{}, err
	}
	var fields []string
	for at, i := range p.t.Items {
		n := strconv.Itoa(i.N)
		if i.SentAt == nil && r.Value("was_"+n) != "" {
			p.retype(at, r.Value("was_"+n), readAnswer(r, n))
		}
		fields = append(fields, "answer_"+n, "yes_"+n, "files_"+n, "without_"+n, "without_why_"+n)
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, append(fields, "items", "may", "text")...)
	if p.faults == nil {
		p.faults = map[string]words.Text{}
	}
	return p.answer(), err
}

// retype puts what was typed back into the form. Where somebody else answered
// meanwhile, theirs stands beside it, and saving again is a choice.
func (p *threadPage) retype(at int, was string, typed message.Answer) {
	i := &p.t.Items[at]
	switch {
	case typed.Mark() == was:
		return // not touched: theirs, or what it was
	case i.Answer.Mark() != was && !i.Empty() && i.Answer != typed:
		p.theirs[i.N], was = *i, i.Answer.Mark()
	}
	i.Answer, p.read[i.N] = typed, was
}

// was is the mark of the answer to i that the reader has read.
func (p *threadPage) was(i message.Item) string {
	return cmp.Or(p.read[i.N], i.Answer.Mark())
}

// keepAnswers keeps the form as it stands, while it is filled in, and says
// which answers it has read with that.
func keepAnswers(ctx context.Context, r *web.Request) (web.Answer, error) {
	t, _, err := message.Get(ctx, r.Tx, r.By, r.PathValue("thread"))
	if err != nil {
		return web.Answer{}, err
	}
	p := &threadPage{t: t}
	if err := p.save(ctx, r); err != nil {
		return web.Answer{}, err
	}
	read := map[string]string{}
	for _, i := range p.t.Items {
		if n := strconv.Itoa(i.N); readAnswer(r, n) == i.Answer {
			read["was_"+n] = i.Answer.Mark()
		}
	}
	body, err := json.Marshal(read)
	return web.Answer{File: &web.File{Type: "application/json", Inline: true, Body: body}}, err
}
