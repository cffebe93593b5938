package plan

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

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
			h := Holiday{Day: date("2026-11-27"), Name: "Day after Thanksgiving"}
			if err := ChangeHoliday(ctx, tx, office, p.ID, h, false, "x"); !fault.Is(err, fault.Denied) {
				t.Errorf("an office: %v", err)
			}
			if err := ChangeHoliday(ctx, tx, admin, "pln_none", h, false, "x"); !fault.Is(err, fault.NotFound) {
				t.Errorf("no such plan: %v", err)
			}
			for name, c := range map[string]struct {
				h     Holiday
				open  bool
				why   string
				field string
			}{
				"no day":         {Holiday{Name: "x"}, false, "x", "day"},
				"no name":        {Holiday{Day: h.Day}, false, "x", "name"},
				"no reason":      {h, false, " ", "why"},
				"one that isn't": {h, true, "x", "day"},
			} {
				if err := ChangeHoliday(ctx, tx, admin, p.ID, c.h, c.open, c.why); fault.Of(err).Fields[c.field] == "" {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, false, "Asked for."); err != nil {
				return err
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, false, "Again."); fault.Of(err).Fields["day"] == "" {
				t.Errorf("twice: %v", err)
			}
			if all, err := HolidaysOf(ctx, tx, p.ID, date("2026-01-01")); err != nil || len(all) != 1 || all[0] != h {
				t.Errorf("%v, %v", all, err)
			}
			if err := ChangeHoliday(ctx, tx, admin, p.ID, h, true, "A mistake."); err != nil {
				return err
			}
			all, err := HolidaysOf(ctx, tx, p.ID, date("2026-01-01"))
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
