package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/domain/worklist"
	"parley/internal/web"
)

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// foreseen is what a change of a plan's holidays would do.
type foreseen struct {
	text  string
	falls string // on which days it falls next; "" for a date
	calls []worklist.Booked
}

// foresee says what a change would do to due times and booked calls, honouring
// what the holiday applies to.
func (p *calendarPage) foresee(ctx context.Context, r *web.Request, h plan.Holiday, do plan.HolidayDeed) (*foreseen, error) {
	moved, whole, err := deadline.Moves(ctx, r.Tx, p.p.ID, plan.Counted(plan.WithHoliday(p.all, h, do), plan.ForClocks))
	if err != nil {
		return nil, err
	}
	f := &foreseen{falls: p.fallsOn(h.Falls), calls: inside(p.booked, h, p.p.Zone())}
	f.text = map[plan.HolidayDeed]string{plan.AddHoliday: "Adding ", plan.AlterHoliday: "Changing ", plan.RemoveHoliday: "Taking out "}[do] + p.fallsWords(h.Falls)
	switch {
	case !h.Applies.For(plan.ForClocks) && moved == 0:
		f.text += " moves no decision date: it is for calls only."
	case !whole:
		f.text += " moves at least " + count(moved, "decision date") + "."
	default:
		f.text += " moves " + count(moved, "decision date") + "."
	}
	if !h.Applies.For(plan.ForCalls) {
		f.text += " It is for clocks only: calls stay, and can be booked."
		return f, nil
	}
	_, once := h.Falls.Date()
	where := "on that day"
	switch {
	case h.Shut != (civil.Hours{}):
		where = "in its hours"
	case !once:
		where = "on its days"
	}
	f.text += " " + upper(count(len(f.calls), "booked call")) + " of this plan" + areWord(len(f.calls)) + " " + where + "."
	return f, nil
}

// fallsWords says when a holiday is, within a sentence.
func (p *calendarPage) fallsWords(f civil.Falling) string {
	if day, once := f.Date(); once {
		return civil.MediumDate(day).String()
	}
	return ruleWords(f)
}

// ruleWords say a rule within a sentence: "the 4th Thursday of November".
func ruleWords(f civil.Falling) string {
	if text := f.String(); strings.Contains(text, " of ") {
		return "the " + text + " each year"
	}
	return f.String() + " each year"
}

// fallsOn are the next three days of a rule.
func (p *calendarPage) fallsOn(f civil.Falling) string {
	if _, once := f.Date(); once {
		return ""
	}
	var days []string
	for day := f.Next(p.today); len(days) < 3 && !day.IsZero(); day = f.Next(day.AddDays(1)) {
		days = append(days, civil.MediumDate(day).String())
	}
	return "It falls on " + strings.Join(days, "; ") + "; and so on."
}

// inside are the calls that a holiday would close out.
func inside(all []worklist.Booked, h plan.Holiday, zone *time.Location) []worklist.Booked {
	if !h.Applies.For(plan.ForCalls) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(b worklist.Booked) bool {
		return !slices.ContainsFunc(daysOf(b, zone), func(day civil.Date) bool {
			shut := h.Shut
			if shut == (civil.Hours{}) {
				shut = civil.Hours{Close: civil.DayMinutes}
			}
			return h.Falls.On(day) && b.Starts.Before(civil.End(day, shut.Close, zone)) && b.Ends.After(civil.Start(day, shut.Open, zone))
		})
	})
}

// daysOf are the days that a call touches where the plan is.
func daysOf(b worklist.Booked, zone *time.Location) []civil.Date {
	return slices.Compact([]civil.Date{civil.DateIn(b.Starts, zone), civil.DateIn(b.Ends.Add(-time.Second), zone)})
}

// calendarEffects are what each holiday that changes does to due times and calls.
func (p *previewPage) calendarEffects(ctx context.Context, r *web.Request, was, is []plan.Holiday) error {
	health, err := plan.Get(ctx, r.Tx, plan.ID(p.s.ID))
	if err != nil {
		return err
	}
	booked, err := worklist.BookedCalls(ctx, r.Tx, r.By, health.ID)
	if err != nil {
		return err
	}
	c := &calendarPage{p: health, all: was, booked: booked, today: civil.DateIn(p.at, health.Zone())}
	say := func(h plan.Holiday, do plan.HolidayDeed) error {
		if h.Falls.Next(c.today).IsZero() {
			return nil
		}
		f, err := c.foresee(ctx, r, h, do)
		if err != nil {
			return err
		}
		text := f.text
		if h.Applies.For(plan.ForCalls) {
			text += " Booked calls stay; the Holidays page can rebook them."
		}
		p.effects = append(p.effects, text)
		return nil
	}
	for _, h := range is {
		i := slices.IndexFunc(was, func(o plan.Holiday) bool { return o.Falls == h.Falls })
		switch {
		case i < 0:
			err = say(h, plan.AddHoliday)
		case was[i] != h:
			err = say(h, plan.AlterHoliday)
		}
		if err != nil {
			return err
		}
	}
	for _, h := range was {
		if slices.ContainsFunc(is, func(o plan.Holiday) bool { return o.Falls == h.Falls }) {
			continue
		}
		if err := say(h, plan.RemoveHoliday); err != nil {
			return err
		}
	}
	if len(p.effects) == 0 {
		p.effects = []string{"No day to come changes."}
	}
	return nil
}
