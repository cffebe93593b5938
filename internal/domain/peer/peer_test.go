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
	"parley/internal/scene"
)

// claims counts the five minutes that calls have.
func claims(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.Count(context.Background(), tx, `select count(*) from claim where kind = 'call'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// held counts the five minutes that somebody holds.
func held(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.Count(context.Background(), tx, `select count(*) from claim where expires_at > $1`, tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func booked(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.Count(context.Background(), tx, `select coalesce(sum(booked), 0) from reviewer_day`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBookMoveCancel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		before := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, before[8])
		if err != nil {
			t.Fatal(err)
		}
		if c.Status != peer.Scheduled || !c.StartsAt.Equal(before[8].Start) || c.ReviewerID != w.Reviewers[0].ID || c.Sequence != 0 {
			t.Errorf("booked %+v", c)
		}
		if claims(t, d) != 6 || booked(t, d) != 1 {
			t.Errorf("%d claims, %d on the day; want 6 and 1", claims(t, d), booked(t, d))
		}
		moved := move(t, w, c, o, w.Slots(w.Maria, o, &c)[7])
		if moved.Sequence != 1 || moved.UIDOffice != c.UIDOffice || moved.ID != c.ID || moved.StartsAt.Equal(c.StartsAt) {
			t.Errorf("moved %+v", moved)
		}
		if claims(t, d) != 6 || booked(t, d) != 1 {
			t.Errorf("after the move %d claims, %d on the day; want 6 and 1", claims(t, d), booked(t, d))
		}
		gone := cancel(t, w, moved, o)
		if gone.Status != peer.Cancelled || gone.Sequence != 2 || claims(t, d) != 0 {
			t.Errorf("canceled %v seq %d, %d claims", gone.Status, gone.Sequence, claims(t, d))
		}
		// SCH-11: what was free before the booking is free again, to the bit.
		if after := w.Slots(w.Maria, o, nil); !slices.Equal(before, after) {
			t.Errorf("%d times before, %d after", len(before), len(after))
		}
	})
}

func move(t testing.TB, w *scene.World, c peer.Call, o order.Order, s peer.Slot) (moved peer.Call) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err == nil {
			moved, err = peer.Reschedule(ctx, tx, w.Maria, c, o, st, s, w.Zone())
		}
		return err
	})
	return moved
}

func cancel(t testing.TB, w *scene.World, c peer.Call, o order.Order) (gone peer.Call) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		gone, err = peer.Cancel(ctx, tx, w.Maria, c, o, "appeal", "")
		return err
	})
	return gone
}

// ASVS 2.3.4, SCH-01: 64 people book the one reviewer's one time at once.
// Exactly one gets it, nobody deadlocks, and the rest are told it is gone.
func TestASVS_2_3_4_OneSlotIsNeverSoldTwice(t *testing.T) {
	const people, rounds = 16, 5
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		for range rounds {
			orders := make([]order.Order, people)
			for i := range orders {
				orders[i] = w.Denied()
			}
			slot := w.Slots(w.Maria, orders[0], nil)[0]
			won, lost := stampede(t, w, orders, slot)
			if won != 1 || lost != people-1 {
				t.Fatalf("%d won, %d were told it is gone; want 1 and %d", won, lost, people-1)
			}
		}
	})
}

func stampede(t testing.TB, w *scene.World, orders []order.Order, slot peer.Slot) (won, lost int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	for _, o := range orders {
		wg.Go(func() {
			<-start
			_, err := w.Book(w.Maria, o, slot)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case fault.Is(err, fault.Conflict):
				lost++
			default:
				t.Error(err)
			}
		})
	}
	close(start)
	wg.Wait()
	return won, lost
}

// SCH-02: k free reviewers at a time are k calls, each with another reviewer.
func TestEveryFreeReviewerCanBeBooked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		orders := []order.Order{w.Denied(), w.Denied(), w.Denied(), w.Denied(), w.Denied()}
		won, lost := stampede(t, w, orders, w.Slots(w.Maria, orders[0], nil)[0])
		if won != 3 || lost != 2 {
			t.Errorf("%d won, %d lost; want 3 and 2", won, lost)
		}
	})
}

func TestAHoldIsMineAndEnds(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		mine, theirs := w.Denied(), w.Denied()
		slot := w.Slots(w.Maria, mine, nil)[8]
		hold := func(o order.Order, s peer.Slot) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				st, err := peer.Stand(ctx, tx, w.Maria, o)
				if err == nil {
					_, err = peer.Hold(ctx, tx, w.Maria, o, st, nil, s)
				}
				return err
			})
		}
		if err := hold(mine, slot); err != nil {
			t.Fatal(err)
		}
		if s := w.Slots(w.Maria, mine, nil)[8]; !s.Start.Equal(slot.Start) {
			t.Error("my own hold hides its time from me")
		}
		if s := w.Slots(w.Maria, theirs, nil)[8]; s.Start.Equal(slot.Start) {
			t.Error("a held time is offered to others")
		}
		if err := hold(theirs, slot); !fault.Is(err, fault.Conflict) {
			t.Errorf("a held time was held again: %v", err)
		}
		// Choosing another time moves the hold: the first is free for others.
		if err := hold(mine, w.Slots(w.Maria, mine, nil)[5]); err != nil {
			t.Fatal(err)
		}
		if n := held(t, d); n != 6 {
			t.Errorf("%d claims after moving a hold, want 6", n)
		}
		if err := hold(theirs, slot); err != nil {
			t.Errorf("the time let go is not free: %v", err)
		}
		d.Now = func() time.Time { return dbtest.Clock.Add(6 * time.Minute) }
		if n := held(t, d); n != 0 {
			t.Errorf("%d claims after the holds ended", n)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return peer.Sweep(ctx, tx) }); err != nil {
			t.Error(err)
		}
		if _, err := w.Book(w.Maria, theirs, slot); err != nil {
			t.Errorf("after the hold ended: %v", err)
		}
	})
}

func TestOneLiveCallForAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o := w.Denied()
		s := w.Slots(w.Maria, o, nil)
		if _, err := w.Book(w.Maria, o, s[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Book(w.Maria, o, s[9]); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second call about the order: %v", err)
		}
	})
}

func TestStaleVersionsChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		s := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, s[8])
		if err != nil {
			t.Fatal(err)
		}
		move(t, w, c, o, s[15])
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, w.Maria, c, o, "appeal", "")
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a stale cancel: %v", err)
		}
		if claims(t, d) != 6 {
			t.Errorf("%d claims after a refused cancel, want 6", claims(t, d))
		}
	})
}

func TestCancelTwiceIsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
		if err != nil {
			t.Fatal(err)
		}
		once := cancel(t, w, c, o)
		if twice := cancel(t, w, once, o); twice.Version != once.Version {
			t.Errorf("version %d, then %d", once.Version, twice.Version)
		}
	})
}

func TestWhoMayBookAndChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		s := w.Slots(w.Maria, o, nil)
		if _, err := w.Book(w.Reviewers[0], o, s[0]); !fault.Is(err, fault.Denied) {
			t.Errorf("a reviewer booked: %v", err)
		}
		c, err := w.Book(w.Maria, o, s[0])
		if err != nil {
			t.Fatal(err)
		}
		for who, by := range map[string]account.Actor{"another office": w.Stranger, "nobody": {}} {
			err := d.View(context.Background(), func(tx *db.Tx) error {
				_, _, err := peer.Get(context.Background(), tx, by, c.Number)
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s read the call: %v", who, err)
			}
		}
		// An hour before, the office must call; a scheduler can still move it.
		d.Now = func() time.Time { return c.StartsAt.Add(-30 * time.Minute) }
		try := func(by account.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				st, err := peer.Stand(ctx, tx, by, o)
				if err == nil {
					_, err = peer.Reschedule(ctx, tx, by, c, o, st, s[12], w.Zone())
				}
				return err
			})
		}
		if err := try(w.Maria); !fault.Is(err, fault.Conflict) {
			t.Errorf("the office moved it half an hour before: %v", err)
		}
		if err := try(w.Scheduler); err != nil {
			t.Errorf("a scheduler: %v", err)
		}
	})
}

// SCH-10: in a frozen world every offered time books, and none that is not
// offered does.
func TestOfferedIsBookable(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 2)
	o := w.Denied()
	all := w.Slots(w.Maria, o, nil)
	offered := map[time.Time]bool{}
	for _, s := range all {
		offered[s.Start] = true
	}
	start := dbtest.Clock.Truncate(15 * time.Minute)
	for i := 0; i < 15*96; i += 7 { // every hour and three quarters for two weeks
		s := peer.Slot{Start: start.Add(time.Duration(i) * 15 * time.Minute), Minutes: 30}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, w.Maria, o)
			if err == nil {
				_, err = peer.Hold(ctx, tx, w.Maria, o, st, nil, s)
			}
			return err
		})
		if (err == nil) != offered[s.Start] {
			t.Errorf("%v: offered %v, held %v", s.Start, offered[s.Start], err)
		}
	}
}

func TestAFullDayOffersNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update reviewer set daily_calls = 1`)
			return err
		})
		o := w.Denied()
		first := w.Slots(w.Maria, o, nil)[0]
		if _, err := w.Book(w.Maria, o, first); err != nil {
			t.Fatal(err)
		}
		other := w.Denied()
		next := w.Slots(w.Maria, other, nil)[0]
		if next.Start.In(w.Zone()).Day() == first.Start.In(w.Zone()).Day() {
			t.Errorf("the full day still offers %v", next.Start)
		}
		if _, err := w.Book(w.Maria, other, peer.Slot{Start: first.Start.Add(time.Hour), Minutes: 30}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a call beyond the day's number: %v", err)
		}
	})
}

func TestStaffConfirmWhereTheProgramAsks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update program set confirm = 'staff'`)
			return err
		})
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
		if err != nil || c.Status != peer.Requested {
			t.Fatalf("%v, %v; want requested", c.Status, err)
		}
		if claims(t, d) != 6 {
			t.Error("a requested time is not kept free")
		}
		confirm := func(by account.Actor) (err error) {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, o, err := peer.Get(ctx, tx, by, c.Number)
				if err == nil {
					_, err = peer.Confirm(ctx, tx, by, c, o)
				}
				return err
			})
		}
		if err := confirm(w.Maria); !fault.Is(err, fault.Denied) {
			t.Errorf("the office confirmed its own request: %v", err)
		}
		if err := confirm(w.Scheduler); err != nil {
			t.Error(err)
		}
		if err := confirm(w.Scheduler); err != nil {
			t.Errorf("confirming twice: %v", err)
		}
	})
}
