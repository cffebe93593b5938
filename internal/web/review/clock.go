package review

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// clockPage explains a case's clock, says what asking for information would
// do to it, and changes it.
type clockPage struct {
	*casePage
	clock    deadline.Kept
	kept     bool // the clock is ours; else the due time came with the order
	asked    deadline.Kept
	ground   string
	to, why  string
	mayLower bool // the reader may find that it isn't urgent
}

func openClock(ctx context.Context, r *web.Request) (*clockPage, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &clockPage{casePage: c, mayLower: r.By.Can(account.Deny)}
	p.clock, err = deadline.Of(ctx, r.Tx, string(c.o.ID))
	if fault.Is(err, fault.NotFound) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.kept = true
	p.asked, err = p.clock.With(deadline.Event{Kind: deadline.Asked, At: p.now, Until: p.clock.Wait(p.now)}, p.now)
	return p, err
}

func (p *clockPage) page() web.Answer {
	return p.answer(clockView(p), ui.Link{Text: "Clock"})
}

func askClock(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openClock(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

func changeClock(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openClock(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.ground, p.to, p.why = v("ground"), v("to"), v("why")
	version, err := strconv.Atoi(v("version"))
	if err != nil {
		version = p.o.Version
	}
	if p.to == "" {
		_, err = order.ExtendTime(ctx, r.Tx, r.By, p.o, version, p.ground)
	} else {
		_, err = order.Reclassify(ctx, r.Tx, r.By, p.o, version, order.Urgency(p.to), p.why)
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number + "/clock"}, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "ground", "to", "why")
	return p.page(), err
}

// ifAsked says what asking for information now would do.
func (p *clockPage) ifAsked() string {
	due := civil.Deadline(p.asked.Due, p.loc, p.now).String()
	wait := civil.Deadline(p.clock.Wait(p.now), p.loc, p.now).String()
	if p.asked.Due.Equal(p.clock.Due) && !p.asked.Paused {
		return "The clock runs on. Ask for an answer by " + wait + " at the latest: half of the time that is left. The decision stays due " + due + "."
	}
	return "The clock stops until the answer comes, or until " + wait + " if none does. Without an answer the decision would be due " + due + "."
}

// other is the urgency that the case hasn't.
func (p *clockPage) other() order.Urgency {
	if p.o.Urgency == order.Urgent {
		return order.Standard
	}
	return order.Urgent
}

func (p *clockPage) mayReclassify() bool {
	return p.o.Status.Pending() && (p.o.Urgency == order.Standard || p.o.Urgency == order.Urgent && p.mayLower)
}

func (p *clockPage) grounds() ui.Group {
	g := ui.Group{Name: "ground", Legend: "Why the time is extended", Error: p.faults["ground"]}
	for _, text := range p.clock.Rule.Extension.Grounds {
		g.Options = append(g.Options, ui.Option{Value: text, Label: words.AsIs(text), Checked: p.ground == text})
	}
	return g
}
