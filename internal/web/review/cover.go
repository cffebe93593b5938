package review

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// coverPage shows, before anything is done, who would take the calls of a
// reviewer who is away, and what will be sent. It is asked by its address,
// which holds the reviewer and the times; the reason is posted only.
type coverPage struct {
	reviewers                          []review.Reviewer
	reviewer                           string
	fromDay, fromTime, toDay, toTime   string
	reason                             string
	absence                            peer.Absence
	plan                               *peer.CoverPlan
	faults                             map[string]words.Text
	errors                             []ui.FieldError
	mine, mayConfirm, mayBook, mayRead bool // a reviewer covers their own absence; may see the board; may reschedule; may open calls
	key                                string
	loc                                *time.Location
	now                                time.Time
}

// coverPath leads to the plan for a reviewer's absence.
func coverPath(of account.PersonID, span peer.Span) string {
	q := url.Values{"reviewer": {string(of)}, "from": {span.Start.UTC().Format(time.RFC3339)}, "to": {span.End.UTC().Format(time.RFC3339)}}
	return "/board/cover?" + q.Encode()
}

func openCover(ctx context.Context, r *web.Request) (*coverPage, error) {
	p := &coverPage{key: r.Key(), now: r.Tx.Now(), loc: r.Zone(civil.DefaultZone), faults: map[string]words.Text{}, mayConfirm: r.By.Can(account.ConfirmCalls),
		mayBook: r.By.Can(account.BookCalls), mayRead: r.By.Can(account.ReadOrders)}
	if p.mayConfirm || r.By.Can(account.ManageProgram) {
		all, err := review.All(ctx, r.Tx)
		p.reviewers = slices.DeleteFunc(all, func(r review.Reviewer) bool { return !r.Physician })
		return p, err
	}
	me, err := review.Get(ctx, r.Tx, r.By.ID)
	if r.By.Zone == "" && err == nil {
		p.loc, err = civil.Zone(me.TimeZone)
	}
	p.reviewers, p.mine, p.reviewer = []review.Reviewer{me}, true, string(r.By.ID)
	return p, err
}

func askCover(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCover(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if zone, err := civil.Zone(r.Query("tz")); err == nil && r.Query("tz") != "" {
		p.loc = zone
	}
	if !p.mine {
		p.reviewer = r.Query("reviewer")
	}
	p.fromDay, p.fromTime, p.toDay, p.toTime = r.Query("from_day"), r.Query("from_time"), r.Query("to_day"), r.Query("to_time")
	given := p.read(r.Query("from"), r.Query("to"))
	if !given && p.fromDay+p.fromTime+p.toDay+p.toTime == "" {
		p.fromDay = ui.ShortDay(civil.DateIn(p.now, p.loc))
		p.toDay = p.fromDay
		return p.answer(), nil
	}
	f := fault.Fields{}
	if !given {
		p.absence.Start = instant(f, "from", "Start", p.fromDay, p.fromTime, false, p.loc)
		p.absence.End = instant(f, "to", "End", p.toDay, p.toTime, true, p.loc)
	}
	f.Check(p.known(), "reviewer", "Select a reviewer")
	if err := f.Err(); err != nil {
		return p.failed(err)
	}
	return p.show(ctx, r, nil)
}

// read takes the instants of an address that another page made, or that this
// one posts, and says whether they are any.
func (p *coverPage) read(from, to string) bool {
	start, err := time.Parse(time.RFC3339, from)
	end, err2 := time.Parse(time.RFC3339, to)
	if err != nil || err2 != nil {
		return false
	}
	p.absence.Span = peer.Span{Start: start, End: end}
	p.fromDay, p.fromTime = ui.ShortDay(civil.DateIn(start, p.loc)), start.In(p.loc).Format("3:04 PM")
	last := civil.DateIn(end.Add(-time.Minute), p.loc)
	if p.toDay, p.toTime = ui.ShortDay(last), ""; !end.Equal(civil.EndOfDay(last, p.loc)) {
		p.toTime = end.In(p.loc).Format("3:04 PM")
	}
	return true
}

// known reports whether the reviewer is one, and keeps who it is.
func (p *coverPage) known() bool {
	p.absence.Reviewer = account.PersonID(p.reviewer)
	return slices.ContainsFunc(p.reviewers, func(r review.Reviewer) bool { return r.PersonID == p.absence.Reviewer })
}

// show works out the plan. said is what went wrong before, nil for nothing.
func (p *coverPage) show(ctx context.Context, r *web.Request, said error) (web.Answer, error) {
	plan, err := peer.PlanCover(ctx, r.Tx, r.By, peer.Absence{Reviewer: p.absence.Reviewer, Span: p.absence.Span})
	if err != nil {
		return p.failed(err)
	}
	p.plan = &plan
	if said != nil {
		return p.failed(said)
	}
	return p.answer(), nil
}

func (p *coverPage) answer() web.Answer {
	return web.Answer{Title: "Cover an absence", Body: coverView(p), Errors: p.errors}
}

func (p *coverPage) failed(err error) (web.Answer, error) {
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "reviewer", "from_day", "from_time", "from", "to_day", "to_time", "to", "reason")
	for i, e := range p.errors {
		if e.Field == "from" || e.Field == "to" { // an instant is asked for as a day and a time
			p.errors[i].Field += "_day"
		}
	}
	return p.answer(), err
}

func startCover(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCover(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mine {
		p.reviewer = r.Value("reviewer")
	}
	p.reason = r.Value("reason")
	f := fault.Fields{}
	f.Check(p.known(), "reviewer", "Select a reviewer")
	f.Check(p.read(r.Value("from"), r.Value("to")), "from", "Enter when it begins and ends")
	if err := f.Err(); err != nil {
		return p.failed(err)
	}
	p.absence.Reason, p.absence.Planned = p.reason, map[peer.ID]account.PersonID{}
	for _, shown := range r.Form["planned"] {
		call, who, _ := strings.Cut(shown, " ")
		p.absence.Planned[peer.ID(call)] = account.PersonID(who)
	}
	id, err := peer.Cover(ctx, r.Tx, r.By, p.absence)
	if err == nil {
		return web.Answer{SeeOther: "/board/cover/" + string(id)}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	return p.show(ctx, r, err)
}

// span says when the reviewer is away.
func spanWords(s peer.Span, loc *time.Location, now time.Time) string {
	first, last, today := civil.DateIn(s.Start, loc), civil.DateIn(s.End.Add(-time.Minute), loc), civil.DateIn(now, loc)
	whole := s.Start.Equal(civil.Start(first, 0, loc)) && s.End.Equal(civil.EndOfDay(last, loc))
	switch {
	case whole && first == last:
		return civil.ShortDate(first, today).String() + ", the whole day in " + civil.LongZone(loc).String()
	case whole:
		return civil.ShortDate(first, today).String() + " to " + civil.ShortDate(last, today).String() + ", whole days in " + civil.LongZone(loc).String()
	case first == last && !s.End.Equal(civil.EndOfDay(last, loc)):
		return civil.ShortDate(first, today).String() + ", " + civil.Span(s.Start, s.End, loc).String()
	}
	return civil.When(s.Start, loc, now).String() + " to " + civil.Deadline(s.End, loc, now).String()
}

// headline is the plan in a sentence.
func (p *coverPage) headline() string {
	n, all := p.plan.Covered(), len(p.plan.Places)
	switch {
	case all == 0:
		return "No calls stand in this time"
	case n == 0:
		return "Nobody can take " + map[bool]string{true: "the call", false: "any of the " + callCount(all)}[all == 1] + " at the same time"
	case n == all:
		return map[bool]string{true: "The call", false: "All " + callCount(all)}[all == 1] + " can be covered at the same time"
	}
	return strconv.Itoa(n) + " of " + callCount(all) + " can be covered at the same time"
}

// sends says before it is done what will be sent to whom. Of a call that
// nobody has confirmed yet no reviewer was told.
func (p *coverPage) sends() (lines []string) {
	var names []string
	told, n := map[string]int{}, 0
	for _, place := range p.plan.Places {
		if place.To == nil || place.Status == peer.Requested {
			continue
		}
		if told[place.To.Name] == 0 {
			names = append(names, place.To.Name)
		}
		told[place.To.Name]++
		n++
	}
	if n == 0 {
		return nil
	}
	slices.Sort(names)
	for _, name := range names {
		lines = append(lines, name+": "+counted(told[name], "invitation"))
	}
	return append(lines, p.plan.Reviewer.Name+": "+counted(n, "cancellation"), "The offices: nothing. Their times stay.")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// button is what the one button says.
func (p *coverPage) button() string {
	switch n := p.plan.Covered(); n {
	case 0:
		return "Record the time off"
	case 1:
		return "Cover the call"
	default:
		return "Cover the " + callCount(n)
	}
}

func (p *coverPage) when(start, end time.Time) string {
	return civil.SpanOn(start, end, p.loc, p.now).String()
}

func (p *coverPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Say("%s in this time, by start", callCount(len(p.plan.Places))), Columns: []ui.Column{{Header: "Time"}, {Header: "Call"}, {Header: "Who would take it"}}}
	for _, place := range p.plan.Places {
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{ui.Text(words.AsIs(p.when(place.StartsAt, place.EndsAt))), coverCall(place.Listed, p.mayRead), coverTo(p, place)}})
	}
	return t
}

// nearWords name the nearest other times.
func nearWords(slots []peer.Slot, when func(start, end time.Time) string) string {
	if len(slots) == 0 {
		return "No other time is free."
	}
	var words []string
	for _, s := range slots {
		words = append(words, when(s.Start, s.End()))
	}
	return "Nearest other times: " + strings.Join(words, "; ") + "."
}

// planned is a line of the plan as it is sent back with the button.
func planned(p peer.Place) string {
	if p.To == nil {
		return string(p.ID) + " "
	}
	return string(p.ID) + " " + string(p.To.PersonID)
}

func (p *coverPage) reviewerOptions() []ui.Option {
	var all []ui.Option
	if !p.mine {
		all = append(all, ui.Option{Value: "", Label: "Choose a reviewer"})
	}
	for _, r := range p.reviewers {
		all = append(all, ui.Option{Value: string(r.PersonID), Label: words.Say("%s, %s", r.Name, r.Specialty)})
	}
	return all
}

func (p *coverPage) zones() []ui.Option { return zoneOptions(p.loc) }

func zoneOptions(loc *time.Location) (all []ui.Option) {
	chosen, ok := civil.ChoiceFor(loc.String())
	for _, z := range civil.Zones {
		all = append(all, ui.Option{Value: z.Name, Label: z.Label, Checked: ok && z.Name == chosen.Name})
	}
	return all
}
