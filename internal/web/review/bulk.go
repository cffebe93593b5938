package review

import (
	"context"
	"net/url"
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

// bulkPage says what came of doing something with several cases.
type bulkPage struct {
	words string // what was done
	done  []string
	left  []undone
	back  string
}

// undone is a case with which something could not be done, and why.
type undone struct{ number, why string }

// most cases can be chosen at once: those of a page.
const most = 50

// bulk does one thing with each case that was chosen, each by itself: what
// can't be done with one keeps no other.
func bulk(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return web.Answer{}, err
	}
	p := &bulkPage{back: "/review"}
	if q := r.Value("query"); q != "" {
		p.back += "?" + q
	}
	chosen := r.Form["order"]
	act, err := p.act(ctx, r)
	if err == nil && len(chosen) == 0 {
		err = &fault.Error{Kind: fault.Invalid, Text: "There is a problem.", Fields: map[string]words.Text{"order": "Select at least one case"}}
	}
	if err != nil {
		return queueAgain(ctx, r, err)
	}
	for _, number := range chosen[:min(len(chosen), most)] {
		err := r.Tx.Try(ctx, func() error {
			o, err := order.Get(ctx, r.Tx, r.By, number)
			if err != nil {
				return err
			}
			return act(o)
		})
		switch f := fault.Of(err); {
		case err == nil:
			p.done = append(p.done, number)
		case f.Kind == fault.Internal:
			return web.Answer{}, err
		default:
			p.left = append(p.left, undone{number, reasonOf(f)})
		}
	}
	if len(p.left) == 0 {
		return web.Answer{SeeOther: web.SafeReturn(p.back)}, nil
	}
	return web.Answer{Title: "Queue", Body: bulkView(p), Crumbs: []ui.Link{{Text: "Queue", Href: p.back}, {Text: "What was done"}}}, nil
}

// reasonOf is a fault in one sentence.
func reasonOf(f *fault.Error) string {
	for _, text := range f.Fields {
		return text.String()
	}
	return f.Text.String()
}

// act is what to do with each case; a form that lacks something is refused
// before anything is done.
func (p *bulkPage) act(ctx context.Context, r *web.Request) (func(order.Order) error, error) {
	switch r.Value("do") {
	case "assign":
		p.words = "Assigned to you"
		return func(o order.Order) error { return review.Take(ctx, r.Tx, r.By, o, false) }, nil
	case "release":
		p.words = "Given back to the queue"
		return func(o order.Order) error { return review.Release(ctx, r.Tx, r.By, o) }, nil
	case "snooze":
		p.words = "Out of the queue for now"
		return p.snooze(ctx, r)
	case "reassign":
		to := account.PersonID(r.Value("to"))
		f := fault.Fields{}
		f.Check(to != "", "to", "Select whom to assign them to")
		p.words = "Assigned"
		return func(o order.Order) error { return review.Assign(ctx, r.Tx, r.By, o, to) }, f.Err()
	}
	return nil, fault.New(fault.Invalid, "Choose what to do with the cases.")
}

func (p *bulkPage) snooze(ctx context.Context, r *web.Request) (func(order.Order) error, error) {
	why := strings.TrimSpace(r.Value("why"))
	until, ok := snoozeUntil(r.Value("until"), r.Tx.Now(), r.Zone(civil.DefaultZone))
	f := fault.Fields{}
	f.Check(ok, "until", "Select until when")
	f.Check(why != "", "why", "Say why they can wait")
	return func(o order.Order) error { return review.SnoozeCase(ctx, r.Tx, r.By, o, until, why) }, f.Err()
}

// snoozes are until when a case can be out of the queue.
var snoozes = []struct{ value, words string }{{"1", "For 1 hour"}, {"4", "For 4 hours"}, {"morning", "Until 8:00 AM tomorrow"}, {"24", "For 24 hours"}}

func snoozeUntil(value string, now time.Time, loc *time.Location) (time.Time, bool) {
	if value == "morning" {
		return civil.Start(civil.DateIn(now, loc).AddDays(1), 8*60, loc), true
	}
	hours, err := strconv.Atoi(value)
	return now.Add(time.Duration(hours) * time.Hour), err == nil && (hours == 1 || hours == 4 || hours == 24)
}

// queueAgain shows the queue with what is wrong with a form on it.
func queueAgain(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	r.URL.RawQuery = r.Value("query")
	p, openErr := openQueue(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	p.faults, p.errors, p.typed = f.Fields, web.Errors(err, "order", "until", "why", "to", "name"), r.Form
	p.chosen = map[string]bool{}
	for _, number := range r.Form["order"] {
		p.chosen[number] = true
	}
	return p.answer(), err
}

func saveQueueView(ctx context.Context, r *web.Request) (web.Answer, error) {
	query := r.Value("query")
	if err := review.SaveView(ctx, r.Tx, r.By, r.Value("name"), query); err != nil {
		return queueAgain(ctx, r, err)
	}
	return web.Answer{SeeOther: web.SafeReturn("/review?" + query)}, nil
}

func dropQueueView(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/review"}, review.DropView(ctx, r.Tx, r.By, r.PathValue("view"))
}

// saved are the reader's own views with how many cases each has.
func (p *queuePage) addViews(own []review.QueueView, totals []int) {
	for i, v := range own {
		p.saved = append(p.saved, queueView{v.ID, v.Name, totals[i]})
		p.savedAt = append(p.savedAt, "/review?"+v.Query)
	}
}

// here is the query of the page, for coming back to it.
func (p *queuePage) here() string {
	v := url.Values{"plan": p.plan, "program": p.program}
	if p.view != "" {
		v.Set("view", p.view)
	}
	if p.sort != "" {
		v.Set("sort", p.sort)
	}
	return v.Encode()
}
