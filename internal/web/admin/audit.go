package admin

import (
	"context"
	"net/url"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/job"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// auditPage is who did what, as far as it is asked for.
type auditPage struct {
	who, order, action, from, to string
	opened                       bool
	faults                       fault.Fields
	entries                      []audit.Entry
	next                         string
	first                        bool
	check                        audit.Verdict
	replays                      bool // the reader may look at orders
	key                          string
	loc                          *time.Location
	now                          time.Time
}

const shownEntries = 50

func showAudit(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReadAudit); err != nil {
		return web.Answer{}, err
	}
	p := newAuditPage(r)
	q, err := p.query(ctx, r)
	if err != nil {
		if len(p.faults) > 0 {
			return web.Answer{Title: "Audit", Body: auditView(p), Wide: true, Errors: web.Errors(err, "order", "from", "to")}, err
		}
		return web.Answer{}, err
	}
	q.Size, q.After = shownEntries, r.Query("after")
	if p.entries, p.next, err = audit.Find(ctx, r.Tx, q); err != nil {
		return web.Answer{}, err
	}
	if p.check, err = audit.LastCheck(ctx, r.Tx); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{Title: "Audit", Body: auditView(p), Wide: true}, audit.Record(ctx, r.Tx, r.By.Audit("audit.read", "audit", ""))
}

func newAuditPage(r *web.Request) *auditPage {
	return &auditPage{
		who: strings.TrimSpace(r.Query("who")), order: order.Digits(r.Query("order")), action: strings.TrimSpace(r.Query("action")), from: r.Query("from"), to: r.Query("to"),
		opened: r.Query("opened") != "", first: r.Query("after") == "", faults: fault.Fields{},
		replays: r.By.Can(account.ReadOrders), key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(),
	}
}

// query is what the filters ask for.
func (p *auditPage) query(ctx context.Context, r *web.Request) (q audit.Query, err error) {
	q = audit.Query{Action: p.action, Opened: p.opened, ByActors: p.who != "", ByObject: p.order != ""}
	p.faults.Check(p.order == "" || order.ValidNumber(p.order), "order", "An order number has 10 digits. Check it for a mistyped one")
	q.From = p.day("from", p.from, 0)
	q.To = p.day("to", p.to, 1)
	if err := p.faults.Err(); err != nil {
		return q, err
	}
	if q.ByActors {
		if q.Actors, err = actors(ctx, r, p.who); err != nil {
			return q, err
		}
	}
	if q.ByObject {
		q.Objects, err = worklist.Around(ctx, r.Tx, r.By, p.order)
	}
	return q, err
}

// day is the start of a day of the filter, or of the one after it.
func (p *auditPage) day(field, text string, more int) time.Time {
	if text == "" {
		return time.Time{}
	}
	d, err := civil.ParseDate(text)
	p.faults.Check(err == nil, field, "Enter a date, like 2026-11-24")
	if err != nil {
		return time.Time{}
	}
	return civil.Start(d.AddDays(more), 0, p.loc)
}

// mostPeople is how many of one name are looked for.
const mostPeople = 200

// actors are the ids behind a name: of people and of the program itself.
func actors(ctx context.Context, r *web.Request, who string) (ids []string, err error) {
	people, err := account.Searched(ctx, r.Tx, r.By, who, mostPeople)
	for _, one := range people {
		ids = append(ids, string(one.ID))
	}
	if program := account.Program(); strings.EqualFold(who, program.Name) {
		ids = append(ids, string(program.ID))
	}
	return ids, err
}

// filters are the page's, for the links that keep them.
func (p *auditPage) filters() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"who": p.who, "order": p.order, "action": p.action, "from": p.from, "to": p.to} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if p.opened {
		v.Set("opened", "yes")
	}
	return v
}

func (p *auditPage) href(path, name, value string) string {
	v := p.filters()
	if value != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (p *auditPage) links() ui.PageLinks {
	l := ui.PageLinks{}
	if p.next != "" {
		l.Older = p.href("/admin/audit", "after", p.next)
	}
	if !p.first {
		l.First = p.href("/admin/audit", "", "")
	}
	return l
}

// verified says what is known of the chain.
func (p *auditPage) verified() string {
	switch {
	case p.check.At.IsZero():
		return "The chain was not verified yet."
	case p.check.Trouble != "":
		return p.check.Trouble
	}
	return "Chain verified " + civil.When(p.check.At, p.loc, p.now).String() + ": " + counted(p.check.Head.N) + "."
}

// verify asks for the chain to be verified at once.
func verify(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReadAudit); err != nil {
		return web.Answer{}, err
	}
	if err := job.Add(ctx, r.Tx, audit.Check{}); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/admin/audit"}, audit.Record(ctx, r.Tx, r.By.Audit("audit.check_asked", "audit", ""))
}
