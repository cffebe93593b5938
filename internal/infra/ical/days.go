package ical

import (
	"bytes"
	"strings"
	"time"
)

// A Day is an event of a calendar of holidays, as its file writes it.
type Day struct {
	N      int    // which event of the file it is, from 1
	Title  string // in one line
	From   time.Time
	To     time.Time         // the last day of it
	AllDay bool              // else From and To mean nothing: it is at some hours, or can't be read
	Rule   map[string]string // of RRULE; nil for one that comes once
	Left   bool              // days are left out of its rule, or put beside it
}

// ReadDays reads the events of a calendar file (RFC 5545). The error is
// ErrNoCalendar, also where there are none, or ErrTooMany.
func ReadDays(file []byte) (all []Day, err error) {
	r := reader{lines: joined(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")))}
	if name, _, value, ok := r.next(); !ok || name != "BEGIN" || !strings.EqualFold(value, "VCALENDAR") {
		return nil, ErrNoCalendar
	}
	depth := 0 // within an event: 1 for its own properties, more for its alarms'
	props := map[string]string{}
	for {
		name, _, value, ok := r.next()
		switch {
		case !ok && (depth > 0 || len(all) == 0):
			return nil, ErrNoCalendar
		case !ok:
			return all, nil
		case name == "BEGIN" && (depth > 0 || strings.EqualFold(value, "VEVENT")):
			depth++
		case name == "END" && depth == 1:
			if len(all) == mostEvents {
				return nil, ErrTooMany
			}
			all = append(all, dayOf(len(all)+1, props))
			depth, props = 0, map[string]string{}
		case name == "END" && depth > 1:
			depth--
		case depth == 1:
			props[name] = value
		}
	}
}

func dayOf(n int, props map[string]string) Day {
	title := strings.ToValidUTF8(unescaped.Replace(props["SUMMARY"]), "")
	d := Day{N: n, Title: strings.Join(strings.Fields(title), " "), Left: props["EXDATE"]+props["RDATE"] != ""}
	if props["RRULE"] != "" {
		d.Rule = parts(props["RRULE"])
	}
	const form = "20060102" // a date without a time (RFC 5545, 3.3.4)
	from, err := time.Parse(form, props["DTSTART"])
	if err != nil {
		return d
	}
	d.From, d.To, d.AllDay = from, from, true
	if end, err := time.Parse(form, props["DTEND"]); err == nil && end.After(from) {
		d.To = end.Add(-24 * time.Hour) // it names the day after the last (RFC 5545, 3.6.1)
	}
	return d
}

// unescaped reads a TEXT (RFC 5545, 3.3.11).
var unescaped = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, " ", `\N`, " ", "\x00", "")
