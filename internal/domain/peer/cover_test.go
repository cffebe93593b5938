package peer_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestASickReviewersCallsAreTakenAtTheSameTimes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		p := w.plan(t, w.Scheduler)
		if len(p.Places) != 6 || p.Covered() != 5 || p.Places[5].To != nil || len(p.Places[5].Nearest) != 3 {
			t.Fatalf("the plan covers %d of %d", p.Covered(), len(p.Places))
		}
		for _, s := range p.Places[5].Nearest {
			if s.Start.Before(w.away.End) {
				t.Errorf("%v is offered, when nobody can", s.Start)
			}
		}
		if claims(t, d) != 36 || len(w.calls) != 6 || w.now(t)[0].Version != w.calls[0].Version {
			t.Fatal("the plan changed something")
		}
		id := w.cover(w.Scheduler)
		if r, err := w.report(t, w.Scheduler, id); err != nil || r.Count("waiting") != 6 {
			t.Fatalf("at first %d wait, %v", r.Count("waiting"), err)
		}
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || r.Count("moved") != 5 || r.Count("left") != 1 || r.Fates[5].State != "left" || len(r.Fates[5].Nearest) != 3 {
			t.Fatalf("%d moved, %d left, %v", r.Count("moved"), r.Count("left"), err)
		}
		if slices.ContainsFunc(r.Fates, peer.Fate.Changed) {
			t.Error("what was done differs from the plan")
		}
		seen := map[string]bool{}
		for i, c := range w.now(t) {
			was := w.calls[i]
			if !c.StartsAt.Equal(was.StartsAt) || c.UIDOffice != was.UIDOffice || c.Status != peer.Scheduled {
				t.Errorf("call %d moved to %v, %s", i, c.StartsAt, c.Status)
			}
			if i == 5 {
				if c.ReviewerID != was.ReviewerID || c.Version != was.Version || c.Sequence != was.Sequence {
					t.Error("the call nobody can take changed")
				}
				continue
			}
			if c.ReviewerID == was.ReviewerID || c.Sequence != was.Sequence+1 || c.Version <= was.Version || seen[c.UIDReviewer] || c.UIDReviewer == was.UIDReviewer {
				t.Errorf("call %d: reviewer %s, sequence %d, version %d, entry %s", i, c.ReviewerID, c.Sequence, c.Version, c.UIDReviewer)
			}
			seen[c.UIDReviewer] = true
			w.leaves(t, c)
		}
		w.tidy(t)
	})
}

// A process that dies has each call with one reviewer or the other; asking
// again does what is left, and nothing twice.
func TestCoveringTwiceDoesNothingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		first := w.cover(w.Reviewers[0])
		for range 2 { // and then the process dies
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return peer.AbsorbNext(ctx, tx, peer.Absorb{CoverID: first})
			})
		}
		w.tidy(t)
		half := w.now(t)
		second := w.cover(w.Scheduler)
		w.drain(t)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return peer.AbsorbNext(ctx, tx, peer.Absorb{CoverID: first})
		})
		w.drain(t)
		moved := 0
		for i, c := range w.now(t) {
			if i < 2 && (c.Version != half[i].Version || c.ReviewerID == w.Reviewers[0].ID) {
				t.Errorf("call %d changed hands again", i)
			}
			moved += map[bool]int{true: 1}[c.ReviewerID != w.Reviewers[0].ID]
		}
		a, _ := w.report(t, w.Scheduler, first)
		b, _ := w.report(t, w.Scheduler, second)
		if moved != 5 || a.Count("moved")+b.Count("moved") != 5 || len(b.Fates) != 4 || a.Count("waiting")+b.Count("waiting") != 0 {
			t.Errorf("%d have somebody else; %d and %d by the two", moved, a.Count("moved"), b.Count("moved"))
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if n, err := db.Count(ctx, tx, `select count(*) from time_off`); err != nil || n != 1 {
				t.Errorf("%d times off, %v", n, err)
			}
			if n, err := db.Count(ctx, tx, `select count(*) from job where kind = 'peer.reassigned'`); err != nil || n != 5 {
				t.Errorf("%d notices, %v", n, err)
			}
			return nil
		})
		w.tidy(t)
	})
}

// What changes between plan and act is said: a call canceled, one booked new,
// somebody no longer free.
func TestWhatChangedSinceThePlanIsSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		p := w.plan(t, w.Scheduler)
		w.calls[1] = cancel(t, w.World, w.calls[1], w.orders[1])
		busy := p.Places[0].To.PersonID
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: busy, Span: peer.Span{Start: w.calls[0].StartsAt, End: w.calls[0].EndsAt}})
			return err
		})
		id := w.cover(w.Scheduler)
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || len(r.Fates) != 6 {
			t.Fatalf("%d calls, %v", len(r.Fates), err)
		}
		for _, f := range r.Fates {
			switch f.ID {
			case w.calls[0].ID:
				if f.State != "moved" || f.Taken == busy || !f.Changed() {
					t.Errorf("the first is %s with %s", f.State, f.Taken)
				}
			case w.calls[1].ID:
				if f.State != "gone" || !f.Changed() {
					t.Errorf("the canceled one is %s", f.State)
				}
			case w.calls[5].ID:
				if f.State != "moved" || f.Shown != "nobody" || !f.Changed() { // there is room by now
					t.Errorf("the last is %s", f.State)
				}
			}
		}
	})
}

// Others book while calls change hands: nobody has two at once, no cap is
// broken.
func TestCoveringAndBookingNeverDoubleBook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		at(d, 0)
		var more []order.Order
		for range 4 {
			more = append(more, w.Denied())
		}
		id := w.cover(w.Scheduler)
		var wg sync.WaitGroup
		won := make([]error, len(more))
		for i, o := range more {
			wg.Go(func() {
				_, won[i] = w.Book(w.Maria, o, peer.Slot{Start: w.calls[i].StartsAt, Minutes: 30})
			})
		}
		for range 2 { // two workers at one absence
			wg.Go(func() { _, _ = w.jobs.Drain(context.Background()) })
		}
		wg.Wait()
		at(d, time.Minute) // what had to wait is tried again
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || r.Count("waiting") != 0 {
			t.Fatalf("%d wait, %v", r.Count("waiting"), err)
		}
		bookings := 0
		for _, err := range won {
			if err == nil {
				bookings++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if bookings+r.Count("moved") != 5 {
			t.Errorf("%d booked and %d moved, where there was room for 5", bookings, r.Count("moved"))
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from call a join call b on a.reviewer_id = b.reviewer_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
				where a.status = 'scheduled' and b.status = 'scheduled'`)
			if n > 0 {
				t.Errorf("%d are double-booked", n)
			}
			return err
		})
		if claims(t, d) != 6*(6+bookings) || booked(t, d) != 6+bookings {
			t.Errorf("%d claims and %d on days for %d calls", claims(t, d), booked(t, d), 6+bookings)
		}
	})
}
