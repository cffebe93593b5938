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
)

func date(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func chicago(t *testing.T) *time.Location {
	t.Helper()
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestWhoDoesWhat(t *testing.T) {
	lines := []Delegation{
		{By: Us, From: date("2026-01-01"), To: date("2026-06-30")},
		{By: ThePlan, From: date("2026-07-01")},
		{By: Us, ProgramID: "msk", From: date("2026-03-01")},
		{By: Nobody, ProgramID: "msk", From: date("2026-12-01")},
	}
	for _, c := range []struct {
		program ProgramID
		day     string
		want    Doer
	}{
		{"sleep", "2025-12-31", ThePlan}, // before anything was delegated
		{"sleep", "2026-01-01", Us},
		{"sleep", "2026-06-30", Us},
		{"sleep", "2026-07-01", ThePlan},
		{"msk", "2026-02-28", Us},
		{"msk", "2026-07-01", Us}, // the program's own line counts before the one for all
		{"msk", "2026-12-01", Nobody},
	} {
		if got := DoerOf(lines, c.program, date(c.day)); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.program, c.day, got, c.want)
		}
	}
}

func TestPhases(t *testing.T) {
	all := []Rollout{
		{Stage: Announced, From: date("2026-10-01"), To: date("2026-12-31")},
		{Stage: On, From: date("2027-01-12")},
		{Stage: On, Line: "medicaid", From: date("2026-11-01")},
	}
	now, next := phase(all, Office{Line: "commercial"}, date("2026-11-23"))
	if now.Stage != Announced || next != date("2027-01-12") {
		t.Errorf("%s, next %s", now.Stage, next)
	}
	if now, _ := phase(all, Office{Line: "medicaid"}, date("2026-11-23")); now.Stage != On {
		t.Errorf("a line's own phase: %s", now.Stage)
	}
	if now, next := phase(nil, Office{Line: "commercial"}, date("2026-11-23")); now.Stage.Open() || !next.IsZero() {
		t.Error("nothing is open that was never opened")
	}
}

// Five business days over Thanksgiving end at the close of a Tuesday; over
// New Year's, which is a Friday in 2027, after the weekend.
func TestTheWindowForACallCountsBusinessDays(t *testing.T) {
	loc := chicago(t)
	c := civil.Calendar{Zone: loc, Holidays: civil.FederalHolidays()}
	l := Line{CallWindowDays: 5, CallBusiness: true}
	for decided, want := range map[string]string{
		"2026-11-23": "2026-12-02 00:00", // Tuesday, Wednesday, Friday, Monday, Tuesday
		"2026-12-28": "2027-01-06 00:00",
		"2027-03-12": "2027-03-20 00:00", // daylight time begins on the 14th
	} {
		at := civil.Start(date(decided), 10*60, loc)
		until, ok := l.CallUntil(at, c)
		if got := until.In(loc).Format("2006-01-02 15:04"); !ok || got != want {
			t.Errorf("decided %s: until %s, want %s", decided, got, want)
		}
	}
	if _, ok := (Line{}).CallUntil(time.Now(), c); ok {
		t.Error("a line without a window has an end")
	}
}

func TestOnlyAdministratorsAndImportsSetPlans(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		office := account.Actor{ID: "x", Seats: []account.Seat{{Role: account.OrgAdmin}}}
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := Save(ctx, tx, office, Plan{Code: "x", Name: "X", TimeZone: "America/Chicago"})
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office's administrator: %v", err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			_, err := Save(ctx, tx, account.Program(), Plan{TimeZone: "Mars/Olympus"})
			return err
		})
		if f := fault.Of(err).Fields; f["name"] == "" || f["code"] == "" || f["time_zone"] == "" {
			t.Errorf("%v", f)
		}
	})
}

func TestAProgramSaysHowOftenToCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		save := func(needed, apart int) (p Program, err error) {
			err = d.Update(context.Background(), func(tx *db.Tx) error {
				p, err = SaveProgram(context.Background(), tx, account.Program(), Program{ID: "prg_1", Code: "msk", Name: "Joints", SlotMinutes: 30, Confirm: "instant", AttemptsNeeded: needed, AttemptsApart: apart})
				if err == nil {
					p, err = GetProgram(context.Background(), tx, p.ID)
				}
				return err
			})
			return p, err
		}
		if p, err := save(0, 0); err != nil || p.AttemptsNeeded != 2 || p.AttemptsApart != 5 {
			t.Errorf("left out: %d attempts, %d minutes apart, %v", p.AttemptsNeeded, p.AttemptsApart, err)
		}
		if p, err := save(3, 10); err != nil || p.AttemptsNeeded != 3 || p.AttemptsApart != 10 || p.TryAgain().String() != "If nobody answers we'll try again after 10 minutes." {
			t.Errorf("%d attempts, %d minutes apart, %q, %v", p.AttemptsNeeded, p.AttemptsApart, p.TryAgain(), err)
		}
		most := func(n int) (p Program, err error) {
			err = d.Update(context.Background(), func(tx *db.Tx) error {
				p, err = SaveProgram(context.Background(), tx, account.Program(), Program{ID: "prg_1", Code: "msk", Name: "Joints", SlotMinutes: 30, Confirm: "instant", MostOrders: n})
				if err == nil {
					p, err = GetProgram(context.Background(), tx, p.ID)
				}
				return err
			})
			return p, err
		}
		for n, want := range map[int]int{0: 3, 1: 1, 5: 5} {
			if p, err := most(n); err != nil || p.MostOrders != want {
				t.Errorf("%d orders are saved as %d, %v", n, p.MostOrders, err)
			}
		}
		for _, n := range []int{-1, 6} {
			if _, err := most(n); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d orders: %v", n, err)
			}
		}
		for _, wrong := range [][2]int{{-1, 5}, {6, 5}, {2, -5}, {2, 31}} {
			if _, err := save(wrong[0], wrong[1]); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", wrong, err)
			}
		}
	})
}
