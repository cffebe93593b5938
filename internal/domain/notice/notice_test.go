package notice

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var (
	admin  = account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
	office = account.Actor{ID: "per_o", Name: "Maria", Seats: []account.Seat{{Role: account.OfficeStaff, OrganizationID: "org_1"}}}
)

func date(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestWhomAnAnnouncementConcerns(t *testing.T) {
	reach := []account.Scope{{PlanID: "pln_1", ProgramID: "prg_1"}}
	for name, c := range map[string]struct {
		a    Announcement
		want bool
	}{
		"everyone":           {Announcement{}, true},
		"their role":         {Announcement{Roles: []string{"office staff"}}, true},
		"another role":       {Announcement{Roles: []string{"auditor"}}, false},
		"their office":       {Announcement{Organizations: []string{"org_2", "org_1"}}, true},
		"another office":     {Announcement{Organizations: []string{"org_2"}}, false},
		"their plan":         {Announcement{Plans: []string{"pln_1"}}, true},
		"another plan":       {Announcement{Plans: []string{"pln_2"}}, false},
		"plan, not program":  {Announcement{Plans: []string{"pln_1"}, Programs: []string{"prg_2"}}, false},
		"plan but not role":  {Announcement{Plans: []string{"pln_1"}, Roles: []string{"auditor"}}, false},
		"program and office": {Announcement{Programs: []string{"prg_1"}, Organizations: []string{"org_1"}}, true},
	} {
		if got := c.a.Concerns(office, reach); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !(Announcement{Plans: []string{"pln_2"}}).Concerns(admin, []account.Scope{{}}) {
		t.Error("staff of every plan don't hear of one")
	}
}

func TestWhenMaintenanceIsNext(t *testing.T) {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	sunday := Window{Weekday: 0, Opens: 750, Closes: 780, Zone: "America/Chicago", From: date("2026-11-01"), To: date("2026-11-29")}
	at := func(day string, minute int) time.Time { return civil.Start(date(day), minute, loc) }
	for name, c := range map[string]struct {
		now, want time.Time
	}{
		"before it ever was":     {at("2026-10-02", 0), at("2026-11-01", 750)},
		"on the day it is":       {at("2026-11-22", 700), at("2026-11-22", 750)},
		"while it is":            {at("2026-11-22", 760), at("2026-11-22", 750)},
		"after it, on the day":   {at("2026-11-22", 780), at("2026-11-29", 750)},
		"after daylight changes": {at("2026-10-31", 1400), at("2026-11-01", 750)},
	} {
		if s, ok := sunday.Next(c.now); !ok || !s.Start.Equal(c.want) || s.End.Sub(s.Start) != 30*time.Minute {
			t.Errorf("%s: %v %v, want %v", name, s, ok, c.want)
		}
	}
	if s, ok := sunday.Next(at("2026-11-29", 780)); ok {
		t.Errorf("after the last: %v", s)
	}
}

func TestMaintenanceStopsWhatItSays(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		starts, ends := dbtest.Clock.Add(time.Hour), dbtest.Clock.Add(2*time.Hour)
		w := Window{Weekday: Once, StartsAt: &starts, EndsAt: &ends, Zone: "America/Chicago", Stops: []Function{Requests, Calls}, Phone: "(800) 555-0100", Stays: "Lookups stay open."}
		at := func(now time.Time, f func(tx *db.Tx) error) error {
			d.Now = func() time.Time { return now }
			return d.Update(ctx, func(tx *db.Tx) error { return f(tx) })
		}
		must := func(by account.Actor, f Function) func(*db.Tx) error {
			return func(tx *db.Tx) error { return Must(ctx, tx, by, f) }
		}
		if err := at(dbtest.Clock, func(tx *db.Tx) (err error) { _, err = Plan(ctx, tx, office, w); return err }); !fault.Is(err, fault.Denied) {
			t.Errorf("an office plans it: %v", err)
		}
		if err := at(dbtest.Clock, func(tx *db.Tx) (err error) { w, err = Plan(ctx, tx, admin, w); return err }); err != nil {
			t.Fatal(err)
		}
		if err := at(dbtest.Clock, must(office, Requests)); err != nil {
			t.Errorf("before: %v", err)
		}
		err := at(starts, must(office, Requests))
		if !fault.Is(err, fault.Paused) || !fault.Of(err).Until.Equal(ends) {
			t.Fatalf("while it is: %v", err)
		}
		for _, words := range []string{"Sending requests and booking peer-to-peer calls are paused until", "Lookups stay open.", "call (800) 555-0100", "Due times don't change."} {
			if !strings.Contains(fault.Of(err).Text.String(), words) {
				t.Errorf("%q doesn't say %q", fault.Of(err).Text, words)
			}
		}
		for name, f := range map[string]func(*db.Tx) error{"what isn't stopped": must(office, Messages), "the program itself": must(account.Program(), Requests)} {
			if err := at(starts, f); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := at(ends, must(office, Requests)); err != nil {
			t.Errorf("after: %v", err)
		}
		if err := at(starts, func(tx *db.Tx) error { return CallOff(ctx, tx, admin, w.ID) }); err != nil {
			t.Fatal(err)
		}
		if err := at(starts, must(office, Requests)); err != nil {
			t.Errorf("called off: %v", err)
		}
	})
}

func TestWhatCantBeSaved(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		past := dbtest.Clock.Add(-time.Hour)
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := Announce(ctx, tx, admin, Announcement{Level: SiteWide, Body: "x", Roles: []string{"auditor"}, StartsAt: dbtest.Clock, EndsAt: past})
			for _, field := range []string{"title", "title_es", "body_es", "ends", "level"} {
				if fault.Of(err).Fields[field] == "" {
					t.Errorf("an announcement: nothing at %s: %v", field, err)
				}
			}
			_, err = Plan(ctx, tx, admin, Window{Weekday: Once, StartsAt: &past, EndsAt: &past, Stops: []Function{Requests}})
			for _, field := range []string{"zone", "phone", "ends"} {
				if fault.Of(err).Fields[field] == "" {
					t.Errorf("once: nothing at %s: %v", field, err)
				}
			}
			_, err = Plan(ctx, tx, admin, Window{Weekday: 8, Opens: 5, Closes: 5, Zone: "Mars/Olympus", Stops: []Function{"x"}})
			for _, field := range []string{"zone", "stops", "weekday", "closes", "from"} {
				if fault.Of(err).Fields[field] == "" {
					t.Errorf("weekly: nothing at %s: %v", field, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnnouncementsComeAndGo(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		var a Announcement
		do := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		up := func(want int) {
			t.Helper()
			do(func(tx *db.Tx) error {
				all, err := For(ctx, tx, office, nil)
				if len(all) != want {
					t.Errorf("%d are up, want %d", len(all), want)
				}
				return err
			})
		}
		do(func(tx *db.Tx) (err error) {
			a, err = Announce(ctx, tx, admin, Announcement{Level: Info, Title: " New ", TitleES: "Nuevo", StartsAt: dbtest.Clock.Add(time.Hour), EndsAt: dbtest.Clock.Add(2 * time.Hour), Roles: []string{"office staff"}})
			return err
		})
		up(0)
		d.Now = func() time.Time { return dbtest.Clock.Add(time.Hour) }
		up(1)
		do(func(tx *db.Tx) (err error) {
			if a, err = Get(ctx, tx, admin, a.ID); err == nil {
				a.Title = "Newer"
				_, err = Announce(ctx, tx, admin, a)
			}
			if _, again := Announce(ctx, tx, admin, a); !fault.Is(again, fault.Conflict) {
				t.Errorf("an old version is saved: %v", again)
			}
			return err
		})
		do(func(tx *db.Tx) error { return End(ctx, tx, admin, a.ID) })
		up(0)
	})
}
