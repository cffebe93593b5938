package admin

import (
	"context"
	"net/url"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// calendarPage is the holidays of a plan, and what a change would do.
type calendarPage struct {
	p      plan.Plan
	all    []plan.Holiday
	lines  []holidayLine
	do     plan.HolidayDeed
	typed  typedHoliday
	h      plan.Holiday // what was typed, read
	effect *foreseen    // what it would do; nil before that is asked
	booked []worklist.Booked
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
	today  civil.Date
}

// holidayLine is a holiday in the list: when it comes next, and how many calls
// are booked then.
type holidayLine struct {
	plan.Holiday
	next  civil.Date
	calls int
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
	p = &calendarPage{key: r.Key(), faults: map[string]words.Text{}, do: plan.AddHoliday}
	if p.p, err = plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan"))); err != nil {
		return nil, err
	}
	p.today = civil.DateIn(r.Tx.Now(), p.p.Zone())
	if p.all, err = plan.HolidaysOf(ctx, r.Tx, p.p.ID); err != nil {
		return nil, err
	}
	if p.booked, err = worklist.BookedCalls(ctx, r.Tx, r.By, p.p.ID); err != nil {
		return nil, err
	}
	for _, h := range p.all {
		if next := h.Falls.Next(p.today); !next.IsZero() {
			p.lines = append(p.lines, holidayLine{h, next, len(inside(p.booked, h, p.p.Zone()))})
		}
	}
	slices.SortStableFunc(p.lines, func(a, b holidayLine) int { return a.next.Compare(b.next) })
	return p, nil
}

func (p *calendarPage) answer() web.Answer {
	title := "Holidays of " + p.p.Name
	return web.Answer{Title: words.AsIs(title), Body: calendarView(p, title), Errors: p.errors, Crumbs: crumbs(p.p.Name, ui.Link{Text: "Holidays", Href: "/admin/calendars"})}
}

func (p *calendarPage) path() string { return "/admin/calendars/" + string(p.p.ID) }

// to is the page with one holiday chosen to be changed or taken out.
func (p *calendarPage) to(do plan.HolidayDeed, h plan.Holiday) string {
	return p.path() + "?" + url.Values{string(do): {h.Falls.String()}}.Encode() + "#form"
}

// called is the holiday of the list that a key names.
func (p *calendarPage) called(key string) (plan.Holiday, error) {
	i := slices.IndexFunc(p.all, func(h plan.Holiday) bool { return h.Falls.String() == key })
	if i < 0 {
		return plan.Holiday{}, fault.New(fault.NotFound, "This date isn’t in the list.")
	}
	return p.all[i], nil
}

// showCalendar shows the list, with a form to add to it or for one of it.
func showCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.typed = typedHoliday{when: "date", applies: string(plan.ForBoth), closed: "day"}
	for _, do := range []plan.HolidayDeed{plan.AlterHoliday, plan.RemoveHoliday} {
		if key := r.Query(string(do)); key != "" {
			h, err := p.called(key)
			if err != nil {
				return web.Answer{}, err
			}
			p.do, p.h, p.typed = do, h, typeHoliday(h)
		}
	}
	return p.answer(), nil
}

// formTitle says what the form does.
func (p *calendarPage) formTitle() string {
	switch p.do {
	case plan.AlterHoliday:
		return "Change " + p.h.Name
	case plan.RemoveHoliday:
		return "Take out " + p.h.Name
	}
	return "Add a holiday"
}

// counts says what a holiday counts for, where that isn't everything.
func (l holidayLine) counts() string {
	switch l.Applies {
	case plan.ForClocks:
		return "For clocks only"
	case plan.ForCalls:
		return "For calls only"
	}
	return ""
}

// hours says which hours are closed, "" for all.
func (l holidayLine) hours() string {
	if l.Shut == (civil.Hours{}) {
		return ""
	}
	return "Closed " + civil.MinuteOfDay(l.Shut.Open).String() + " to " + civil.MinuteOfDay(l.Shut.Close).String()
}

// rule says by which rule it comes each year, "" for a date.
func (l holidayLine) rule() string {
	if _, once := l.Falls.Date(); once {
		return ""
	}
	return upper(ruleWords(l.Falls))
}
