package config

import (
	"errors"
	"strings"
	"testing"

	"parley/internal/infra/ical"
)

// What a calendar program writes of holidays becomes lines of the list; what
// can't is named, with why.
func TestACalendarFileAddsHolidays(t *testing.T) {
	file := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
SUMMARY:Christmas break
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261127
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
SUMMARY:Thanksgiving\, again
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20260828
RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=-1FR
SUMMARY:Summer day
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20260704
RRULE:FREQ=YEARLY
SUMMARY:Independence Day
END:VEVENT
BEGIN:VEVENT
UID:5
DTSTAMP:20261101T000000Z
DTSTART:20261224T120000Z
DTEND:20261224T180000Z
SUMMARY:Half a day
END:VEVENT
BEGIN:VEVENT
UID:6
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261201
RRULE:FREQ=MONTHLY
SUMMARY:First of the month
END:VEVENT
BEGIN:VEVENT
UID:7
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261202
END:VEVENT
BEGIN:VEVENT
UID:8
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20270101
RRULE:FREQ=YEARLY;UNTIL=20300101
SUMMARY:For some years
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	got, err := AddFile(Doc{"days": "4th Thursday of November: Thanksgiving | Día de Acción de Gracias\n2026-12-25 Christmas | Navidad"}, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	const want = `4th Thursday of November: Thanksgiving | Día de Acción de Gracias
2026-12-25 Christmas | Navidad
2026-12-24 Christmas break
2026-12-26 Christmas break
last Friday of August: Summer day
July 4: Independence Day`
	if got.Doc["days"] != want || got.Added != 4 || got.There != 2 {
		t.Errorf("%d added, %d there:\n%s", got.Added, got.There, got.Doc["days"])
	}
	var all []string
	for _, r := range got.Rejected {
		all = append(all, r.Title+": "+r.Why)
	}
	if said := strings.Join(all, "\n"); len(all) != 4 || got.Rejected[0].N != 5 || !strings.Contains(said, "Half a day: It isn’t all day") || !strings.Contains(said, ": It has no name") || strings.Count(said, "Its rule isn’t one of each year") != 2 {
		t.Errorf("rejected:\n%s", said)
	}
	for _, none := range []string{"", "hello", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT"} {
		if _, err := AddFile(Doc{}, []byte(none)); !errors.Is(err, ical.ErrNoCalendar) {
			t.Errorf("%q: %v", none, err)
		}
	}
}
