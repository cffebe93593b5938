package review

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// calendarPage is a reviewer's weekly hours and time off.
type calendarPage struct {
	me        review.Reviewer
	hours     []peer.WeeklyHours
	off       []peer.TimeOff
	connected []peer.Connected
	form      hoursForm
	away      offForm
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
	loc       *time.Location
	now       time.Time
	saved     string
}

type hoursForm struct{ weekday, start, end string }

type offForm struct{ fromDay, fromTime, toDay, toTime, reason string }

func openCalendar(ctx context.Context, r *web.Request) (*calendarPage, error) {
	if err := r.By.Must(account.HoldCalls); err != nil {
		return nil, err
	}
	me, err := review.Get(ctx, r.Tx, r.By.ID)
	if err != nil {
		return nil, err
	}
	p := &calendarPage{me: me, key: r.Key(), now: r.Tx.Now(), faults: map[string]words.Text{}}
	if p.loc, err = civil.Zone(me.TimeZone); err != nil {
		return nil, err
	}
	if p.hours, err = peer.HoursOf(ctx, r.Tx, r.By.ID); err != nil {
		return nil, err
	}
	if p.off, err = peer.TimeOffOf(ctx, r.Tx, r.By.ID); err != nil {
		return nil, err
	}
	p.connected, err = peer.ConnectedOf(ctx, r.Tx, r.By.ID)
	return p, err
}

func showCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCalendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	switch said := r.Query("saved"); said {
	case "hours":
		p.saved = "Offices can book you in these hours now."
	case "connected":
		p.saved = "The calendar is being read. What it says keeps those times free from then on."
	case "disconnected":
		p.saved = "The calendar is disconnected, and what it said is forgotten."
	case "changed":
		p.saved = "Your hours are changed. Calls already booked stay."
	default:
		if n, err := strconv.Atoi(said); err == nil && n >= 0 {
			p.saved = "No new calls in that time." + standWords(n)
		}
	}
	return p.answer(), nil
}

func (p *calendarPage) answer() web.Answer {
	return web.Answer{Title: "Calendar", Body: calendarView(p), Errors: p.errors}
}

func (p *calendarPage) failed(err error, order ...string) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, order...)
	for i, e := range p.errors {
		if e.Field == "from" || e.Field == "to" { // an instant is asked for as a day and a time
			p.errors[i].Field += "_day"
		}
	}
	return p.answer(), err
}

func addHours(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCalendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.form = hoursForm{r.Value("weekday"), r.Value("start"), r.Value("end")}
	f := fault.Fields{}
	h := peer.WeeklyHours{PersonID: r.By.ID, TimeZone: p.me.TimeZone}
	day, dayErr := strconv.Atoi(p.form.weekday)
	f.Check(dayErr == nil && day >= 0 && day <= 6, "weekday", "Select a day")
	h.Weekday = time.Weekday(day)
	var ok bool
	h.Start, ok = civil.ParseMinute(p.form.start)
	f.Check(ok, "start", "Enter a start time, like 9:00 AM")
	h.End, ok = endMinuteOf(p.form.end)
	f.Check(ok, "end", "Enter an end time, like 12:00 PM")
	if err := f.Err(); err != nil {
		return p.failed(err, "weekday", "start", "end")
	}
	if _, err := peer.AddHours(ctx, r.Tx, r.By, h); err != nil {
		return p.failed(err, "weekday", "start", "end")
	}
	return web.Answer{SeeOther: "/review/calendar?saved=hours"}, nil
}

func addTimeOff(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCalendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.away = offForm{r.Value("from_day"), r.Value("from_time"), r.Value("to_day"), r.Value("to_time"), r.Value("reason")}
	f := fault.Fields{}
	o := peer.TimeOff{PersonID: r.By.ID, Reason: p.away.reason}
	o.Start = instant(f, "from", "Start", p.away.fromDay, p.away.fromTime, false, p.loc)
	o.End = instant(f, "to", "End", p.away.toDay, p.away.toTime, true, p.loc)
	if err := f.Err(); err != nil {
		return p.failed(err, "from_day", "from_time", "to_day", "to_time", "reason")
	}
	n, err := peer.AddTimeOff(ctx, r.Tx, r.By, o)
	if err != nil {
		return p.failed(err, "from", "to", "reason")
	}
	return web.Answer{SeeOther: "/review/calendar?saved=" + strconv.Itoa(n)}, nil
}

// standWords say how many calls stand in time off that was added: each has
// its way out beside the time off.
func standWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " 1 booked call stands in it."
	}
	return " " + strconv.Itoa(n) + " booked calls stand in it."
}

// coverWords lead from time off to who else could take the calls in it.
func coverWords(n int) string {
	if n == 1 {
		return "Find someone else for the call"
	}
	return "Find someone else for the " + strconv.Itoa(n) + " calls"
}

// instant reads a day and a wall time in a zone. No time means the whole day.
func instant(f fault.Fields, name string, label words.Text, day, clock string, end bool, loc *time.Location) time.Time {
	d, real := dateOf(day)
	f.Check(real, name+"_day", words.Say("%s date must be a real date, like 11/24/2026", label))
	minute, ok := 0, true
	if strings.TrimSpace(clock) != "" {
		minute, ok = civil.ParseMinute(clock)
	} else if end {
		minute = civil.DayMinutes
	}
	f.Check(ok, name+"_time", words.Say("%s time must be a time, like 1:00 PM", label))
	if !real || !ok {
		return time.Time{}
	}
	_, _, kind := civil.Resolve(d, minute, loc)
	f.Check(kind != civil.Gap, name+"_time", "Clocks skip this time on that day. Choose another")
	if end {
		return civil.End(d, minute, loc)
	}
	return civil.Start(d, minute, loc)
}

func dropTimeOff(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/review/calendar"}, peer.DropTimeOff(ctx, r.Tx, r.By, r.By.ID, r.PathValue("off"))
}

func (p *calendarPage) zoneWords() string { return civil.LongZone(p.loc).String() }

// offWords name whole days by their dates: midnight is nobody's word for an end.
func (p *calendarPage) offWords(o peer.TimeOff) string {
	first, last, today := civil.DateIn(o.Start, p.loc), civil.DateIn(o.End.Add(-time.Minute), p.loc), civil.DateIn(p.now, p.loc)
	switch {
	case !o.Start.Equal(civil.Start(first, 0, p.loc)) || !o.End.Equal(civil.EndOfDay(last, p.loc)):
		return civil.When(o.Start, p.loc, p.now).String() + " to " + civil.Deadline(o.End, p.loc, p.now).String()
	case first == last:
		return civil.ShortDate(first, today).String()
	}
	return civil.ShortDate(first, today).String() + " to " + civil.ShortDate(last, today).String()
}

func (p *calendarPage) weekdays() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose a day"}}
	for d := time.Monday; d <= time.Saturday; d++ {
		all = append(all, ui.Option{Value: strconv.Itoa(int(d)), Label: words.AsIs(d.String())})
	}
	return append(all, ui.Option{Value: "0", Label: "Sunday"})
}

// coverPath leads to who else could take the calls in time off.
func (p *calendarPage) coverPath(o peer.TimeOff) string { return coverPath(o.PersonID, o.Span) }
