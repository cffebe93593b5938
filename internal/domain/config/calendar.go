package config

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// CalendarSubject are a plan's holidays as a subject.
func CalendarSubject(id plan.ID) Subject { return Subject{"calendar", string(id)} }

var calendarKind = kind{
	name: "calendar",
	fields: []Field{{Key: "days", Label: "Holidays", Hint: "One a line: the date, then the name, like 2026-11-26 Thanksgiving", Section: "Days on which the plan does no business",
		Input: Lines, Each: true, Optional: true, None: "None"}},
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		if _, err := plan.Get(ctx, tx, plan.ID(id)); err != nil {
			return nil, err
		}
		all, err := plan.HolidaysOf(ctx, tx, plan.ID(id), civil.Date{})
		return calendarDoc(all), err
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		if _, err := plan.Get(ctx, tx, plan.ID(id)); err != nil {
			return nil, err
		}
		all, err := Holidays(d)
		return calendarDoc(all), err
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		all, err := Holidays(d)
		if err != nil {
			return err
		}
		return plan.SetHolidays(ctx, tx, by, plan.ID(id), all)
	},
	reads: func(Doc) []string { return nil },
}

func calendarDoc(all []plan.Holiday) Doc {
	lines := make([]string, len(all))
	for i, h := range all {
		lines[i] = h.Day.String() + " " + h.Name
	}
	return Doc{"days": strings.Join(lines, "\n")}
}

// Holidays are those of a calendar's document, by day. An Invalid fault is at
// "days".
func Holidays(d Doc) (all []plan.Holiday, err error) {
	f := fault.Fields{}
	for i, line := range linesOf(d["days"]) {
		day, name, _ := strings.Cut(line, " ")
		on, err := civil.ParseDate(day)
		at := words.Say("Line %s:", strconv.Itoa(i+1)) + " "
		f.Check(err == nil, "days", words.Say("%sbegin with a date, like 2026-11-26", at))
		f.Check(strings.TrimSpace(name) != "", "days", words.Say("%senter a name behind the date", at))
		f.Check(utf8.RuneCountInString(name) <= 60, "days", words.Say("%sthe name must be 60 characters or less", at))
		f.Check(!slices.ContainsFunc(all, func(h plan.Holiday) bool { return h.Day == on }), "days", words.Say("%sthis date is already in the list", at))
		all = append(all, plan.Holiday{Day: on, Name: strings.TrimSpace(name)})
	}
	slices.SortFunc(all, func(a, b plan.Holiday) int { return a.Day.Compare(b.Day) })
	return all, f.Err()
}

// linesOf are the lines of a text that say something.
func linesOf(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			all = append(all, line)
		}
	}
	return all
}
