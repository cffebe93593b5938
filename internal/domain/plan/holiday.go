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
)

// A Holiday is a day on which a plan does no business.
type Holiday struct {
	Day  civil.Date
	Name string
}

// HolidaysOf are a plan's, from a day on, in their order.
func HolidaysOf(ctx context.Context, tx *db.Tx, id ID, from civil.Date) (all []Holiday, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for day, name := range p.holidays[id] {
		if !day.Before(from) {
			all = append(all, Holiday{day, name})
		}
	}
	slices.SortFunc(all, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return all, nil
}

// CalendarChanged announces that the business days of a plan are others now.
// After is the order after which the due times go on to be worked out anew.
type CalendarChanged struct {
	PlanID ID
	After  string
}

// Kind names the event.
func (CalendarChanged) Kind() string { return "plan.calendar_changed" }

// CheckHoliday says what is wrong with a change of a plan's holidays: at "day",
// "name" and "why". open takes the day out.
func CheckHoliday(ctx context.Context, tx *db.Tx, id ID, h Holiday, open bool, why string) error {
	p, err := policies(ctx, tx)
	if err != nil {
		return err
	}
	_, there := p.holidays[id][h.Day]
	f := fault.Fields{}
	f.Check(!h.Day.IsZero(), "day", "Enter a date, like 2026-11-24")
	f.Check(open || !there, "day", "This date is already in the list")
	f.Check(!open || there, "day", "This date isn't in the list")
	f.Check(open || strings.TrimSpace(h.Name) != "", "name", "Enter a name")
	f.Check(utf8.RuneCountInString(h.Name) <= 60, "name", "The name must be 60 characters or less")
	f.Check(strings.TrimSpace(why) != "", "why", "Say why, for the audit")
	return f.Err()
}

// ChangeHoliday adds a day to a plan's holidays, or with open takes it out;
// due times that count business days follow. Who may: administrators.
func ChangeHoliday(ctx context.Context, tx *db.Tx, by account.Actor, id ID, h Holiday, open bool, why string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if _, err := Get(ctx, tx, id); err != nil {
		return err
	}
	if err := CheckHoliday(ctx, tx, id, h, open, why); err != nil {
		return err
	}
	action := "plan.closed"
	if open {
		action = "plan.opened"
		if _, err := tx.Exec(ctx, `delete from plan_holiday where plan_id = $1 and day = $2`, string(id), h.Day); err != nil {
			return err
		}
	} else if _, err := insertHoliday(ctx, tx, id, h.Day, strings.TrimSpace(h.Name)); err != nil {
		return err
	}
	e := by.Audit(action, "plan", string(id))
	e.Detail = h.Day.String() + ": " + strings.TrimSpace(why)
	if err := audit.Record(ctx, tx, e); err != nil {
		return err
	}
	return job.Add(ctx, tx, CalendarChanged{PlanID: id})
}
