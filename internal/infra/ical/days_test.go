package ical

import (
	"testing"
	"time"
)

// Whatever a file holds, reading it ends without a fault, and a day that is
// all day has its days in order.
func FuzzReadDays(f *testing.F) {
	f.Add([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nRRULE:FREQ=YEARLY;BYMONTH=12\r\nSUMMARY:A\\, b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	f.Add([]byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261224T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		all, err := ReadDays(file)
		if (err == nil) != (len(all) > 0) {
			t.Fatalf("%d days, and %v", len(all), err)
		}
		for i, d := range all {
			if d.N != i+1 || d.AllDay && (d.From.IsZero() || d.To.Before(d.From) || d.From.Location() != time.UTC) {
				t.Fatalf("%+v", d)
			}
		}
	})
}
