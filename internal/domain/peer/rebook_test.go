package peer

import (
	"testing"
	"time"

	"parley/internal/domain/civil"
)

// A call finds the next day that has a free time, close to its own time of day.
func TestTheNextDayForACall(t *testing.T) {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, minute int) Slot {
		return Slot{Start: civil.Start(civil.Date{Year: 2026, Month: 11, Day: day}, minute, loc), Minutes: 30}
	}
	was := at(24, 13*60).Start
	end := civil.EndOfDay(civil.Date{Year: 2026, Month: 11, Day: 24}, loc)
	for name, c := range map[string]struct {
		slots []Slot
		want  time.Time
	}{
		"none":                     {[]Slot{at(23, 13*60), at(24, 14*60)}, time.Time{}},
		"closest of the first day": {[]Slot{at(24, 14*60), at(25, 9*60), at(25, 12*60+30), at(25, 15*60), at(26, 13*60)}, at(25, 12*60+30).Start},
		"not the exact time later": {[]Slot{at(25, 16*60), at(27, 13*60)}, at(25, 16*60).Start},
	} {
		got, ok := nextDay(c.slots, was, end, loc)
		if ok != !c.want.IsZero() || !got.Start.Equal(c.want) {
			t.Errorf("%s: %v %v", name, got.Start, ok)
		}
	}
}
