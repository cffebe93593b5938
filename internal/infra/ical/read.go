package ical

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// What is read of other people's calendars is when they are busy, and nothing
// else: no titles, places or guests. Reading stops at limits, so that a file
// that was made to be large costs no more than a large one.
const (
	mostEvents = 20_000
	mostDates  = 2_000 // in one list of dates
	mostDepth  = 8     // components within components
)

// Errors that say what is wrong with a file.
var (
	ErrNoCalendar = errors.New("this isn't a calendar file")
	ErrTooMany    = errors.New("the calendar has too many events to read")
)

// A Moment is a time as a calendar writes it: in UTC, in a named zone, or in
// whatever zone its reader is in.
type Moment struct {
	Year, Month, Day int
	Second           int    // of the day
	Zone             string // as written; "" for none
	UTC, AllDay      bool
}

// A Block is something that keeps a person busy, as its calendar writes it.
type Block struct {
	UID      string
	Start    Moment
	End      *Moment       // nil where Length says how long it takes
	Length   time.Duration // 0 with no End: an instant, or a whole day if Start is one
	Rule     map[string]string
	Rules    int      // how many rules it has; more than one is not understood
	Besides  []Moment // further times it takes place
	Except   []Moment // times of the rule at which it doesn't
	Instead  *Moment  // this stands for the one of its UID at this time; nil for a whole series
	Free     bool     // it keeps nobody busy: canceled, or marked as free
	odd      bool     // something in it can't be read
	hasStart bool
}

// ReadBlocks reads when a calendar says that somebody is busy: events, and
// lists of busy times. unread is how many of them could not be read.
func ReadBlocks(file []byte) (all []Block, unread int, err error) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	r := reader{lines: joined(file)}
	if name, _, value, ok := r.next(); !ok || name != "BEGIN" || !strings.EqualFold(value, "VCALENDAR") {
		return nil, 0, ErrNoCalendar
	}
	err = r.component("VCALENDAR", 0)
	return r.blocks, r.unread, err
}

type reader struct {
	lines  []string
	blocks []Block
	unread int
}

// joined joins lines that were folded (RFC 5545, 3.1).
func joined(file []byte) []string {
	var all []string
	for len(file) > 0 {
		line := file
		if i := bytes.IndexByte(file, '\n'); i >= 0 {
			line, file = file[:i], file[i+1:]
		} else {
			file = nil
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && len(all) > 0 {
			if len(all[len(all)-1]) < 1<<20 {
				all[len(all)-1] += string(line[1:])
			}
			continue
		}
		if len(line) > 0 {
			all = append(all, string(line))
		}
	}
	return all
}

// next takes a line apart: its name, its parameters, its value.
func (r *reader) next() (name string, params map[string]string, value string, ok bool) {
	for len(r.lines) > 0 {
		line := r.lines[0]
		r.lines = r.lines[1:]
		quoted, colon := false, -1
		for i := 0; i < len(line) && colon < 0; i++ {
			switch line[i] {
			case '"':
				quoted = !quoted
			case ':':
				if !quoted {
					colon = i
				}
			}
		}
		if colon < 0 {
			continue
		}
		parts := strings.Split(line[:colon], ";") // what is quoted and has a semicolon names no zone
		params = map[string]string{}
		for _, p := range parts[1:] {
			key, v, _ := strings.Cut(p, "=")
			params[strings.ToUpper(key)] = strings.Trim(v, `"`)
		}
		return strings.ToUpper(parts[0]), params, strings.TrimSpace(line[colon+1:]), true
	}
	return "", nil, "", false
}

// component reads up to its END. Alarms and zones within are passed over.
func (r *reader) component(kind string, depth int) error {
	var b Block
	for {
		name, params, value, ok := r.next()
		switch {
		case !ok:
			if kind == "VCALENDAR" {
				return nil // cut off at its end: what came is what there is
			}
			return ErrNoCalendar
		case name == "BEGIN" && depth >= mostDepth:
			return ErrNoCalendar
		case name == "BEGIN":
			if err := r.component(strings.ToUpper(value), depth+1); err != nil {
				return err
			}
		case name == "END":
			if kind == "VEVENT" {
				return r.keep(b)
			}
			return nil
		case kind == "VEVENT":
			b.take(name, params, value)
		case kind == "VFREEBUSY" && name == "FREEBUSY":
			if err := r.busy(params, value); err != nil {
				return err
			}
		}
	}
}

func (r *reader) keep(b Block) error {
	if b.odd || !b.hasStart {
		r.unread++
		return nil
	}
	if len(r.blocks) >= mostEvents {
		return ErrTooMany
	}
	r.blocks = append(r.blocks, b)
	return nil
}

// take reads one property of an event.
func (b *Block) take(name string, params map[string]string, value string) {
	switch name {
	case "UID":
		b.UID = value
	case "DTSTART":
		b.Start, b.hasStart = b.moment(params, value), true
	case "DTEND":
		m := b.moment(params, value)
		b.End = &m
	case "DURATION":
		b.Length = b.duration(value)
	case "RRULE":
		b.Rules++
		b.Rule = parts(value)
	case "RDATE":
		b.Besides = append(b.Besides, b.moments(params, value)...)
	case "EXDATE":
		b.Except = append(b.Except, b.moments(params, value)...)
	case "RECURRENCE-ID":
		m := b.moment(params, value)
		b.Instead = &m
	case "STATUS":
		b.Free = b.Free || strings.EqualFold(value, "CANCELLED")
	case "TRANSP":
		b.Free = b.Free || strings.EqualFold(value, "TRANSPARENT")
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		b.Free = b.Free || strings.EqualFold(value, "FREE")
	}
}

// busy reads a list of busy times.
func (r *reader) busy(params map[string]string, value string) error {
	if strings.EqualFold(params["FBTYPE"], "FREE") {
		return nil
	}
	for period := range strings.SplitSeq(value, ",") {
		var b Block
		from, to, _ := strings.Cut(period, "/")
		b.Start, b.hasStart = b.moment(nil, from), true
		if strings.HasPrefix(to, "P") {
			b.Length = b.duration(to)
		} else {
			m := b.moment(nil, to)
			b.End = &m
		}
		if err := r.keep(b); err != nil {
			return err
		}
	}
	return nil
}

func (b *Block) moments(params map[string]string, value string) (all []Moment) {
	for text := range strings.SplitSeq(value, ",") {
		if len(all) == mostDates {
			b.odd = true
			return all
		}
		text, _, _ = strings.Cut(text, "/") // a period: when it begins
		all = append(all, b.moment(params, text))
	}
	return all
}

// moment reads 20261124, 20261124T090000 or 20261124T140000Z.
func (b *Block) moment(params map[string]string, text string) Moment {
	m := Moment{Zone: params["TZID"]}
	text = strings.TrimSpace(text)
	if day, utc := strings.CutSuffix(text, "Z"); utc {
		text, m.UTC = day, true
	}
	day, clock, timed := strings.Cut(text, "T")
	m.AllDay = !timed
	if len(day) != 8 || timed && len(clock) != 6 {
		b.odd = true
		return m
	}
	n := func(s string) int {
		v, err := strconv.Atoi(s)
		b.odd = b.odd || err != nil || v < 0
		return v
	}
	m.Year, m.Month, m.Day = n(day[:4]), n(day[4:6]), n(day[6:])
	if timed {
		h, minute, s := n(clock[:2]), n(clock[2:4]), n(clock[4:])
		b.odd = b.odd || h > 23 || minute > 59 || s > 60
		m.Second = h*3600 + minute*60 + min(s, 59)
	}
	return m
}

// duration reads P1DT2H30M and its like (3.3.6). What is negative keeps nobody
// busy.
func (b *Block) duration(text string) time.Duration {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(text), "+"), "P")
	var d time.Duration
	n, digits := 0, 0
	for i := 0; ok && i < len(rest); i++ {
		switch c := rest[i]; {
		case c >= '0' && c <= '9' && digits < 6:
			n, digits = n*10+int(c-'0'), digits+1
			continue
		case c == 'T':
		default:
			unit := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}[c]
			ok = unit > 0 && digits > 0
			d += time.Duration(n) * unit
		}
		n, digits = 0, 0
	}
	b.odd = b.odd || !ok || d < 0
	return d
}

// parts are those of a rule: "FREQ=WEEKLY;BYDAY=MO,WE".
func parts(value string) map[string]string {
	all := map[string]string{}
	for p := range strings.SplitSeq(strings.ToUpper(value), ";") {
		if key, v, ok := strings.Cut(p, "="); ok {
			all[key] = v
		}
	}
	return all
}
