package plan

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Counting is what a holiday counts for.
type Counting string

// What holidays count for.
const (
	ForBoth   Counting = "both"
	ForClocks Counting = "clocks" // due times, and the hours of the plan's phone
	ForCalls  Counting = "calls"  // times for calls, their notice, and the window for them
)

// For reports whether what counts for c counts for one of clocks and calls.
func (c Counting) For(one Counting) bool { return c == ForBoth || c == one }

// A Holiday is a day on which a plan does no business, once or each year.
type Holiday struct {
	Falls   civil.Falling
	Name    string
	NameES  string // "" where nobody has entered it yet: offices read Name
	Applies Counting
	Shut    civil.Hours // of the day; none for all of it
}

// Called is the name as its readers' language has it.
func (h Holiday) Called() words.Text { return words.Both(h.Name, h.NameES) }

func (h Holiday) civil() civil.Holiday {
	return civil.Holiday{Falls: h.Falls, Name: h.Called(), Shut: h.Shut}
}

// Federal are the federal holidays of the United States as a plan has them.
func Federal() (all []Holiday) {
	for _, f := range civil.USFederal {
		all = append(all, Holiday{Falls: f.Falls, Name: f.Name, NameES: f.NameSpanish, Applies: ForBoth})
	}
	return all
}

// Counted are those of a plan's holidays that count for clocks or for calls.
func Counted(all []Holiday, one Counting) (some civil.Holidays) {
	for _, h := range all {
		if h.Applies.For(one) {
			some = append(some, h.civil())
		}
	}
	return some
}

// HolidaysOf are a plan's: first the dates in their order, then those of each
// year.
func HolidaysOf(ctx context.Context, tx *db.Tx, id ID) ([]Holiday, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(p.holidays[id].all), nil
}

// planHolidays are a plan's, and what of them clocks and calls have to know.
type planHolidays struct {
	all           []Holiday
	clocks, calls civil.Holidays
}

func (p *policy) loadHolidays(ctx context.Context, tx *db.Tx) error {
	rows, err := holidays(ctx, tx)
	if err != nil {
		return err
	}
	by := map[ID][]Holiday{}
	for _, r := range rows {
		by[r.plan] = append(by[r.plan], r.Holiday)
	}
	for id, all := range by {
		slices.SortFunc(all, func(a, b Holiday) int { return a.Falls.Compare(b.Falls) })
		p.holidays[id] = planHolidays{all, Counted(all, ForClocks), Counted(all, ForCalls)}
	}
	return nil
}

// CalendarChanged announces that the business days of a plan are others now.
// After is the order after which the due times go on to be worked out anew.
type CalendarChanged struct {
	PlanID ID
	After  string
}

// Kind names the event.
func (CalendarChanged) Kind() string { return "plan.calendar_changed" }

// A HolidayDeed is what is done to one of a plan's holidays.
type HolidayDeed string

// What is done to a holiday.
const (
	AddHoliday    HolidayDeed = "add"
	AlterHoliday  HolidayDeed = "change" // all but when it falls
	RemoveHoliday HolidayDeed = "take"
)

// mostHolidayName is how long the name of a holiday can be.
const mostHolidayName = 60

// CheckHoliday says what is wrong with a change of a plan's holidays: at "day",
// "name", "name_es", "applies", "closed" and "why".
func CheckHoliday(ctx context.Context, tx *db.Tx, id ID, h Holiday, do HolidayDeed, why string) error {
	all, err := HolidaysOf(ctx, tx, id)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(!h.Falls.IsZero(), "day", "Enter a date, like 2026-11-24")
	there := slices.ContainsFunc(all, func(o Holiday) bool { return o.Falls == h.Falls })
	if do == AddHoliday {
		f.Check(!there && !taken(all, h), "day", "This date is already in the list")
	} else {
		f.Check(there, "day", "This date isn't in the list")
	}
	if do != RemoveHoliday {
		f.Check(strings.TrimSpace(h.NameES) != "", "name_es", "Enter a name in Spanish")
		h.check(f)
	}
	f.Check(strings.TrimSpace(why) != "", "why", "Say why, for the audit")
	return f.Err()
}

// taken reports whether a date falls on one that the plan has by a rule.
func taken(all []Holiday, h Holiday) bool {
	day, once := h.Falls.Date()
	return once && slices.ContainsFunc(all, func(o Holiday) bool { return o.Falls.On(day) })
}

// check says what is wrong with a holiday by itself.
func (h Holiday) check(f fault.Fields) {
	f.Check(strings.TrimSpace(h.Name) != "", "name", "Enter a name")
	for at, name := range map[string]string{"name": h.Name, "name_es": h.NameES} {
		f.Check(utf8.RuneCountInString(name) <= mostHolidayName, at, "The name must be 60 characters or less")
		f.Check(!strings.ContainsAny(name, "|\n"), at, "A name can't have a | in it")
	}
	f.Check(h.Applies == ForBoth || h.Applies == ForClocks || h.Applies == ForCalls, "applies", "Choose what it applies to")
	f.Check(h.Shut == civil.Hours{} || 0 <= h.Shut.Open && h.Shut.Open < h.Shut.Close && h.Shut.Close <= civil.DayMinutes, "closed", "Enter the hours, the later one after the earlier")
}

// WithHoliday are a plan's holidays as a change would leave them.
func WithHoliday(all []Holiday, h Holiday, do HolidayDeed) []Holiday {
	rest := slices.DeleteFunc(slices.Clone(all), func(o Holiday) bool { return o.Falls == h.Falls })
	if do != RemoveHoliday {
		rest = append(rest, h)
	}
	slices.SortFunc(rest, func(a, b Holiday) int { return a.Falls.Compare(b.Falls) })
	return rest
}

// ChangeHoliday adds a holiday to a plan's, changes it or takes it out; due
// times that count business days follow. Who may: administrators.
func ChangeHoliday(ctx context.Context, tx *db.Tx, by account.Actor, id ID, h Holiday, do HolidayDeed, why string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if _, err := Get(ctx, tx, id); err != nil {
		return err
	}
	if err := CheckHoliday(ctx, tx, id, h, do, why); err != nil {
		return err
	}
	var err error
	action, known := map[HolidayDeed]string{AddHoliday: "plan.closed", AlterHoliday: "plan.holiday_changed", RemoveHoliday: "plan.opened"}[do]
	if !known {
		return fault.New(fault.NotFound, "We can't find that.")
	}
	if do == RemoveHoliday {
		err = deleteHoliday(ctx, tx, id, h.Falls)
	} else {
		_, err = putHoliday(ctx, tx, id, h)
	}
	if err != nil {
		return err
	}
	e := by.Audit(action, "plan", string(id))
	e.Detail = h.Falls.String() + ": " + strings.TrimSpace(why)
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, CalendarChanged{PlanID: id})
}
