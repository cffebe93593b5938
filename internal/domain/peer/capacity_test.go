package peer_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Open times are what fits one after the other, on the five business days
// that are not everybody's holiday; demand is what waits and what could come.
func TestCapacityAgainstDemand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		capacity := func() (c peer.Capacity) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				calendar, err := plan.SharedCallCalendar(ctx, tx, w.Zone())
				if err != nil {
					return err
				}
				reviewers, err := review.All(ctx, tx)
				if err != nil {
					return err
				}
				all, err := peer.Capacities(ctx, tx, w.Scheduler, peer.Only{}, calendar, []plan.Program{w.Program}, reviewers)
				if err == nil {
					c = all[0]
				}
				return err
			})
			return c
		}
		// Today from 10 AM, an hour from now, then Tuesday, Wednesday, Friday
		// and Monday; Thursday is Thanksgiving.
		if c := capacity(); c.Open != 14+4*16 || c.Demand() != 0 || c.Short() {
			t.Errorf("at first %+v", c)
		}
		first, _ := w.Denied(), w.Denied()
		if _, err := w.Book(w.Maria, first, w.Slots(w.Maria, first, nil)[0]); err != nil {
			t.Fatal(err)
		}
		if c := capacity(); c.Open != 13+4*16 || c.Booked != 1 || c.Denied != 1 {
			t.Errorf("one booked, one denied: %+v", c)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update reviewer set daily_calls = 2, gap_minutes = 30`)
			return err
		})
		if c := capacity(); c.Open != 1+4*2 {
			t.Errorf("two a day leave %d", c.Open)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from weekly_hours`)
			return err
		})
		if c := capacity(); c.Open != 0 || !c.Short() {
			t.Errorf("without hours %+v", c)
		}
		at(d, 14*24*time.Hour)
		if c := capacity(); c.Denied != 0 {
			t.Errorf("two weeks later %+v", c)
		}
	})
}

func TestCapacityDaysBeginOnABusinessDay(t *testing.T) {
	calendar := civil.Calendar{Zone: time.UTC}
	for now, want := range map[string]string{"2026-11-20": "2026-11-27", "2026-11-21": "2026-11-28", "2026-11-23": "2026-11-28"} {
		at, _ := time.Parse(time.DateOnly, now)
		if got := peer.CapacityUntil(calendar, at.Add(9*time.Hour)).Format(time.DateOnly); got != want {
			t.Errorf("from %s until %s, want %s", now, got, want)
		}
	}
}
