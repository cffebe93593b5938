package admin

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// calendarPage is the holidays of a plan, and what a change would do.
type calendarPage struct {
	p         plan.Plan
	days      []plan.Holiday
	h         plan.Holiday // the change, as it is typed
	text, why string
	open      bool   // it takes the day out
	effect    string // what it would do; "" before that is asked
	faults    map[string]string
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
	p = &calendarPage{key: r.Key(), faults: map[string]string{}}
	if p.p, err = plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan"))); err != nil {
		return nil, err
	}
	p.today = civil.DateIn(r.Tx.Now(), p.p.Zone())
	p.days, err = plan.HolidaysOf(ctx, r.Tx, p.p.ID, p.today)
	return p, err
}

func (p *calendarPage) answer() web.Answer {
	title := "Holidays of " + p.p.Name
	return web.Answer{Title: title, Body: calendarView(p, title), Errors: p.errors, Crumbs: crumbs(p.p.Name, ui.Link{Text: "Holidays", Href: "/admin/calendars"})}
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
	f := fault.Fields{}
	p.h.Day = day(f, "day", p.text)
	if err = f.Err(); err == nil {
		err = plan.CheckHoliday(ctx, r.Tx, p.p.ID, p.h, p.open, p.why)
	}
	if err == nil && r.Value("save") == "" {
		p.effect, err = foresee(ctx, r, p.p, p.h.Day, p.open)
		return p.answer(), err
	}
	if err == nil {
		err = witnessed(ctx, r, config.CalendarSubject(p.p.ID), p.why, func() error {
			return plan.ChangeHoliday(ctx, r.Tx, r.By, p.p.ID, p.h, p.open, p.why)
		})
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

func (p *calendarPage) path() string { return "/admin/calendars/" + string(p.p.ID) }
