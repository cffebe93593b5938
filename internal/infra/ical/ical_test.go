package ical

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	arran "github.com/arran4/golang-ical"
	emersion "github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"
)

func call() Event {
	at := time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC)
	return Event{
		UID: "p2p_0192-office@parley.example", Sequence: 3, Method: Request,
		Start: at, End: at.Add(30 * time.Minute), Stamp: at.Add(-72 * time.Hour),
		Summary:     "Peer-to-peer call, Tue, Nov 24, 9:30 AM CT",
		Description: "Reference P 551 900 2348.\nWe call (800) 555-0199; have the file at hand, and \\ or / is fine.",
		Location:    "By phone", URL: "https://parley.example/p2p/p2p_0192?from=mail",
		Organizer:   Address{"Scheduling", "scheduling@parley.example"},
		Attendees:   []Address{{"Jane Doe, MD", "jane.doe@office.example"}, {`Al "Bo" O'Hara; PA-C`, "al.o'hara+p2p@office.example"}},
		AlarmBefore: 15 * time.Minute,
	}
}

func TestRequest(t *testing.T) {
	want := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Parley//Parley//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
UID:p2p_0192-office@parley.example
SEQUENCE:3
DTSTAMP:20261121T153000Z
DTSTART:20261124T153000Z
DTEND:20261124T160000Z
STATUS:CONFIRMED
TRANSP:OPAQUE
SUMMARY:Peer-to-peer call\, Tue\, Nov 24\, 9:30 AM CT
DESCRIPTION:Reference P 551 900 2348.\nWe call (800) 555-0199\; have the fi
 le at hand\, and \\ or / is fine.
LOCATION:By phone
URL:https://parley.example/p2p/p2p_0192?from=mail
ORGANIZER;CN="Scheduling":mailto:scheduling@parley.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 FALSE;CN="Jane Doe, MD":mailto:jane.doe@office.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 FALSE;CN="Al ^'Bo^' O'Hara; PA-C":mailto:al.o'hara+p2p@office.example
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Peer-to-peer call\, Tue\, Nov 24\, 9:30 AM CT
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	if diff := cmp.Diff(want, string(call().Bytes())); diff != "" {
		t.Error(diff)
	}
}

func TestCancelStrikesTheEntryAndRingsNoAlarm(t *testing.T) {
	e := call()
	e.Method, e.Sequence = Cancel, 4
	text := string(e.Bytes())
	for _, line := range []string{"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4", "UID:p2p_0192-office@parley.example"} {
		if !strings.Contains(text, line+"\r\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	if strings.Contains(text, "VALARM") {
		t.Error("a cancelled call would still ring")
	}
}

func TestZonesAreNeverNeeded(t *testing.T) {
	e := call()
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	want := string(e.Bytes())
	e.Start, e.End, e.Stamp = e.Start.In(chicago), e.End.In(chicago), e.Stamp.In(chicago)
	if got := string(e.Bytes()); got != want || strings.Contains(got, "TZ") {
		t.Errorf("a time's location changed the message:\n%s", got)
	}
}

// What a person types must not become a line of its own.
func TestNothingTypedBecomesAProperty(t *testing.T) {
	e := call()
	evil := "x\r\nATTENDEE:mailto:evil@example.com\rSTATUS:CANCELLED\nX:1\u2028Y:2\u0085Z:3\x00\x1b\x7f"
	e.UID, e.Summary, e.Description, e.Location = evil, evil, evil, evil
	e.URL = "https://parley.example/\r\nX-EVIL:1 2"
	e.Organizer = Address{evil, "a@b.example\r\nX-EVIL:1"}
	e.Attendees = []Address{{evil, `x" <a>@b.example:;,?%` + evil}}
	text := string(e.Bytes())
	wellFormed(t, text)
	for _, line := range strings.Split(unfold(text), "\r\n") {
		for _, bad := range []string{"X:", "Y:", "Z:", "X-EVIL", "ATTENDEE:"} {
			if strings.HasPrefix(line, bad) {
				t.Errorf("a line of its own: %q", line)
			}
		}
	}
	readBack(t, e)
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		" \t ":                 "",
		"Jane Doe":             `;CN="Jane Doe"`,
		"Jane  Doe,\r\n MD":    `;CN="Jane Doe, MD"`,
		`"Bo" ^ Hara`:          `;CN="^'Bo^' ^^ Hara"`,
		"Zoë Núñez: DO; FAAFP": `;CN="Zoë Núñez: DO; FAAFP"`,
		`back\slash`:           `;CN="back slash"`,
		"bad \xff byte":        `;CN="bad ` + "\uFFFD" + ` byte"`,
	} {
		if got := name(Address{Name: in}); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestFoldingKeepsCharactersWhole(t *testing.T) {
	for _, letter := range []string{"x", "é", "測", "🩺"} {
		for n := 60; n < 240; n++ {
			e := call()
			e.Summary = strings.Repeat(letter, n)
			text := string(e.Bytes())
			wellFormed(t, text)
			if !strings.Contains(unfold(text), "SUMMARY:"+e.Summary+"\r\n") {
				t.Fatalf("%d times %q did not survive folding", n, letter)
			}
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("Call, Tue; 9:30", "a\nb\\n", `Doe "J", MD`, "j@x.example", "https://x.example/?a=b,c")
	f.Add("", "", "", "", "")
	f.Add("\r\n\x00é\xff", "^n^'^^", "^", "a b%@x", "\n")
	f.Fuzz(func(t *testing.T, summary, description, cn, email, link string) {
		e := call()
		e.Summary, e.Description, e.URL = summary, description, link
		e.Attendees = []Address{{cn, email}}
		e.Location = cn
		wellFormed(t, string(e.Bytes()))
		readBack(t, e)
	})
}

// wellFormed checks what RFC 5545, 3.1 asks of every content line.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") || !utf8.ValidString(text) {
		t.Fatalf("not the text of a calendar: %q", text)
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") || line == "" {
			t.Fatalf("not a content line: %q", line)
		}
		for _, r := range line {
			if r < ' ' && r != '\t' || r == 0x7f {
				t.Fatalf("a control character in %q", line)
			}
		}
	}
}

func unfold(text string) string { return strings.ReplaceAll(text, "\r\n ", "") }

// understood is what a calendar program makes of a message.
type understood struct {
	UID, Method, Status, Sequence       string
	Start, End                          time.Time
	Summary, Description, Location, URL string
	Names, Emails                       []string // of the organizer, then of those invited
	Alarms                              int
}

// readBack has two independent parsers read e, and compares what each
// understood with what was meant.
func readBack(t *testing.T, e Event) {
	t.Helper()
	want := meant(e)
	if diff := cmp.Diff(want, readArran(t, e.Bytes())); diff != "" {
		t.Errorf("arran4 reads otherwise:\n%s\n%s", diff, e.Bytes())
	}
	if diff := cmp.Diff(want, readEmersion(t, e.Bytes())); diff != "" {
		t.Errorf("emersion reads otherwise:\n%s\n%s", diff, e.Bytes())
	}
}

func meant(e Event) understood {
	u := understood{
		UID: clean(e.UID), Method: string(e.Method), Status: status[e.Method], Sequence: "3",
		Start: e.Start, End: e.End,
		Summary: clean(e.Summary), Description: clean(e.Description), Location: clean(e.Location), URL: uri(e.URL),
	}
	for _, a := range append([]Address{e.Organizer}, e.Attendees...) {
		u.Names = append(u.Names, oneLine(a.Name))
		u.Emails = append(u.Emails, strings.TrimSpace(clean(a.Email)))
	}
	if e.Method == Request && e.AlarmBefore > 0 {
		u.Alarms = 1
	}
	return u
}

// decodeParam undoes RFC 6868, which neither parser knows.
func decodeParam(s string) string {
	return strings.NewReplacer("^^", "^", "^'", `"`, "^n", "\n").Replace(s)
}

func email(t *testing.T, uri string) string {
	address, err := url.PathUnescape(strings.TrimPrefix(uri, "mailto:"))
	if err != nil || !strings.HasPrefix(uri, "mailto:") {
		t.Errorf("%q is no mailto URI: %v", uri, err)
	}
	return address
}

func readEmersion(t *testing.T, text []byte) (u understood) {
	cal, err := emersion.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("emersion: %v\n%s", err, text)
	}
	if len(cal.Children) != 1 || len(cal.Events()) != 1 {
		t.Fatalf("emersion finds %d components", len(cal.Children))
	}
	ev := cal.Events()[0]
	get := func(props emersion.Props, name string) string {
		p := props.Get(name)
		if p == nil {
			return ""
		}
		if p.ValueType() != emersion.ValueText {
			return p.Value
		}
		text, err := p.Text()
		if err != nil {
			t.Errorf("emersion: %s: %v", name, err)
		}
		return text
	}
	u.UID, u.Method, u.Status = get(ev.Props, "UID"), get(cal.Props, "METHOD"), get(ev.Props, "STATUS")
	u.Sequence, u.Summary, u.Description = get(ev.Props, "SEQUENCE"), get(ev.Props, "SUMMARY"), get(ev.Props, "DESCRIPTION")
	u.Location, u.URL = get(ev.Props, "LOCATION"), get(ev.Props, "URL")
	if u.Start, err = ev.DateTimeStart(time.UTC); err != nil {
		t.Error(err)
	}
	if u.End, err = ev.DateTimeEnd(time.UTC); err != nil {
		t.Error(err)
	}
	for _, p := range append(ev.Props.Values("ORGANIZER"), ev.Props.Values("ATTENDEE")...) {
		u.Names = append(u.Names, decodeParam(p.Params.Get("CN")))
		u.Emails = append(u.Emails, email(t, p.Value))
	}
	for _, c := range ev.Children {
		if c.Name == "VALARM" {
			u.Alarms++
		}
	}
	return u
}

func readArran(t *testing.T, text []byte) (u understood) {
	cal, err := arran.ParseCalendar(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("arran4: %v\n%s", err, text)
	}
	if len(cal.Components) != 1 || len(cal.Events()) != 1 {
		t.Fatalf("arran4 finds %d components", len(cal.Components))
	}
	ev := cal.Events()[0]
	get := func(name arran.ComponentProperty) string {
		if p := ev.GetProperty(name); p != nil {
			return p.Value
		}
		return ""
	}
	for _, p := range cal.CalendarProperties {
		if p.IANAToken == "METHOD" {
			u.Method = p.Value
		}
	}
	u.UID, u.Status = get(arran.ComponentPropertyUniqueId), get(arran.ComponentPropertyStatus)
	u.Sequence, u.Summary, u.Description = get(arran.ComponentPropertySequence), get(arran.ComponentPropertySummary), get(arran.ComponentPropertyDescription)
	u.Location, u.URL = get(arran.ComponentPropertyLocation), get(arran.ComponentPropertyUrl)
	if u.Start, err = ev.GetStartAt(); err != nil {
		t.Error(err)
	}
	if u.End, err = ev.GetEndAt(); err != nil {
		t.Error(err)
	}
	for _, p := range append(ev.GetProperties(arran.ComponentPropertyOrganizer), ev.GetProperties(arran.ComponentPropertyAttendee)...) {
		cn := ""
		if values := p.ICalParameters["CN"]; len(values) > 0 {
			cn = values[0]
		}
		u.Names = append(u.Names, decodeParam(cn))
		u.Emails = append(u.Emails, email(t, p.Value))
	}
	u.Alarms = len(ev.Alarms())
	return u
}
