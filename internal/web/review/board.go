package review

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notify"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// boardPage is what schedulers must put a hand to, then all calls to come,
// and what there is room for. What it asks of the database doesn't depend on
// how much there is.
type boardPage struct {
	only      peer.Only
	missed    []peer.Listed // by us
	open      []peer.Posted // without an outcome
	wishes    []peer.Wish
	away      []peer.Posted // whose reviewer is
	requested []peer.Posted
	today     []peer.Posted
	days      []boardDay // the next business days
	later     []peer.Posted
	notes     []peer.Note
	mails     []notify.Sent
	capacity  []peer.Capacity
	until     time.Time // end of the days that capacity is about
	cut       bool      // there are more calls than are shown
	reviewers map[account.PersonID]review.Reviewer
	programs  []plan.Program
	plans     []plan.Plan
	mark      string // of what is shown, see web.Mark
	key       string
	loc       *time.Location
	now       time.Time
}

// A boardDay is a day's calls.
type boardDay struct {
	date  civil.Date
	calls []peer.Posted
}

func board(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &boardPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), reviewers: map[account.PersonID]review.Reviewer{},
		only: boardOnly(r)}
	if err := p.loadHands(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	for _, load := range []func(context.Context, *web.Request) error{p.loadFilters, p.loadCalls} {
		if err := load(ctx, r); err != nil {
			return web.Answer{}, err
		}
	}
	return web.Answer{Title: "Board", Body: boardView(p), Wide: true}, nil
}

// loadFilters reads the programs and plans there are to choose from: those
// that the reader works on.
func (p *boardPage) loadFilters(ctx context.Context, r *web.Request) error {
	programs, err := plan.Programs(ctx, r.Tx)
	if err != nil {
		return err
	}
	plans, err := plan.All(ctx, r.Tx)
	works := func(mine func(account.Scope) bool) bool {
		for _, s := range r.By.Scopes {
			if mine(s) {
				return true
			}
		}
		return len(r.By.Scopes) == 0
	}
	for _, g := range programs {
		if works(func(s account.Scope) bool { return s.ProgramID == "" || s.ProgramID == string(g.ID) }) {
			p.programs = append(p.programs, g)
		}
	}
	for _, l := range plans {
		if works(func(s account.Scope) bool { return s.PlanID == "" || s.PlanID == string(l.ID) }) {
			p.plans = append(p.plans, l)
		}
	}
	return err
}

// loadHands reads what waits for a hand and is no call with a time to come.
func (p *boardPage) loadHands(ctx context.Context, tx *db.Tx, by account.Actor) (err error) {
	if p.missed, err = peer.MissedByUs(ctx, tx, by, p.only); err != nil {
		return err
	}
	if p.wishes, err = peer.Wishes(ctx, tx, by, p.only); err != nil {
		return err
	}
	if p.notes, err = peer.Notes(ctx, tx, by, p.only); err != nil {
		return err
	}
	p.mails, err = notify.Troubled(ctx, tx, by)
	return err
}

func (p *boardPage) loadCalls(ctx context.Context, r *web.Request) error {
	all, err := review.All(ctx, r.Tx)
	if err != nil {
		return err
	}
	for _, who := range all {
		p.reviewers[who.PersonID] = who
	}
	calendar, err := plan.SharedCallCalendar(ctx, r.Tx, p.loc)
	if err != nil {
		return err
	}
	calls, err := peer.Board(ctx, r.Tx, r.By, p.only)
	if err != nil {
		return err
	}
	p.mark = web.Mark(p.lines(calls))
	p.sort(calls, calendar)
	programs := p.programs
	if i := indexOf(programs, p.only.Program); i >= 0 {
		programs = programs[i : i+1]
	}
	p.until = peer.CapacityUntil(calendar, p.now)
	p.capacity, err = peer.Capacities(ctx, r.Tx, r.By, p.only, calendar, programs, all)
	return err
}

func indexOf(programs []plan.Program, id plan.ProgramID) int {
	for i, g := range programs {
		if g.ID == id {
			return i
		}
	}
	return -1
}

const boardDays = 10 // business days after today that are shown day by day

// sort puts each call where it is looked for: by day, and those that need a
// hand above as well. A call that is over but for its outcome is only there.
func (p *boardPage) sort(calls []peer.Posted, calendar civil.Calendar) {
	today := civil.DateIn(p.now, p.loc)
	last := calendar.AddBusinessDays(today, boardDays)
	p.cut = len(calls) == peer.MostPosted
	for _, c := range calls {
		if c.NeedsOutcome(p.now) {
			p.open = append(p.open, c)
			continue
		}
		if c.Away {
			p.away = append(p.away, c)
		}
		if c.Status == peer.Requested {
			p.requested = append(p.requested, c)
		}
		switch day := civil.DateIn(c.StartsAt, p.loc); {
		case !day.After(today):
			p.today = append(p.today, c)
		case day.After(last):
			p.later = append(p.later, c)
		default:
			if n := len(p.days); n == 0 || p.days[n-1].date != day {
				p.days = append(p.days, boardDay{date: day})
			}
			d := &p.days[len(p.days)-1]
			d.calls = append(d.calls, c)
		}
	}
}

// next is how many calls there are on the next days.
func (p *boardPage) next() (n int) {
	for _, d := range p.days {
		n += len(d.calls)
	}
	return n
}

// hands is how many things need one.
func (p *boardPage) hands() int {
	return len(p.missed) + len(p.open) + len(p.wishes) + len(p.away) + len(p.requested) + len(p.notes) + len(p.mails)
}

func (p *boardPage) when(t, end time.Time) string {
	return civil.SpanOn(t, end, p.loc, p.now).String()
}

// theirs is a call's time as its reviewer reads it, "" where that is how the
// board says it.
func (p *boardPage) theirs(c peer.Listed) string {
	loc, err := civil.Zone(p.reviewers[c.ReviewerID].TimeZone)
	if err != nil || c.ReviewerID == "" {
		return ""
	}
	if words := civil.Span(c.StartsAt, c.EndsAt, loc).String(); words != civil.Span(c.StartsAt, c.EndsAt, p.loc).String() {
		return words + " for the reviewer"
	}
	return ""
}

func (p *boardPage) who(c peer.Listed) string {
	if name := p.reviewers[c.ReviewerID].Name; name != "" {
		return name
	}
	return "Nobody"
}

// mayGive, mayMove and mayCancel say what can still be done with a call.
func (p *boardPage) mayGive(c peer.Listed) bool {
	return c.Status != peer.InCall && c.Attempts == 0 && p.now.Before(c.EndsAt)
}

func (p *boardPage) mayMove(c peer.Listed) bool {
	return c.Status != peer.InCall && p.now.Before(c.StartsAt)
}

func (p *boardPage) mayCancel(c peer.Listed) bool { return c.Status != peer.InCall }

func (p *boardPage) table(caption string, calls []peer.Posted, dated bool) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(caption), Compact: true, Columns: []ui.Column{{Header: "Time"}, {Header: "Call"}, {Header: "Reviewer"}, {Header: "Status"}, {Header: "Actions"}}}
	for _, c := range calls {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{boardTime(p, c.Listed, dated), boardCall(c.Listed), ui.Text(words.AsIs(p.who(c.Listed))), boardStatus(c), boardActions(p, c.Listed)}})
	}
	return t
}

func (p *boardPage) capacityTable() ui.TableView {
	t := ui.TableView{Caption: words.Say("Until %s, by program", civil.Deadline(p.until, p.loc, p.now)), Compact: true,
		Columns: []ui.Column{{Header: "Program"}, {Header: "Open times"}, {Header: "Calls booked"}, {Header: "Calls asked for"}, {Header: "Denied, could ask"}, {Header: "What to do"}}}
	for _, c := range p.capacity {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(c.Program.Name)), ui.Text(words.AsIs(strconv.Itoa(c.Open))), ui.Text(words.AsIs(strconv.Itoa(c.Booked))), ui.Text(words.AsIs(strconv.Itoa(c.Asked))), ui.Text(words.AsIs(strconv.Itoa(c.Denied))), capacityCell(c)}})
	}
	return t
}

func (p *boardPage) programOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: "All programs"}}
	for _, g := range p.programs {
		all = append(all, ui.Option{Value: string(g.ID), Label: words.AsIs(g.Name)})
	}
	return all
}

func (p *boardPage) planOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: "All plans"}}
	for _, l := range p.plans {
		all = append(all, ui.Option{Value: string(l.ID), Label: words.AsIs(l.Name)})
	}
	return all
}

// A boardFilter is one that is on, with where the board is without it.
type boardFilter struct{ name, without string }

func (p *boardPage) filters() (all []boardFilter) {
	for _, o := range p.programOptions() {
		if o.Value != "" && o.Value == string(p.only.Program) {
			all = append(all, boardFilter{o.Label.String(), boardPath(peer.Only{Plan: p.only.Plan})})
		}
	}
	for _, o := range p.planOptions() {
		if o.Value != "" && o.Value == string(p.only.Plan) {
			all = append(all, boardFilter{o.Label.String(), boardPath(peer.Only{Program: p.only.Program})})
		}
	}
	return all
}

func boardPath(o peer.Only) string {
	q := url.Values{}
	if o.Program != "" {
		q.Set("program", string(o.Program))
	}
	if o.Plan != "" {
		q.Set("plan", string(o.Plan))
	}
	if len(q) == 0 {
		return "/board"
	}
	return "/board?" + q.Encode()
}

// heading is a title with how many there are.
func heading(title string, n int) string { return title + " (" + strconv.Itoa(n) + ")" }

func callCount(n int) string {
	if n == 1 {
		return "1 call"
	}
	return strconv.Itoa(n) + " calls"
}
