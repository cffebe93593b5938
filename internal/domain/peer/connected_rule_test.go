package peer

import (
	"strings"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/infra/ical"
)

// file is a calendar of events, each given as its lines.
func file(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:America/Chicago\r\nBEGIN:STANDARD\r\nDTSTART:19701101T020000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\nUID:a@x\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	return []byte(b.String() + "END:VCALENDAR\r\n")
}

func span(text string) Span {
	from, to, _ := strings.Cut(text, "/")
	parse := func(s string) time.Time {
		t, err := time.Parse("2006-01-02T15:04Z", s)
		if err != nil {
			panic(err)
		}
		return t
	}
	return Span{parse(from), parse(to)}
}

// Rules as calendar programs write them, in the weeks around Thanksgiving 2026
// (clocks are set back on November 1), in Chicago unless they say otherwise.
func TestBusyTimesOfACalendar(t *testing.T) {
	chicago, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	in := span("2026-10-25T00:00Z/2026-12-15T00:00Z")
	for name, c := range map[string]struct {
		events []string
		want   string
		unread int
	}{
		"once, in UTC":           {[]string{"DTSTART:20261124T150000Z\nDTEND:20261124T160000Z"}, "2026-11-24T15:00Z/2026-11-24T16:00Z", 0},
		"once, in a zone":        {[]string{"DTSTART;TZID=America/New_York:20261124T090000\nDURATION:PT45M"}, "2026-11-24T14:00Z/2026-11-24T14:45Z", 0},
		"once, no zone":          {[]string{"DTSTART:20261124T090000\nDTEND:20261124T093000"}, "2026-11-24T15:00Z/2026-11-24T15:30Z", 0},
		"outlook's zone":         {[]string{"DTSTART;TZID=\"Eastern Standard Time\":20261124T090000\nDTEND;TZID=\"Eastern Standard Time\":20261124T093000"}, "2026-11-24T14:00Z/2026-11-24T14:30Z", 0},
		"a zone with a path":     {[]string{"DTSTART;TZID=/freeassociation.sourceforge.net/America/Denver:20261124T090000\nDURATION:PT1H"}, "2026-11-24T16:00Z/2026-11-24T17:00Z", 0},
		"an unknown zone":        {[]string{"DTSTART;TZID=Ruritania:20261124T090000\nDURATION:PT1H"}, "2026-11-24T15:00Z/2026-11-24T16:00Z", 1},
		"a whole day":            {[]string{"DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126"}, "2026-11-24T06:00Z/2026-11-26T06:00Z", 0},
		"a day that is 25 hours": {[]string{"DTSTART;VALUE=DATE:20261101"}, "2026-11-01T05:00Z/2026-11-02T06:00Z", 0},
		"weekly, over the change of clocks": {[]string{"DTSTART;TZID=America/Chicago:20261026T090000\nDTEND;TZID=America/Chicago:20261026T100000\nRRULE:FREQ=WEEKLY;COUNT=3"},
			"2026-10-26T14:00Z/2026-10-26T15:00Z 2026-11-02T15:00Z/2026-11-02T16:00Z 2026-11-09T15:00Z/2026-11-09T16:00Z", 0},
		"two days a week, since long, until": {[]string{"DTSTART:20100104T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261028T235959Z"},
			"2026-10-26T14:00Z/2026-10-26T15:00Z 2026-10-28T14:00Z/2026-10-28T15:00Z", 0},
		"every other week from Sunday": {[]string{"DTSTART:20261025T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,SA;COUNT=4"},
			"2026-10-25T14:00Z/2026-10-25T15:00Z 2026-10-31T14:00Z/2026-10-31T15:00Z 2026-11-08T15:00Z/2026-11-08T16:00Z 2026-11-14T15:00Z/2026-11-14T16:00Z", 0},
		"the second Tuesday":    {[]string{"DTSTART:20260113T120000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=2TU"}, "2026-11-10T12:00Z/2026-11-10T13:00Z 2026-12-08T12:00Z/2026-12-08T13:00Z", 0},
		"the last workday":      {[]string{"DTSTART:20260130T120000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}, "2026-10-30T12:00Z/2026-10-30T13:00Z 2026-11-30T12:00Z/2026-11-30T13:00Z", 0},
		"the 31st":              {[]string{"DTSTART:20260131T120000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY"}, "2026-10-31T12:00Z/2026-10-31T13:00Z", 0},
		"the last of the month": {[]string{"DTSTART:20260131T120000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1"}, "2026-10-31T12:00Z/2026-10-31T13:00Z 2026-11-30T12:00Z/2026-11-30T13:00Z", 0},
		"Thanksgiving":          {[]string{"DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}, "2026-11-26T06:00Z/2026-11-27T06:00Z", 0},
		"a birthday":            {[]string{"DTSTART;VALUE=DATE:19711203\nRRULE:FREQ=YEARLY"}, "2026-12-03T06:00Z/2026-12-04T06:00Z", 0},
		"daily, one taken out, one moved": {[]string{
			"DTSTART:20261123T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261124T150000Z", "DTSTART:20261125T200000Z\nDURATION:PT1H\nRECURRENCE-ID:20261125T150000Z"},
			"2026-11-23T15:00Z/2026-11-23T16:00Z 2026-11-25T20:00Z/2026-11-25T21:00Z", 0},
		"one of a series canceled": {[]string{"DTSTART:20261123T150000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2", "DTSTART:20261124T150000Z\nRECURRENCE-ID:20261124T150000Z\nSTATUS:CANCELLED"}, "2026-11-23T15:00Z/2026-11-23T16:00Z", 0},
		"further dates":            {[]string{"DTSTART:20261123T150000Z\nDURATION:PT1H\nRDATE:20261127T150000Z,20261128T150000Z"}, "2026-11-23T15:00Z/2026-11-23T16:00Z 2026-11-27T15:00Z/2026-11-27T16:00Z 2026-11-28T15:00Z/2026-11-28T16:00Z", 0},
		"begun before":             {[]string{"DTSTART:20261020T000000Z\nDTEND:20261026T000000Z"}, "2026-10-20T00:00Z/2026-10-26T00:00Z", 0},
		"two that touch":           {[]string{"DTSTART:20261124T150000Z\nDURATION:PT1H", "DTSTART:20261124T160000Z\nDURATION:PT30M"}, "2026-11-24T15:00Z/2026-11-24T16:30Z", 0},
		"marked free":              {[]string{"DTSTART:20261124T150000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", "DTSTART:20261124T150000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", "DTSTART:20261124T150000Z\nDURATION:PT1H\nSTATUS:CANCELLED"}, "", 0},
		"our own call":             {[]string{"UID:cal_1@parley\nDTSTART:20261124T150000Z\nDURATION:PT1H"}, "", 0},
		"an alarm within":          {[]string{"BEGIN:VALARM\nDURATION:PT9H\nEND:VALARM\nDTSTART:20261124T150000Z\nDURATION:PT1H"}, "2026-11-24T15:00Z/2026-11-24T16:00Z", 0},
		"by the hour":              {[]string{"DTSTART:20261124T150000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY"}, "2026-11-24T15:00Z/2026-11-24T15:01Z", 1},
		"no such day":              {[]string{"DTSTART:20260230T150000Z\nDURATION:PT1H", "DTSTART:nonsense", "SUMMARY:no start"}, "", 3},
	} {
		blocks, unread, err := ical.ReadBlocks(file(c.events...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		spans, more, err := busyIn(blocks, in, chicago)
		var got []string
		for _, s := range spans {
			got = append(got, s.Start.UTC().Format("2006-01-02T15:04Z")+"/"+s.End.UTC().Format("2006-01-02T15:04Z"))
		}
		if strings.Join(got, " ") != c.want || unread+more != c.unread || err != nil {
			t.Errorf("%s: %s (%d unread, %v), want %s (%d)", name, got, unread+more, err, c.want, c.unread)
		}
	}
}

func TestFreeBusyLists(t *testing.T) {
	text := "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20261124T150000Z/PT1H,\n 20261125T150000Z/20261125T160000Z\nFREEBUSY;FBTYPE=FREE:20261126T150000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
	blocks, unread, err := ical.ReadBlocks([]byte(text))
	if err != nil || unread != 0 {
		t.Fatal(err, unread)
	}
	if spans, _, err := busyIn(blocks, span("2026-10-25T00:00Z/2026-12-15T00:00Z"), time.UTC); err != nil || len(spans) != 2 {
		t.Errorf("%v, %v", spans, err)
	}
}

// A calendar that was made to cost much costs a little: reading it ends.
func TestACalendarThatIsMadeToCostMuch(t *testing.T) {
	long := make([]string, 19_000)
	for i := range long {
		long[i] = "DTSTART:19000101T150000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;COUNT=9999"
	}
	began := time.Now()
	for name, text := range map[string][]byte{
		"many long rules": file(long...), "dates without end": file("DTSTART:20261124T150000Z\nRDATE:" + strings.Repeat("20261124T150000Z,", 100_000)),
		"deep": []byte(strings.Repeat("BEGIN:VCALENDAR\n", 100_000)), "one long line": []byte("BEGIN:VCALENDAR\n" + strings.Repeat(" x", 1_000_000)),
	} {
		blocks, unread, err := ical.ReadBlocks(text)
		if err == nil {
			_, unread, err = busyIn(blocks, span("2026-10-25T00:00Z/2026-12-15T00:00Z"), time.UTC)
		}
		t.Logf("%s: %d unread, %v", name, unread, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// FuzzCalendar: whatever comes, reading ends and what is found is in order,
// apart, and within reach.
func FuzzCalendar(f *testing.F) {
	f.Add(file("DTSTART:20261124T150000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1;INTERVAL=2"))
	f.Add(file("DTSTART;VALUE=DATE:20261124\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,30"))
	in := span("2026-10-25T00:00Z/2026-12-15T00:00Z")
	f.Fuzz(func(t *testing.T, text []byte) {
		blocks, _, err := ical.ReadBlocks(text)
		if err != nil {
			return
		}
		spans, _, err := busyIn(blocks, in, time.UTC)
		if err != nil {
			return
		}
		for i, s := range spans {
			if !s.Start.Before(s.End) || !s.Start.Before(in.End) || !s.End.After(in.Start) || i > 0 && !spans[i-1].End.Before(s.Start) {
				t.Fatalf("span %d: %v", i, s)
			}
		}
	})
}
