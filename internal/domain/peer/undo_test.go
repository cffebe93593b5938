package peer_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

func putBack(w *scene.World, c peer.Call, o order.Order) (back peer.Call, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		back, err = peer.PutBack(ctx, tx, w.Maria, c, o)
		return err
	})
	return back, err
}

func at(d *db.DB, after time.Duration) {
	d.Now = func() time.Time { return dbtest.Clock.Add(after) }
}

func TestWhatWasMovedOrCanceledCanBePutBackForAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o, other := w.Denied(), w.Denied()
		slots := w.Slots(w.Maria, o, nil)
		first, err := w.Book(w.Maria, o, slots[8])
		if err != nil {
			t.Fatal(err)
		}
		moved := move(t, w, first, o, slots[40])
		// Until then nobody else can have the old time.
		if _, err := w.Book(w.Maria, other, slots[8]); !fault.Is(err, fault.Conflict) {
			t.Errorf("a time that can still be put back was sold: %v", err)
		}
		back, err := putBack(w, moved, o)
		if err != nil || !back.StartsAt.Equal(first.StartsAt) || back.UIDReviewer != first.UIDReviewer || claims(t, d) != 6 || held(t, d) != 0 || booked(t, d) != 1 {
			t.Errorf("put back: %v, %v; %d claims, %d held, %d on days", back.StartsAt, err, claims(t, d), held(t, d), booked(t, d))
		}
		if _, err := putBack(w, back, o); !fault.Is(err, fault.Conflict) {
			t.Errorf("put back twice: %v", err)
		}
		gone := cancel(t, w, back, o)
		at(d, peer.UndoFor-time.Second)
		if back, err = putBack(w, gone, o); err != nil || back.Status != peer.Scheduled || back.CancelReason != "" || claims(t, d) != 6 || booked(t, d) != 1 {
			t.Errorf("put back after 59 s: %+v, %v", back, err)
		}
		gone = cancel(t, w, back, o)
		at(d, 2*peer.UndoFor-time.Second)
		if _, err := putBack(w, gone, o); !fault.Is(err, fault.Conflict) {
			t.Errorf("put back after a minute: %v", err)
		}
		w.Do(peer.Sweep)
		if claims(t, d) != 0 || held(t, d) != 0 || booked(t, d) != 0 {
			t.Errorf("afterwards %d claims, %d held, %d on days", claims(t, d), held(t, d), booked(t, d))
		}
		if _, err := w.Book(w.Maria, other, slots[8]); err != nil {
			t.Errorf("the time let go: %v", err)
		}
	})
}

// Whoever goes on, by booking anew or changing the call again, has no use for
// the old time any more.
func TestGoingOnMakesAChangeFinal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		slots := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, slots[8])
		if err != nil {
			t.Fatal(err)
		}
		gone := cancel(t, w, c, o)
		again, err := w.Book(w.Maria, o, slots[8])
		if err != nil {
			t.Fatalf("the same time, booked again for the same order: %v", err)
		}
		if _, err := putBack(w, gone, o); !fault.Is(err, fault.Conflict) {
			t.Errorf("the canceled call was put back beside a new one: %v", err)
		}
		far := move(t, w, again, o, slots[40])
		further := move(t, w, far, o, slots[60])
		if held(t, d) != 6 || claims(t, d) != 6 {
			t.Errorf("after two moves %d held and %d claims, want 6 and 6", held(t, d), claims(t, d))
		}
		back, err := putBack(w, further, o)
		if err != nil || !back.StartsAt.Equal(far.StartsAt) {
			t.Errorf("put back to %v, %v; want the time before the last", back.StartsAt, err)
		}
	})
}
