package review

import (
	"context"
	"strconv"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// seriesPage changes or ends weekly hours: one session, that and those that
// follow, or all. What it would do is shown before it is done.
type seriesPage struct {
	*calendarPage
	h                peer.WeeklyHours
	scope, day, what string // as chosen
	start, end       string // as typed
	preview          *peer.Preview
	sessions         []civil.Date
	change           peer.HoursChange
}

// sessionsShown are how many weeks ahead a session can be chosen.
const sessionsShown = 13

func openSeries(ctx context.Context, r *web.Request) (*seriesPage, error) {
	c, err := openCalendar(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, h := range c.hours {
		if h.ID == r.PathValue("hours") {
			p := &seriesPage{calendarPage: c, h: h, sessions: peer.Sessions(h, c.now, sessionsShown)}
			p.start, p.end = civil.MinuteOfDay(h.Start).String(), civil.MinuteOfDay(h.End).String()
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "We can't find those hours. They were changed meanwhile. Go back to the calendar.")
}

func askSeries(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSeries(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.show(), nil
}

func (p *seriesPage) show() web.Answer {
	return web.Answer{Title: "Change hours", Body: seriesView(p), Errors: p.errors}
}

// saveSeries shows what a change would do, and does it once that was seen.
func saveSeries(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSeries(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	err = p.read(r)
	if err == nil && r.Value("confirm") == "yes" {
		_, err = peer.ChangeHours(ctx, r.Tx, r.By, r.By.ID, p.h.ID, p.change)
		if err == nil {
			return web.Answer{SeeOther: "/review/calendar?saved=changed"}, nil
		}
	} else if err == nil {
		var seen peer.Preview
		if seen, err = peer.PreviewHours(ctx, r.Tx, r.By, r.By.ID, p.h.ID, p.change); err == nil {
			p.preview = &seen
			return web.Answer{Title: "Check the change", Body: previewView(p)}, nil
		}
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "scope", "day", "what", "start", "end")
	return p.show(), err
}

// read takes what was chosen. A session is asked for unless all are meant.
func (p *seriesPage) read(r *web.Request) error {
	p.scope, p.day, p.what, p.start, p.end = r.Value("scope"), r.Value("day"), r.Value("what"), r.Value("start"), r.Value("end")
	p.change = peer.HoursChange{Scope: peer.Scope(p.scope), End: p.what == "end"}
	f := fault.Fields{}
	f.Check(p.scope != "", "scope", "Select which sessions to change")
	f.Check(p.what == "end" || p.what == "times", "what", "Select what to change")
	if p.change.Scope != peer.AllSessions {
		var err error
		p.change.Day, err = civil.ParseDate(p.day)
		f.Check(err == nil, "day", "Select a session")
	}
	if p.what == "times" {
		var ok bool
		p.change.Start, ok = civil.ParseMinute(p.start)
		f.Check(ok, "start", "Enter a start time, like 9:00 AM")
		p.change.Until, ok = endMinuteOf(p.end)
		f.Check(ok, "end", "Enter an end time, like 12:00 PM")
	}
	return f.Err()
}

func (p *seriesPage) path() string { return "/review/calendar/hours/" + p.h.ID }

func (p *seriesPage) scopes() ui.Group {
	return ui.Group{Name: "scope", Legend: "Which sessions?", Error: p.faults["scope"], Options: []ui.Option{
		{Value: string(peer.ThisSession), Label: "This session", Checked: p.scope == string(peer.ThisSession)},
		{Value: string(peer.AndFollowing), Label: "This and following", Checked: p.scope == string(peer.AndFollowing)},
		{Value: string(peer.AllSessions), Label: "All", Hint: "All that are to come", Checked: p.scope == string(peer.AllSessions)},
	}}
}

func (p *seriesPage) days() []ui.Option {
	all := []ui.Option{{Label: "Choose a session"}}
	for _, d := range p.sessions {
		all = append(all, ui.Option{Value: d.String(), Label: civil.MediumDate(d), Checked: p.day == d.String()})
	}
	return all
}

func (p *seriesPage) whats() ui.Group {
	return ui.Group{Name: "what", Legend: "What changes?", Error: p.faults["what"], Options: []ui.Option{
		{Value: "times", Label: "The times", Checked: p.what == "times", Reveal: timesFields(p)},
		{Value: "end", Label: "Stop taking new bookings", Hint: "Calls that are booked stay", Checked: p.what == "end"},
	}}
}

// keptWords say what happens to calls that stand where no hours will be.
func (p *seriesPage) keptWords() string {
	if n := len(p.preview.Calls); n != 1 {
		return strconv.Itoa(n) + " booked calls stand where you'll have no hours. They stay as they are until you or a scheduler moves them."
	}
	return "1 booked call stands where you'll have no hours. It stays as it is until you or a scheduler moves it."
}

func (p *seriesPage) callWords(c peer.Listed) string {
	return civil.SpanOn(c.StartsAt, c.EndsAt, p.loc, p.now).String() + ", order " + order.Spaced(c.OrderNumber)
}

// hoursWords are weekly hours, or one session of them, as people read them.
func hoursWords(h peer.WeeklyHours, today civil.Date) string {
	times := civil.MinuteOfDay(h.Start).String() + " to " + civil.MinuteOfDay(h.End).String()
	first, last := h.From, h.To // the sessions, not the days between which they lie
	for first.Weekday() != h.Weekday {
		first = first.AddDays(1)
	}
	for !last.IsZero() && last.Weekday() != h.Weekday {
		last = last.AddDays(-1)
	}
	if first == last {
		return civil.ShortDate(first, today).String() + " only, " + times
	}
	words := h.Weekday.String() + "s, " + times
	if h.From.After(today) {
		words += ", from " + civil.ShortDate(first, today).String()
	}
	if !last.IsZero() {
		words += ", until " + civil.ShortDate(last, today).String()
	}
	return words
}

// still are the hours that have a session to come.
func (p *calendarPage) still(all []peer.WeeklyHours) (some []peer.WeeklyHours) {
	for _, h := range all {
		if len(peer.Sessions(h, p.now, 1)) > 0 {
			some = append(some, h)
		}
	}
	return some
}

// today is the reviewer's own day.
func (p *calendarPage) today() civil.Date { return civil.DateIn(p.now, p.loc) }

// endMinuteOf reads when a stretch of a day ends: "12:00 AM" is the day's end.
func endMinuteOf(s string) (int, bool) {
	m, ok := civil.ParseMinute(s)
	if m == 0 && ok {
		m = civil.DayMinutes
	}
	return m, ok
}
