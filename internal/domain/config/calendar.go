package config

import (
	"cmp"
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
	fields: []Field{{Key: "days", Label: "Holidays", Section: "Days on which the plan does no business", Input: Lines, Each: true, Optional: true, None: "None",
		Hint: "One a line: the date, the name and the name in Spanish, like 2026-12-24 Christmas Eve | Nochebuena. In the place of the date a rule and a colon for each year, like 4th Thursday of November: Thanksgiving | Día de Acción de Gracias. Behind the names, if so: | clocks only, | calls only, | closed 12:00 to 18:00"}},
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		if _, err := plan.Get(ctx, tx, plan.ID(id)); err != nil {
			return nil, err
		}
		all, err := plan.HolidaysOf(ctx, tx, plan.ID(id))
		return calendarDoc(all), err
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		if _, err := plan.Get(ctx, tx, plan.ID(id)); err != nil {
			return nil, err
		}
		all, err := Holidays(d)
		if err != nil {
			return nil, err
		}
		return calendarDoc(all), inSpanish(ctx, tx, id, d)
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
		lines[i] = holidayLine(h)
	}
	return Doc{"days": strings.Join(lines, "\n")}
}

const between = " | "

// holidayLine is what holidayOf reads.
func holidayLine(h plan.Holiday) string {
	line := h.Falls.String()
	if _, once := h.Falls.Date(); !once {
		line += ":"
	}
	line += " " + h.Name
	if h.NameES != "" {
		line += between + h.NameES
	}
	if h.Applies != plan.ForBoth {
		line += between + string(h.Applies) + " only"
	}
	if h.Shut != (civil.Hours{}) {
		line += between + "closed " + minuteText(h.Shut.Open) + " to " + minuteText(h.Shut.Close)
	}
	return line
}

// holidayOf reads a line; what keeps it from being one is said in faults at
// "days", behind at.
func holidayOf(line string, at words.Text, f fault.Fields) plan.Holiday {
	wrong := func(ok bool, what words.Text) { f.Check(ok, "days", words.Say("%s %s", at, what)) }
	when, rest, _ := strings.Cut(line, " ")
	if _, err := civil.ParseDate(when); err != nil {
		when, rest, _ = strings.Cut(line, ":")
	}
	falls, err := civil.ParseFalling(when)
	wrong(err == nil, "begin with a date, like 2026-11-26, or a rule and a colon, like 4th Thursday of November:")
	parts := strings.Split(rest, "|")
	h := plan.Holiday{Falls: falls, Name: strings.TrimSpace(parts[0]), Applies: plan.ForBoth}
	for _, part := range parts[1:] {
		part = strings.TrimSpace(part)
		hours, closed := strings.CutPrefix(part, "closed ")
		switch {
		case part == "clocks only" || part == "calls only":
			h.Applies = plan.Counting(strings.TrimSuffix(part, " only"))
		case closed:
			from, until, _ := strings.Cut(hours, " to ")
			var errs [2]error
			h.Shut.Open, errs[0] = minuteOf(from)
			h.Shut.Close, errs[1] = minuteOf(until)
			wrong(cmp.Or(errs[0], errs[1]) == nil && h.Shut.Open < h.Shut.Close, "say the hours like closed 12:00 to 18:00")
		default:
			wrong(h.NameES == "", "there is a name too many")
			h.NameES = part
		}
	}
	wrong(h.Name != "", "enter a name behind the date")
	wrong(max(utf8.RuneCountInString(h.Name), utf8.RuneCountInString(h.NameES)) <= 60, "the name must be 60 characters or less")
	return h
}

// Holidays are those of a calendar's document, as they fall. An Invalid fault is
// at "days".
func Holidays(d Doc) (all []plan.Holiday, err error) {
	f := fault.Fields{}
	for i, line := range linesOf(d["days"]) {
		at := words.Say("Line %s:", strconv.Itoa(i+1))
		h := holidayOf(line, at, f)
		f.Check(!slices.ContainsFunc(all, func(o plan.Holiday) bool { return o.Falls == h.Falls }), "days", words.Say("%s %s", at, words.Text("this date is already in the list")))
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b plan.Holiday) int { return a.Falls.Compare(b.Falls) })
	return all, f.Err()
}

// inSpanish asks for a name in Spanish in each line, but for those that the plan
// has had as they are: from before there were such names.
func inSpanish(ctx context.Context, tx *db.Tx, id string, d Doc) error {
	now, err := plan.HolidaysOf(ctx, tx, plan.ID(id))
	if err != nil {
		return err
	}
	known := linesOf(calendarDoc(now)["days"])
	past, err := versionsOf(ctx, tx, CalendarSubject(plan.ID(id)))
	if err != nil {
		return err
	}
	for _, v := range past {
		if v.Number > 0 {
			known = append(known, linesOf(v.Doc["days"])...)
		}
	}
	f := fault.Fields{}
	for i, line := range linesOf(d["days"]) {
		h := holidayOf(line, "", fault.Fields{})
		f.Check(h.NameES != "" || slices.Contains(known, line), "days", words.Say("Line %s: enter a name in Spanish behind the name, like Thanksgiving | Día de Acción de Gracias", strconv.Itoa(i+1)))
	}
	return f.Err()
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
