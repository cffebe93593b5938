package review

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// coveredPage says what became of the calls of a reviewer who is away, and
// what differs from the plan.
type coveredPage struct {
	peer.Report
	names            map[account.PersonID]string
	path             string
	mayConfirm       bool
	mayBook, mayRead bool
	loc              *time.Location
	now              time.Time
}

func showCover(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &coveredPage{names: map[account.PersonID]string{}, path: r.URL.Path, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(),
		mayConfirm: r.By.Can(account.ConfirmCalls), mayBook: r.By.Can(account.BookCalls), mayRead: r.By.Can(account.ReadOrders)}
	var err error
	if p.Report, err = peer.CoverReport(ctx, r.Tx, r.By, peer.CoverID(r.PathValue("cover"))); err != nil {
		return web.Answer{}, err
	}
	all, err := review.All(ctx, r.Tx)
	for _, who := range all {
		p.names[who.PersonID] = who.Name
		if zone, zoneErr := civil.Zone(who.TimeZone); zoneErr == nil && who.PersonID == r.By.ID && r.By.Zone == "" {
			p.loc = zone
		}
	}
	return web.Answer{Title: "Calls of an absence", Body: coveredView(p)}, err
}

// headline is what was done, in a sentence.
func (p *coveredPage) headline() string {
	moved, all := p.Count("moved"), len(p.Fates)-p.Count("gone")
	if all == 0 {
		return "The time off is recorded. No calls stand in it."
	}
	if moved == 0 {
		return "Nobody could take " + map[bool]string{true: "the call", false: "any of the " + callCount(all)}[all == 1] + " at the same time."
	}
	if moved == all {
		return map[bool]string{true: "The call has", false: "All " + callCount(all) + " have"}[all == 1] + " another reviewer at the same time."
	}
	return strconv.Itoa(moved) + " of " + callCount(all) + " " + map[bool]string{true: "has", false: "have"}[moved == 1] + " another reviewer at the same time."
}

func (p *coveredPage) when(start, end time.Time) string {
	return civil.SpanOn(start, end, p.loc, p.now).String()
}

func (p *coveredPage) table() ui.TableView {
	t := ui.TableView{Caption: words.AsIs(callCount(len(p.Fates))), Columns: []ui.Column{{Header: "Time"}, {Header: "Call"}, {Header: "What became of it"}}}
	for _, f := range p.Fates {
		when := "No time"
		if !f.StartsAt.IsZero() {
			when = p.when(f.StartsAt, f.EndsAt)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(when)), coverCall(f.Listed, p.mayRead), fateCell(p, f)}})
	}
	return t
}

// changes say what differs from the plan that was shown.
func (p *coveredPage) changes() (all []string) {
	for _, f := range p.Fates {
		if f.Changed() && f.State != "waiting" {
			all = append(all, f.Reference()+": "+p.change(f))
		}
	}
	return all
}

func (p *coveredPage) change(f peer.Fate) string {
	then := "went to " + p.names[f.Taken]
	switch f.State {
	case "left":
		then = "stays, since nobody can take it any more"
	case "gone":
		return "changed meanwhile, so nothing was done with it."
	}
	switch f.Shown {
	case "new":
		return "was booked after the plan; it " + then + "."
	case "nobody":
		return "nobody could take it in the plan; it " + then + "."
	}
	return "planned for " + p.names[f.Planned] + "; it " + then + "."
}
