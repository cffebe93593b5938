package review

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// queuePage lists the cases that wait, what is due first on top.
type queuePage struct {
	page       worklist.Page
	view       string
	plan       []string // ids that narrow it, from Operations
	program    []string
	pulls      bool // the reader may press Next case
	views      []queueView
	claims     map[order.ID]review.Claim
	tallies    map[order.ID]review.Tally
	me         account.PersonID
	nothing    bool // Next case found none
	key        string
	next       string
	prev       string
	sort       string
	saved      []queueView // the reader's own
	savedAt    []string    // where each leads
	snoozed    []review.Snooze
	colleagues []account.Person // to whom the reader can assign cases
	chosen     map[string]bool
	typed      url.Values
	keys       review.Keys
	faults     map[string]words.Text
	errors     []ui.FieldError
	loc        *time.Location
	now        time.Time
}

// A queueView is one way to look at the queue; Count is -1 where it isn't
// counted.
type queueView struct {
	ID, Words string
	Count     int
}

func (v queueView) label() string {
	if v.Count < 0 {
		return v.Words
	}
	return v.Words + " (" + strconv.Itoa(v.Count) + ")"
}

// soon and today are by when the cases of two views are due.
const soon, today = 4 * time.Hour, 24 * time.Hour

// waiting are all statuses of cases whose decision is due.
var waiting = []order.Status{order.New, order.NurseReview, order.DoctorReview, order.InfoRequested}

func queue(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return web.Answer{}, err
	}
	p, err := openQueue(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func (p *queuePage) answer() web.Answer {
	return web.Answer{Title: "Queue", Body: queueList(p), Wide: true, Errors: p.errors}
}

func openQueue(ctx context.Context, r *web.Request) (*queuePage, error) {
	p := &queuePage{typed: url.Values{}, view: r.Query("view"), plan: given(r, "plan"), program: given(r, "program"), sort: r.Query("sort"), pulls: r.By.Can(account.Approve), me: r.By.ID, key: r.Key(), nothing: r.Query("none") != "", loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	mine, err := review.ClaimedBy(ctx, r.Tx, r.By)
	if err != nil {
		return nil, err
	}
	if p.snoozed, err = review.Snoozed(ctx, r.Tx, r.By); err != nil {
		return nil, err
	}
	q := p.query(r, mine)
	if p.view != "mine" && p.view != "snoozed" || len(q.Only) > 0 {
		if p.page, err = worklist.List(ctx, r.Tx, r.By, q); err != nil {
			return nil, err
		}
	}
	if err := p.about(ctx, r); err != nil {
		return nil, err
	}
	p.count(r.By, len(mine))
	return p, p.own(ctx, r)
}

// given are the values of a field of the address that say something.
func given(r *web.Request, name string) []string {
	return slices.DeleteFunc(slices.Clone(r.URL.Query()[name]), func(v string) bool { return v == "" })
}

// own adds what is the reader's: their views, and to whom they can assign.
func (p *queuePage) own(ctx context.Context, r *web.Request) error {
	own, err := review.Views(ctx, r.Tx, r.By)
	if err != nil {
		return err
	}
	if p.keys, err = review.KeysOf(ctx, r.Tx, r.By); err != nil {
		return err
	}
	if len(own) > 0 {
		all := make([]worklist.Query, len(own))
		for i, v := range own {
			in, err := url.ParseQuery(v.Query)
			if err != nil {
				return err
			}
			was := &queuePage{view: in.Get("view"), plan: in["plan"], program: in["program"], now: p.now, snoozed: p.snoozed}
			all[i] = was.query(r, nil)
			if was.view == "mine" || was.view == "snoozed" {
				all[i].Only = []order.ID{""} // counted elsewhere on the page
			}
		}
		totals, err := worklist.Totals(ctx, r.Tx, r.By, all)
		if err != nil {
			return err
		}
		p.addViews(own, totals)
	}
	if r.By.Can(account.Supervise) {
		p.colleagues, err = review.Colleagues(ctx, r.Tx)
	}
	return err
}

// query is what a view asks for.
func (p *queuePage) query(r *web.Request, mine []order.ID) worklist.Query {
	q := worklist.Query{Exactly: waiting, Plan: p.plan, Program: p.program, After: r.Query("after"), Before: r.Query("before"), Size: 50, Awake: p.now}
	if p.sort == string(worklist.ByEntered) {
		q.Sort = worklist.ByEntered
	}
	switch p.view {
	case "mine":
		q.Only = mine
	case "snoozed":
		q.Awake = time.Time{}
		for _, s := range p.snoozed {
			q.Only = append(q.Only, s.OrderID)
		}
	case "soon", "today":
		q.DueBy = p.dueBy()
	case "physician":
		q.Exactly = []order.Status{order.DoctorReview}
	case "office":
		q.Exactly = []order.Status{order.InfoRequested}
	case "all":
	default:
		p.view, q.Exactly = "", review.Levels(r.By)
	}
	return q
}

// dueBy is by when the cases of a view are due, zero if it doesn't matter.
func (p *queuePage) dueBy() time.Time {
	switch p.view {
	case "soon":
		return p.now.Add(soon)
	case "today":
		return p.now.Add(today)
	}
	return time.Time{}
}

// about adds who works on the cases of the page and how their criteria stand.
func (p *queuePage) about(ctx context.Context, r *web.Request) (err error) {
	ids := make([]order.ID, len(p.page.Lines))
	for i, l := range p.page.Lines {
		ids[i] = l.ID
	}
	if p.claims, err = review.Claims(ctx, r.Tx, ids); err != nil {
		return err
	}
	if p.tallies, err = review.Tallies(ctx, r.Tx, ids); err != nil {
		return err
	}
	if p.page.Next != "" {
		p.next = p.href(p.view, "after", p.page.Next)
	}
	if p.page.Earlier != "" {
		p.prev = p.href(p.view, "before", p.page.Earlier)
	}
	return nil
}

func (p *queuePage) count(by account.Actor, mine int) {
	counted := func(statuses ...order.Status) int {
		if p.view == "mine" || p.view == "snoozed" {
			return -1 // the page didn't look at the others
		}
		n := p.page.Count(statuses...)
		for _, s := range p.snoozed {
			if slices.Contains(statuses, s.Status) {
				n--
			}
		}
		return max(0, n)
	}
	p.views = []queueView{
		{"", "To review", counted(review.Levels(by)...)}, {"mine", "My cases", mine}, {"soon", "Due in 4 hours", -1}, {"today", "Due in 24 hours", -1},
		{"physician", "Physician review", counted(order.DoctorReview)}, {"office", "Waiting for the office", counted(order.InfoRequested)}, {"all", "All that waits", counted(waiting...)},
		{"snoozed", "Snoozed", len(p.snoozed)},
	}
}

func (p *queuePage) href(view, name, value string) string {
	v := url.Values{"plan": p.plan, "program": p.program}
	if p.sort != "" {
		v.Set("sort", p.sort)
	}
	if view != "" {
		v.Set("view", view)
	}
	if name != "" {
		v.Set(name, value)
	}
	if text := v.Encode(); text != "" {
		return "/review?" + text
	}
	return "/review"
}

func (p *queuePage) caption() string {
	i := slices.IndexFunc(p.views, func(v queueView) bool { return v.ID == p.view })
	how := ", what is due first"
	if p.sort == string(worklist.ByEntered) {
		how = ", what came last first"
	}
	switch {
	case !p.dueBy().IsZero() || p.page.Total == 0 || p.view == "mine" || p.view == "snoozed" || len(p.snoozed) > 0:
		return p.views[i].Words + how
	case p.page.Total == 1:
		return p.views[i].Words + ": 1 case"
	}
	return p.views[i].Words + ": " + strconv.Itoa(p.page.Total) + " cases" + how
}

// nextCase claims what is due first and fits, and opens it.
func nextCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := review.Next(ctx, r.Tx, r.By)
	if fault.Is(err, fault.NotFound) {
		return web.Answer{SeeOther: "/review?none=1"}, nil
	}
	return web.Answer{SeeOther: "/review/cases/" + o.Number}, err
}

// caseOf is the case that a form is about, as its reader sees it.
func caseOf(ctx context.Context, r *web.Request) (order.Order, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return order.Order{}, err
	}
	return order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
}

// claimCase has the reader work on a case: one that is free, or, if they say
// so, one that someone else has.
func claimCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err == nil {
		err = review.Take(ctx, r.Tx, r.By, o, r.Value("over") != "")
	}
	return web.Answer{SeeOther: "/review/cases/" + o.Number}, err
}

func releaseCase(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err == nil {
		err = review.Release(ctx, r.Tx, r.By, o)
	}
	return web.Answer{SeeOther: "/review"}, err
}
