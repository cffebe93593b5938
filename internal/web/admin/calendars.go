package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// calendarPage is the holidays of a plan, and what a change would do.
type calendarPage struct {
	p         plan.Plan
	days      []plan.Holiday
	h         plan.Holiday // the change, as it is typed
	text, why string
	open      bool   // it takes the day out
	effect    string // what it would do; "" before that is asked
	inside    int    // booked calls on the day
	calls     string // "keep" or "rebook" them; "" before that is said
	booked    map[civil.Date]int
	faults    map[string]words.Text
	errors    []ui.FieldError
	key       string
	today     civil.Date
}

func listCalendars(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	all, err := plan.All(ctx, r.Tx)
	return web.Answer{Title: "Holidays", Body: calendarsView(all), Crumbs: crumbs("Holidays")}, err
}

func calendar(ctx context.Context, r *web.Request) (p *calendarPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &calendarPage{key: r.Key(), faults: map[string]words.Text{}}
	if p.p, err = plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan"))); err != nil {
		return nil, err
	}
	p.today = civil.DateIn(r.Tx.Now(), p.p.Zone())
	if p.days, err = plan.HolidaysOf(ctx, r.Tx, p.p.ID, p.today); err != nil {
		return nil, err
	}
	p.booked, err = worklist.BookedOn(ctx, r.Tx, r.By, p.p)
	return p, err
}

func (p *calendarPage) answer() web.Answer {
	title := "Holidays of " + p.p.Name
	return web.Answer{Title: words.AsIs(title), Body: calendarView(p, title), Errors: p.errors, Crumbs: crumbs(p.p.Name, ui.Link{Text: "Holidays", Href: "/admin/calendars"})}
}

func showCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// changeCalendar shows what a change would do; once that was read it saves it.
func changeCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.text, p.h.Name, p.why, p.open = strings.TrimSpace(r.Value("day")), r.Value("name"), r.Value("why"), r.Value("open") == "yes"
	p.calls = r.Value("calls")
	f := fault.Fields{}
	p.h.Day = day(f, "day", p.text)
	p.inside = p.booked[p.h.Day]
	if err = f.Err(); err == nil {
		err = plan.CheckHoliday(ctx, r.Tx, p.p.ID, p.h, p.open, p.why)
	}
	save := r.Value("save") != ""
	if err == nil && save && !p.open && p.inside > 0 && p.calls != "keep" && p.calls != "rebook" {
		undecided := fault.Fields{"calls": "Choose what becomes of the booked calls"}.Err()
		p.faults, p.errors = fault.Of(undecided).Fields, web.Errors(undecided, "calls")
		p.effect, err = foresee(ctx, r, p.p, p.h.Day, p.open)
		return p.answer(), cmp.Or(err, undecided)
	}
	if err == nil && !save {
		p.effect, err = foresee(ctx, r, p.p, p.h.Day, p.open)
		return p.answer(), err
	}
	if err == nil {
		err = witnessed(ctx, r, config.CalendarSubject(p.p.ID), p.why, func() error {
			return plan.ChangeHoliday(ctx, r.Tx, r.By, p.p.ID, p.h, p.open, p.why)
		})
	}
	if err == nil && !p.open && p.calls == "rebook" {
		_, err = peer.RebookDay(ctx, r.Tx, r.By, p.p.ID, p.h.Day)
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/calendars/" + string(p.p.ID)}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "day", "name", "why")
	return p.answer(), err
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// rebookDay moves the calls that are on a holiday.
func rebookDay(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	i := slices.IndexFunc(p.days, func(h plan.Holiday) bool { return h.Day.String() == r.Value("day") })
	if i < 0 {
		return web.Answer{}, fault.New(fault.NotFound, "This date isn’t in the list.")
	}
	_, err = peer.RebookDay(ctx, r.Tx, r.By, p.p.ID, p.days[i].Day)
	return web.Answer{SeeOther: p.path()}, err
}

func (p *calendarPage) callsOptions() ui.Group {
	return ui.Group{Name: "calls", Legend: "The booked calls", Error: p.faults["calls"], Options: []ui.Option{
		{Value: "keep", Label: "Keep the calls", Hint: "They take place on that day", Checked: p.calls == "keep"},
		{Value: "rebook", Label: "Rebook", Hint: "Each moves to the next day with a free time, close to its own time of day. Offices are told, and can choose another. A call for which no later time is free stays", Checked: p.calls == "rebook"}}}
}

func (p *calendarPage) path() string { return "/admin/calendars/" + string(p.p.ID) }
