package plan

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/words"
)

func once(day string) civil.Falling { return civil.OnDate(date(day)) }

func TestHolidaysComeAndGo(t *testing.T) {
	ctx := context.Background()
	admin := account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
	office := account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		err := d.Update(ctx, func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago"})
			if err != nil {
				return err
			}
			h := Holiday{Falls: once("2026-11-27"), Name: "Day after Thanksgiving", NameES: "Día después", Applies: ForBoth}
			if err := ChangeHoliday(ctx, tx, office, p.ID, h, AddHoliday, "x"); !fault.Is(err, fault.Denied) {
				t.Errorf("an office: %v", err)
			}
			if err := ChangeHoliday(ctx, tx, admin, "pln_none", h, AddHoliday, "x"); !fault.Is(err, fault.NotFound) {
				t.Errorf("no such plan: %v", err)
			}
			for name, c := range map[string]struct {
				h     Holiday
				do    HolidayDeed
				why   string
				field string
			}{
				"no day":         {Holiday{Name: "x"}, AddHoliday, "x", "day"},
				"no name":        {Holiday{Falls: h.Falls}, AddHoliday, "x", "name"},
				"no Spanish":     {Holiday{Falls: h.Falls, Name: "x"}, AddHoliday, "x", "name_es"},
				"for nothing":    {Holiday{Falls: h.Falls, Name: "x"}, AddHoliday, "x", "applies"},
				"backwards":      {Holiday{Falls: h.Falls, Shut: civil.Hours{Open: 700, Close: 600}}, AddHoliday, "x", "closed"},
				"no reason":      {h, AddHoliday, " ", "why"},
				"one that isn't": {h, RemoveHoliday, "x", "day"},
			} {
				if err := ChangeHoliday(ctx, tx, admin, p.ID, c.h, c.do, c.why); fault.Of(err).Fields[c.field] == "" {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, AddHoliday, "Asked for."); err != nil {
				return err
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, AddHoliday, "Again."); fault.Of(err).Fields["day"] == "" {
				t.Errorf("twice: %v", err)
			}
			h.NameES, h.Shut = "El día después", civil.Hours{Open: 720, Close: 1080}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, AlterHoliday, "Half a day."); err != nil {
				return err
			}
			if all, err := HolidaysOf(ctx, tx, p.ID); err != nil || len(all) != 1 || all[0] != h {
				t.Errorf("%v, %v", all, err)
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, RemoveHoliday, "A mistake."); err != nil {
				return err
			}
			all, err := HolidaysOf(ctx, tx, p.ID)
			if len(all) != 0 {
				t.Errorf("it is still there: %v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Clocks and calls each know the holidays that apply to them; a rule holds in
// every year to come, and takes the place of a date on it.
func TestWhatAHolidayAppliesTo(t *testing.T) {
	ctx := context.Background()
	by := account.Program()
	friday, err := civil.ParseFalling("last Friday of August")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		err := d.Update(ctx, func(tx *db.Tx) error {
			p, err := Save(ctx, tx, by, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago"})
			if err != nil {
				return err
			}
			for _, h := range []Holiday{
				{Falls: friday, Name: "Summer day", NameES: "Día de verano", Applies: ForBoth},
				{Falls: once("2026-12-01"), Name: "For clocks", Applies: ForClocks},
				{Falls: once("2026-12-02"), Name: "For calls", Applies: ForCalls},
				{Falls: once("2026-12-03"), Name: "Half", Applies: ForBoth, Shut: civil.Hours{Open: 720, Close: 1080}},
			} {
				if err := Close(ctx, tx, by, p.ID, h); err != nil {
					return err
				}
			}
			clocks, err := CalendarOf(ctx, tx, p)
			if err != nil {
				return err
			}
			calls, err := CallCalendarOf(ctx, tx, p)
			if err != nil {
				return err
			}
			for day, want := range map[string][2]bool{"2026-08-28": {}, "2035-08-31": {}, "2026-12-01": {false, true}, "2026-12-02": {true, false}, "2026-12-03": {true, true}} {
				if got := [2]bool{clocks.IsBusinessDay(date(day)), calls.IsBusinessDay(date(day))}; got != want {
					t.Errorf("%s: business for clocks and calls %v", day, got)
				}
			}
			if hours, name, ok := calls.Shut(date("2026-12-03")); !ok || hours.Open != 720 || name.String() != "Half" {
				t.Errorf("half a day: %v %v", hours, ok)
			}
			if name, _ := clocks.Holiday(date("2027-08-27")); name.In(words.Spanish) != "Día de verano" || name.In(words.English) != "Summer day" {
				t.Errorf("called %s", name.In(words.Spanish))
			}
			if name, _ := clocks.Holiday(date("2026-12-01")); name.In(words.Spanish) != "For clocks" {
				t.Errorf("without a name in Spanish it is called %s", name.In(words.Spanish))
			}
			late := Holiday{Falls: once("2027-08-27"), Name: "x", NameES: "x", Applies: ForBoth}
			if err := CheckHoliday(ctx, tx, p.ID, late, AddHoliday, "x"); fault.Of(err).Fields["day"] != "This date is already in the list" {
				t.Errorf("a date that a rule has: %v", err)
			}
			return CheckHoliday(ctx, tx, p.ID, Holiday{Falls: once("2027-08-26"), Name: "x", NameES: "x", Applies: ForBoth}, AddHoliday, "x")
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSharedHolidays(t *testing.T) {
	rule := civil.OnDay(time.November, 11, false)
	one := civil.Holidays{{Falls: once("2026-11-27"), Name: "x"}, {Falls: once("2026-11-11"), Name: "x"}, {Falls: rule, Name: "x"}}
	two := civil.Holidays{{Falls: rule, Name: "x"}, {Falls: once("2026-12-24"), Name: "x"}}
	c := civil.Calendar{Holidays: common([]civil.Holidays{one, two})}
	for day, open := range map[string]bool{"2026-11-11": false, "2027-11-11": false, "2026-11-27": true, "2026-12-24": true} {
		if c.IsBusinessDay(date(day)) != open {
			t.Errorf("%s is open: %v", day, !open)
		}
	}
}
