package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/ical"
)

// A FileRead is what a calendar file adds to a plan's holidays.
type FileRead struct {
	Doc      Doc // the holidays with those of the file
	Added    int
	There    int // of the file that are in the list already
	Rejected []Rejected
}

// Rejected is an event of a file that is no holiday as a plan has them.
type Rejected struct {
	N     int // which event of the file, from 1
	Title string
	Why   string
}

// mostDays is how many days one event can close.
const mostDays = 31

// AddFile puts the events of a calendar file behind the holidays of a document.
// A rule that comes each year stays one where holidays have such. What is added
// has no name in Spanish, which saving asks for. The error is one of package
// ical.
func AddFile(d Doc, file []byte) (read FileRead, err error) {
	events, err := ical.ReadDays(file)
	if err != nil {
		return read, err
	}
	lines := linesOf(d["days"])
	there, err := Holidays(d)
	if err != nil { // what is typed already is shown as it is, with what is wrong when it is saved
		there = nil
	}
	for _, e := range events {
		all, why := fallings(e)
		if why != "" {
			read.Rejected = append(read.Rejected, Rejected{e.N, e.Title, why})
			continue
		}
		for _, falls := range all {
			day, once := falls.Date()
			if slices.ContainsFunc(there, func(h plan.Holiday) bool { return h.Falls == falls || once && h.Falls.On(day) }) {
				read.There++
				continue
			}
			h := plan.Holiday{Falls: falls, Name: e.Title, Applies: plan.ForBoth}
			there, lines = append(there, h), append(lines, holidayLine(h))
			read.Added++
		}
	}
	read.Doc = Doc{"days": strings.Join(lines, "\n")}
	return read, nil
}

// fallings are when an event of a file comes, or why it is no holiday.
func fallings(e ical.Day) (all []civil.Falling, why string) {
	switch {
	case e.Title == "":
		return nil, "It has no name"
	case len([]rune(e.Title)) > 60:
		return nil, "Its name is longer than 60 characters"
	case strings.Contains(e.Title, "|"):
		return nil, "Its name has a | in it"
	case !e.AllDay:
		return nil, "It isn’t all day. Enter it with “closed 12:00 to 18:00” behind its names"
	case e.Left:
		return nil, "Some of its days are left out or put beside its rule. Enter them one by one"
	case e.Rule != nil && e.From != e.To:
		return nil, "It comes each year for several days. Enter each day"
	case e.Rule != nil:
		return yearly(e)
	}
	for t := e.From; !t.After(e.To); t = t.Add(24 * time.Hour) {
		if len(all) == mostDays {
			return nil, "It takes more than 31 days"
		}
		all = append(all, civil.OnDate(civil.DateIn(t, time.UTC)))
	}
	return all, ""
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// yearly reads a rule of a day each year without an end.
func yearly(e ical.Day) ([]civil.Falling, string) {
	const other = "Its rule isn’t one of each year without an end. Enter its dates"
	for key, value := range e.Rule {
		known := key == "FREQ" && value == "YEARLY" || key == "INTERVAL" && value == "1" || key == "WKST" || key == "BYMONTH" || key == "BYMONTHDAY" || key == "BYDAY"
		if !known {
			return nil, other
		}
	}
	month := e.From.Month()
	if text := e.Rule["BYMONTH"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 12 {
			return nil, other
		}
		month = time.Month(n)
	}
	byDay, byDate := e.Rule["BYDAY"], e.Rule["BYMONTHDAY"]
	switch {
	case e.Rule["FREQ"] != "YEARLY" || byDay != "" && (byDate != "" || e.Rule["BYMONTH"] == ""):
		return nil, other
	case byDay == "":
		day := e.From.Day()
		if byDate != "" {
			n, err := strconv.Atoi(byDate)
			if err != nil || n < 1 || n > 31 {
				return nil, other
			}
			day = n
		}
		return []civil.Falling{civil.OnDay(month, day, false)}, ""
	case len(byDay) < 3:
		return nil, other
	}
	which, err := strconv.Atoi(byDay[:len(byDay)-2])
	weekday := slices.Index(weekdays, byDay[len(byDay)-2:])
	if err != nil || weekday < 0 || which != -1 && (which < 1 || which > 4) {
		return nil, other
	}
	return []civil.Falling{civil.OnWeekday(which, time.Weekday(weekday), month)}, ""
}
