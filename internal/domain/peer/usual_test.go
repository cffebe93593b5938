package peer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func TestUsualTimesAreSavedForThePhysician(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o, another := w.Denied(), w.Denied()
		save := func(by account.Actor, o order.Order, u peer.Usual) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return peer.SaveUsual(ctx, tx, by, o, u) })
		}
		read := func(o order.Order) (u *peer.Usual) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				u, err = peer.UsualOf(ctx, tx, o)
				return err
			})
			return u
		}
		if read(o) != nil {
			t.Error("usual times before any were saved")
		}
		bad := fault.Of(save(w.Maria, o, peer.Usual{From: 600, To: 600, TimeZone: "Nowhere/Land"})).Fields
		for _, field := range []string{"days", "to", "tz"} {
			if bad[field] == "" {
				t.Errorf("nothing wrong with %s: %v", field, bad)
			}
		}
		usual := peer.Usual{Days: []time.Weekday{time.Thursday, time.Tuesday, time.Thursday}, From: 7 * 60, To: 9 * 60, TimeZone: "America/Chicago"}
		if err := save(w.Reviewers[0], o, usual); !fault.Is(err, fault.Denied) {
			t.Errorf("a reviewer saves them: %v", err)
		}
		if err := save(w.Maria, o, usual); err != nil {
			t.Fatal(err)
		}
		usual.To = 10 * 60
		if err := save(w.Maria, another, usual); err != nil { // of the same physician: it replaces the first
			t.Fatal(err)
		}
		got := read(o)
		if got == nil || !slices.Equal(got.Days, []time.Weekday{time.Tuesday, time.Thursday}) || got.To != 600 || got.SavedName != "Maria Chen" {
			t.Fatalf("%+v", got)
		}
		o.OrganizationID = w.Other.ID
		if read(o) != nil {
			t.Error("another office reads them")
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.DropUsual(ctx, tx, w.Maria, another) })
		if read(another) != nil {
			t.Error("they are there after they were dropped")
		}
	})
}

// A call fits if all of it lies in the hours, in the zone in which they were
// said, on days of change too.
func TestWhichTimesAreUsual(t *testing.T) {
	chicago, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	u := peer.Usual{Days: []time.Weekday{time.Tuesday}, From: 7 * 60, To: 9 * 60, TimeZone: "America/New_York"}
	tuesday := civil.Date{Year: 2026, Month: time.November, Day: 24}
	for _, k := range []struct {
		day    civil.Date
		minute int // in Chicago
		want   bool
	}{{tuesday, 6 * 60, true}, {tuesday, 7*60 + 30, true}, {tuesday, 7*60 + 45, false}, {tuesday, 5*60 + 45, false}, {tuesday.AddDays(1), 6 * 60, false},
		{tuesday.AddDays(-21), 6 * 60, true}} {
		s := peer.Slot{Start: civil.Start(k.day, k.minute, chicago), Minutes: 30}
		if got := u.Fits(s); got != k.want {
			t.Errorf("%v: %v", s.Start.In(chicago), got)
		}
	}
	if (peer.Usual{Days: u.Days, To: 1440, TimeZone: "Nowhere"}).Fits(peer.Slot{Start: civil.Start(tuesday, 600, chicago), Minutes: 30}) {
		t.Error("a time in no zone is usual")
	}
}
