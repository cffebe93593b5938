package review

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// movePage gives one call to another reviewer at the time it has: who can
// take it, and why the others can't.
type movePage struct {
	more      int // orders of the call besides the first
	c         peer.Call
	o         order.Order
	reviewer  string // who has it
	free, not []peer.Seat
	chosen    string
	errors    []ui.FieldError
	mayMove   bool // the reader can also choose another time
	key       string
	loc       *time.Location
	now       time.Time
}

func openMove(ctx context.Context, r *web.Request) (*movePage, error) {
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return nil, err
	}
	p := &movePage{c: c, o: o, key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), mayMove: r.By.Can(account.BookCalls) && peer.MayMove(r.By, c, r.Tx.Now())}
	numbers, err := peer.Numbers(ctx, r.Tx, c)
	if err != nil {
		return nil, err
	}
	p.more = len(numbers) - 1
	if p.reviewer, err = peer.ReviewerName(ctx, r.Tx, c); err != nil {
		return nil, err
	}
	return p, nil
}

// seats reads who can take the call.
func (p *movePage) seats(ctx context.Context, r *web.Request) (err error) {
	p.free, p.not, err = peer.Seats(ctx, r.Tx, r.By, p.c, p.o, p.loc)
	return err
}

func askMove(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMove(ctx, r)
	if err == nil {
		err = p.seats(ctx, r)
	}
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func (p *movePage) answer() web.Answer {
	return web.Answer{Title: "Move a call", Body: moveView(p), Errors: p.errors}
}

func moveCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMove(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen = r.Value("reviewer")
	version, _ := strconv.Atoi(r.Value("version")) // none is no version of a call
	// What failed is undone at once, since the page that follows asks again who
	// can take the call.
	err = r.Tx.Try(ctx, func() error {
		if p.chosen == "" {
			return fault.Fields{"reviewer": "Select a reviewer"}.Err()
		}
		_, err := peer.Reassign(ctx, r.Tx, r.By, p.c, p.o, version, account.PersonID(p.chosen))
		return err
	})
	if err == nil {
		return web.Answer{SeeOther: "/p2p/" + p.c.Number}, nil
	}
	if kind := fault.Of(err).Kind; kind != fault.Invalid && kind != fault.Conflict || p.seats(ctx, r) != nil {
		return web.Answer{}, err
	}
	p.errors = web.Errors(err, "reviewer")
	return p.answer(), err
}

func (p *movePage) rows() []ui.SummaryRow {
	return []ui.SummaryRow{
		{Key: "Time", Value: civil.SpanOn(p.c.StartsAt, p.c.EndsAt, p.loc, p.now)},
		{Key: "Order", Content: orderLink(p.o, p.more)},
		{Key: "Reviewer now", Value: words.AsIs(p.reviewer)},
	}
}

func (p *movePage) group() ui.Group {
	g := ui.Group{Name: "reviewer", Legend: "Who takes the call at this time?", Hint: "The best match stands first."}
	for _, e := range p.errors {
		if e.Field == "reviewer" {
			g.Error = e.Text
		}
	}
	for _, s := range p.free {
		g.Options = append(g.Options, ui.Option{Value: string(s.Reviewer.PersonID), Label: words.AsIs(s.Reviewer.Name), Hint: words.AsIs(s.Match), Checked: p.chosen == string(s.Reviewer.PersonID)})
	}
	return g
}

// sends says before it is done who will hear of it.
func (p *movePage) sends() string {
	if p.c.Status == peer.Requested {
		return "Nothing is sent: the call isn’t confirmed yet."
	}
	return "The reviewer you choose gets an invitation, and " + p.reviewer + " a cancellation. The office is told nothing: its time stays."
}

func (p *movePage) others() ui.TableView {
	t := ui.TableView{Caption: "Reviewers who can’t take it, by name, with the first reason", Compact: true, Columns: []ui.Column{{Header: "Reviewer"}, {Header: "Why not"}}}
	for _, s := range p.not {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(s.Reviewer.Name)), ui.Text(words.AsIs(s.Why))}})
	}
	return t
}
