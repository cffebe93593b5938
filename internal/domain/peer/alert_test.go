package peer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// A wisher has a call at the end of what is free, wants an earlier one, and
// meets the calls that stand in the way.
type wisher struct {
	*testing.T
	w     *scene.World
	d     *db.DB
	jobs  *job.Runner
	o     order.Order
	call  peer.Call
	early peer.Call // in the way of the first time
	asked []peer.Found
}

func newWisher(t *testing.T, d *db.DB, want peer.Alert) *wisher {
	x := &wisher{T: t, w: scene.New(t, d, 1), d: d, jobs: job.NewRunner(d, slog.New(slog.DiscardHandler))}
	job.React(x.jobs, peer.SeekEarlier)
	job.React(x.jobs, func(_ context.Context, _ *db.Tx, e peer.Found) error { x.asked = append(x.asked, e); return nil })
	x.fullUpTo(hour(x.w, 24, 10, 0).Start)
	x.o = x.w.Denied()
	var err error
	if x.early, err = x.w.Book(x.w.Maria, x.w.Denied(), peer.Slot{Start: hour(x.w, 24, 10, 0).Start, Minutes: 30}); err != nil {
		t.Fatal(err)
	}
	if x.call, err = x.w.Book(x.w.Maria, x.o, peer.Slot{Start: hour(x.w, 24, 10, 30).End, Minutes: 30}); err != nil {
		t.Fatal(err)
	}
	x.w.Do(func(ctx context.Context, tx *db.Tx) error {
		return peer.WantEarlier(ctx, tx, x.w.Maria, x.call, x.o, want)
	})
	return x
}

// fullUpTo has the reviewer away until then.
func (x *wisher) fullUpTo(until time.Time) {
	x.w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.AddTimeOff(ctx, tx, x.w.Reviewers[0], peer.TimeOff{PersonID: x.w.Reviewers[0].ID, Span: peer.Span{Start: dbtest.Clock, End: until}})
		return err
	})
}

func (x *wisher) drain(after time.Duration) {
	x.Helper()
	at(x.d, after)
	if _, err := x.jobs.Drain(context.Background()); err != nil {
		x.Fatal(err)
	}
}

func (x *wisher) now() (c peer.Call, a *peer.Alert) {
	x.w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if c, err = peer.ByID(ctx, tx, x.call.ID); err == nil {
			a, err = peer.AlertOf(ctx, tx, c)
		}
		return err
	})
	return c, a
}

func TestAnEarlierTimeMovesTheCallByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWisher(t, d, peer.Alert{Move: true, Notice: 2})
		x.drain(time.Second)
		if c, a := x.now(); !c.StartsAt.Equal(x.call.StartsAt) || a == nil {
			t.Fatalf("nothing is free, and the call is at %v", c.StartsAt)
		}
		cancel(t, x.w, x.early, order.Order{ID: x.early.OrderID, MemberID: "mem"})
		x.drain(2 * time.Minute)
		if c, a := x.now(); !c.StartsAt.Equal(x.early.StartsAt) || a != nil {
			t.Errorf("the call is at %v, the wish %+v", c.StartsAt, a)
		}
	})
}

// The office is asked first: the time is kept for it alone for a quarter of an
// hour, once, and then for others.
func TestAnEarlierTimeIsOffered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWisher(t, d, peer.Alert{Notice: 2, Part: "morning"})
		cancel(t, x.w, x.early, order.Order{ID: x.early.OrderID, MemberID: "mem"})
		x.drain(2 * time.Minute)
		_, a := x.now()
		if a == nil || a.Offered == nil || !a.Offered.Start.Equal(x.early.StartsAt) || len(x.asked) != 1 || held(t, d) != 6 {
			t.Fatalf("the offer: %+v, asked %d, %d held", a, len(x.asked), held(t, d))
		}
		other := x.w.Denied()
		if _, err := x.w.Book(x.w.Maria, other, *a.Offered); !fault.Is(err, fault.Conflict) {
			t.Errorf("a time kept for another was sold: %v", err)
		}
		take := func() error {
			return x.w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, err := peer.ByID(ctx, tx, x.call.ID)
				if err != nil {
					return err
				}
				st, err := peer.Stand(ctx, tx, x.w.Maria, x.o)
				if err == nil {
					_, err = peer.TakeEarlier(ctx, tx, x.w.Maria, c, x.o, st, x.w.Zone())
				}
				return err
			})
		}
		x.drain(18 * time.Minute) // let pass
		if err := take(); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken after its time: %v", err)
		}
		if c, a := x.now(); !c.StartsAt.Equal(x.call.StartsAt) || a == nil || a.Offered != nil && a.Offered.Start.Equal(x.early.StartsAt) {
			t.Errorf("what was let pass is offered again: %+v", a)
		}
		x.w.Do(func(ctx context.Context, tx *db.Tx) error {
			return peer.WantEarlier(ctx, tx, x.w.Maria, x.call, x.o, peer.Alert{Notice: 2}) // wished anew
		})
		x.drain(19 * time.Minute)
		if err := take(); err != nil {
			t.Fatal(err)
		}
		if c, a := x.now(); !c.StartsAt.Equal(x.early.StartsAt) || a != nil || claims(t, d) != 6 {
			t.Errorf("taken: %v, %+v, %d claims", c.StartsAt, a, claims(t, d))
		}
	})
}

func TestWhoMayWantAnEarlierTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWisher(t, d, peer.Alert{Notice: 2})
		want := func(a peer.Alert, c peer.Call) error {
			return x.w.Try(func(ctx context.Context, tx *db.Tx) error { return peer.WantEarlier(ctx, tx, x.w.Maria, c, x.o, a) })
		}
		if f := fault.Of(want(peer.Alert{Notice: 3, Part: "night"}, x.call)); f.Fields["notice"] == "" || f.Fields["part"] == "" {
			t.Errorf("a wish that can't be: %v", f)
		}
		gone := cancel(t, x.w, x.call, x.o)
		if err := want(peer.Alert{Notice: 2}, gone); !fault.Is(err, fault.Conflict) {
			t.Errorf("for a canceled call: %v", err)
		}
		x.drain(time.Minute)
		if _, a := x.now(); a != nil {
			t.Errorf("the wish outlives its call: %+v", a)
		}
	})
}
