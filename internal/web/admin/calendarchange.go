package admin

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// typedHoliday is the form as it is filled in.
type typedHoliday struct {
	of                     string // the holiday that is changed or taken out
	when, day, rule        string // when: "date" or "rule"
	name, spanish, applies string
	closed, from, until    string // closed: "day" or "hours"
	why, calls             string // calls: "keep" or "rebook"
}

func typeHoliday(h plan.Holiday) typedHoliday {
	t := typedHoliday{of: h.Falls.String(), name: h.Name, spanish: h.NameES, applies: string(h.Applies), closed: "day"}
	if h.Shut != (civil.Hours{}) {
		t.closed, t.from, t.until = "hours", wallMinutes(h.Shut.Open), wallMinutes(h.Shut.Close)
	}
	return t
}

// wallMinutes is a minute of the day as a field for times has it.
func wallMinutes(minute int) string {
	if minute == civil.DayMinutes {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

func readHoliday(r *web.Request) typedHoliday {
	return typedHoliday{of: r.Value("of"), when: r.Value("when"), day: strings.TrimSpace(r.Value("day")), rule: strings.TrimSpace(r.Value("rule")),
		name: strings.TrimSpace(r.Value("name")), spanish: strings.TrimSpace(r.Value("name_es")), applies: r.Value("applies"),
		closed: r.Value("closed"), from: r.Value("from"), until: r.Value("until"), why: r.Value("why"), calls: r.Value("calls")}
}

// holiday is what was typed; what can't be read is said at its field.
func (t typedHoliday) holiday(do plan.HolidayDeed, f fault.Fields) plan.Holiday {
	h := plan.Holiday{Name: t.name, NameES: t.spanish, Applies: plan.Counting(t.applies)}
	var err error
	switch {
	case do != plan.AddHoliday:
		h.Falls, err = civil.ParseFalling(t.of)
		f.Check(err == nil, "day", "This date isn’t in the list")
	case t.when == "rule":
		h.Falls, err = civil.ParseFalling(t.rule)
		_, once := h.Falls.Date()
		f.Check(err == nil && !once, "rule", "Enter a rule, like 4th Thursday of November, last Monday of May or July 4")
	default:
		h.Falls = civil.OnDate(day(f, "day", t.day))
	}
	if t.closed == "hours" {
		var read [2]bool
		h.Shut.Open, read[0] = civil.ParseMinute(t.from)
		if h.Shut.Close, read[1] = civil.ParseMinute(t.until); t.until == "" && t.from != "" {
			h.Shut.Close, read[1] = civil.DayMinutes, true
		}
		f.Check(read[0] && read[1] && h.Shut.Open < h.Shut.Close, "closed", "Enter the hours, the later one after the earlier")
	}
	return h
}

// changeCalendar shows what a change would do; once that was read it saves it.
func changeCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.typed, p.do = readHoliday(r), plan.HolidayDeed(cmp.Or(r.Value("do"), string(plan.AddHoliday)))
	f := fault.Fields{}
	p.h = p.typed.holiday(p.do, f)
	if p.do != plan.AddHoliday {
		had, err := p.called(p.h.Falls.String())
		if err != nil {
			return web.Answer{}, err
		}
		if p.do == plan.RemoveHoliday {
			p.h = had
		}
	}
	if err = plan.CheckHoliday(ctx, r.Tx, p.p.ID, p.h, p.do, p.typed.why); err != nil && fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	for at, said := range fault.Of(err).Fields {
		if at == "day" && p.typed.when == "rule" {
			at = "rule"
		}
		f.Check(false, at, said)
	}
	if err := f.Err(); err != nil {
		return p.refused(err), err
	}
	if p.effect, err = p.foresee(ctx, r, p.h, p.do); err != nil {
		return web.Answer{}, err
	}
	if r.Value("save") == "" {
		return p.answer(), nil
	}
	if p.asksCalls() && p.typed.calls != "keep" && p.typed.calls != "rebook" {
		undecided := fault.Fields{"calls": "Choose what becomes of the booked calls"}.Err()
		return p.refused(undecided), undecided
	}
	if err = p.save(ctx, r); fault.Is(err, fault.Invalid) {
		return p.refused(err), err
	}
	return web.Answer{SeeOther: p.path()}, err
}

func (p *calendarPage) refused(err error) web.Answer {
	p.faults, p.errors = fault.Of(err).Fields, refusals(err, "day", "rule", "name", "name_es", "applies", "closed", "why", "calls")
	return p.answer()
}

// asksCalls reports whether booked calls are on what closes.
func (p *calendarPage) asksCalls() bool {
	return p.do != plan.RemoveHoliday && p.effect != nil && len(p.effect.calls) > 0
}

func (p *calendarPage) save(ctx context.Context, r *web.Request) error {
	if err := proven(ctx, r, config.CalendarSubject(p.p.ID), p.typed.why, func() error {
		return plan.ChangeHoliday(ctx, r.Tx, r.By, p.p.ID, p.h, p.do, p.typed.why)
	}); err != nil {
		return err
	}
	if !p.asksCalls() || p.typed.calls != "rebook" {
		return nil
	}
	return p.rebook(ctx, r, p.h)
}

// rebook moves the calls that are on what a holiday closes.
func (p *calendarPage) rebook(ctx context.Context, r *web.Request, h plan.Holiday) error {
	zone, done := p.p.Zone(), map[civil.Date]bool{}
	for _, b := range inside(p.booked, h, zone) {
		for _, day := range daysOf(b, zone) {
			if done[day] || !h.Falls.On(day) {
				continue
			}
			done[day] = true
			if _, err := peer.RebookDay(ctx, r.Tx, r.By, p.p.ID, day, h.Shut); err != nil {
				return err
			}
		}
	}
	return nil
}

// rebookDay moves the calls that are on a holiday of the list.
func rebookDay(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := calendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	h, err := p.called(r.Value("day"))
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: p.path()}, p.rebook(ctx, r, h)
}

func (p *calendarPage) whenOptions() ui.Group {
	return ui.Group{Name: "when", Legend: "When", Options: []ui.Option{
		{Value: "date", Label: "Once", Checked: p.typed.when != "rule", Reveal: ui.TextField(ui.Field{Name: "day", Label: "Date", Type: "date", Value: p.typed.day, Error: p.faults["day"], Width: "md"})},
		{Value: "rule", Label: "Each year", Checked: p.typed.when == "rule", Reveal: ui.TextField(ui.Field{Name: "rule", Label: "Rule", Value: p.typed.rule, Error: p.faults["rule"],
			Hint: "Like 4th Thursday of November, last Monday of May, July 4, or July 4 or the nearest weekday"})}}}
}

func (p *calendarPage) appliesOptions() ui.Group {
	return ui.Group{Name: "applies", Legend: "Applies to", Error: p.faults["applies"], Options: []ui.Option{
		{Value: "both", Label: "Clocks and calls", Checked: p.typed.applies == "both"},
		{Value: "clocks", Label: "Clocks", Hint: "Due times don’t count the day. Calls can be booked on it", Checked: p.typed.applies == "clocks"},
		{Value: "calls", Label: "Calls", Hint: "No call is offered on the day, and windows for calls don’t count it. Due times do", Checked: p.typed.applies == "calls"}}}
}

func (p *calendarPage) closedOptions() ui.Group {
	return ui.Group{Name: "closed", Legend: "Closed", Error: p.faults["closed"], Options: []ui.Option{
		{Value: "day", Label: "All day", Checked: p.typed.closed != "hours"},
		{Value: "hours", Label: "Some hours", Hint: "A day closed for some hours still counts as a business day", Checked: p.typed.closed == "hours", Reveal: closedHours(p)}}}
}

func (p *calendarPage) callsOptions() ui.Group {
	return ui.Group{Name: "calls", Legend: "The booked calls", Error: p.faults["calls"], Options: []ui.Option{
		{Value: "keep", Label: "Keep the calls", Hint: "They take place on that day", Checked: p.typed.calls == "keep"},
		{Value: "rebook", Label: "Rebook", Hint: "Each moves to the next day with a free time, close to its own time of day. Offices are told, and can choose another. A call for which no later time is free stays", Checked: p.typed.calls == "rebook"}}}
}
