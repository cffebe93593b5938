// Package ical writes invitations that calendar programs act on: iTIP
// messages (RFC 5546) of one event each (RFC 5545).
//
// We write them ourselves because what exists breaks on our commonest name,
// "Jane Doe, MD", or on our commonest line, a long one. The package's tests
// read everything back with two independent parsers.
package ical

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Method says what a calendar program should do with the event.
type Method string

const (
	Request Method = "REQUEST" // enter it, or change the entry with the same UID
	Cancel  Method = "CANCEL"  // strike the entry with the same UID
)

// status is the state in which each method leaves the event.
var status = map[Method]string{Request: "CONFIRMED", Cancel: "CANCELLED"}

// An Address is someone's name and email address.
type Address struct{ Name, Email string }

// An Event is one entry in the calendars of those invited. All messages about
// it carry the same UID and Organizer, and each a higher Sequence than the one
// before: programs ignore a message that does not.
type Event struct {
	UID      string
	Sequence int
	Method   Method

	Start, End time.Time
	Stamp      time.Time // when what the message tells happened

	Summary, Description, Location, URL string

	Organizer   Address
	Attendees   []Address
	AlarmBefore time.Duration // how long before Start to remind; 0 for no reminder
}

// Bytes returns the message, the content of a text/calendar part in UTF-8.
//
// Times are in UTC. A single event needs no zone, and the definition of one
// is what importers most often stumble over.
func (e Event) Bytes() []byte {
	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Parley//Parley//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:" + string(e.Method))
	e.event(&w)
	w.line("END:VCALENDAR")
	return w.Bytes()
}

// Feed returns a calendar of events for programs that read it again and again
// from an address: published, to nobody in particular. Of the events it takes
// what an entry shows.
func Feed(name string, events []Event) []byte {
	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Parley//Parley//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	w.text("NAME", name) // RFC 7986
	w.text("X-WR-CALNAME", name)
	w.line("REFRESH-INTERVAL;VALUE=DURATION:PT15M")
	for _, e := range events {
		e.entry(&w)
		w.line("END:VEVENT")
	}
	w.line("END:VCALENDAR")
	return w.Bytes()
}

func (e Event) event(w *writer) {
	e.entry(w)
	w.line("ORGANIZER" + name(e.Organizer) + ":" + mailto(e.Organizer.Email))
	for _, a := range e.Attendees {
		w.line("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE" + name(a) + ":" + mailto(a.Email))
	}
	if e.AlarmBefore > 0 && e.Method == Request {
		e.alarm(w)
	}
	w.line("END:VEVENT")
}

// entry is what every event shows, without its end.
func (e Event) entry(w *writer) {
	w.line("BEGIN:VEVENT")
	w.text("UID", e.UID)
	w.line("SEQUENCE:" + strconv.Itoa(e.Sequence))
	w.line("DTSTAMP:" + utc(e.Stamp))
	w.line("DTSTART:" + utc(e.Start))
	w.line("DTEND:" + utc(e.End))
	w.line("STATUS:" + cmp.Or(status[e.Method], "CONFIRMED"))
	w.line("TRANSP:OPAQUE")
	w.text("SUMMARY", e.Summary)
	w.text("DESCRIPTION", e.Description)
	w.text("LOCATION", e.Location)
	if link := uri(e.URL); link != "" {
		w.line("URL:" + link)
	}
}

func (e Event) alarm(w *writer) {
	w.line("BEGIN:VALARM")
	w.line("ACTION:DISPLAY")
	w.text("DESCRIPTION", cmp.Or(clean(e.Summary), "Reminder")) // required of an alarm
	w.line("TRIGGER:-PT" + strconv.Itoa(int(e.AlarmBefore/time.Minute)) + "M")
	w.line("END:VALARM")
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// name returns the CN parameter, quoted as a comma, semicolon or colon in it
// demands; a quotation mark and a caret are written as RFC 6868 says.
func name(a Address) string {
	cn := oneLine(a.Name)
	if cn == "" {
		return ""
	}
	return `;CN="` + strings.NewReplacer("^", "^^", `"`, "^'").Replace(cn) + `"`
}

// oneLine returns a name without line ends, and without backslashes: half of
// all programs take one in a parameter for an escape, against the RFC.
func oneLine(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(clean(name), `\`, " ")), " ")
}

// mailto returns the address as a URI. RFC 6068 lets few characters of an
// address stand for themselves; others are percent-encoded.
func mailto(email string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	for _, c := range []byte(strings.TrimSpace(clean(email))) {
		if isAlphanumeric(c) || strings.IndexByte("!$'*+-._~@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// uri drops what cannot stand in an address, so that no line can end early.
func uri(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, clean(s))
}

// clean returns s as valid UTF-8 in which every line end is "\n" and no other
// control character is left but the tab.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		}
		return r
	}, s)
}

// A writer writes content lines.
type writer struct{ bytes.Buffer }

var escape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// text writes a property of type TEXT, unless there is nothing to say.
func (w *writer) text(property, value string) {
	if value = clean(value); value != "" {
		w.line(property + ":" + escape.Replace(value))
	}
}

// line writes one content line, folded so that no line has more than 75
// octets (RFC 5545, 3.1) and none breaks within a character.
func (w *writer) line(s string) {
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74 // the space that marks a continuation counts
	}
	w.WriteString(s + "\r\n")
}
