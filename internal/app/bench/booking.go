package bench

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const (
	clients  = 16
	hot      = 64 // at once on one time
	rate     = 50 // bookings a second beside searches
	bookable = 2000
)

// Booking measures bookings: as many a second as sixteen people manage, each
// the whole way of choosing a time, saying who will speak and booking, in one
// transaction (booking.per_second); as many as they manage of the last step
// alone, the transaction that makes a hold a call (booking.confirm_per_second),
// which is what published figures of booking engines mean; how long one takes at fifty a second beside searches
// (booking.p99_ms), the slowest answer when 64 want one time that many reviewers
// have free (booking.contested_worst_ms) or one (booking.hot_slot_worst_ms),
// and what must be zero: calls that overlap (booking.overbooked) and deadlocks
// that reach the caller (booking.deadlocks). With Mixed, that many bookings,
// holds, moves, cancellations and changes of the reviewer run against each
// other before the last two are looked at.
func (r *Run) Booking(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 100
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.reviewers(ctx, r.Rows); err != nil {
		return err
	}
	b := &booker{Run: r}
	for _, step := range []func(context.Context) error{b.flatOut, b.confirm, b.steady, b.contested, b.hotSlot, b.mixed} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	over, err := b.overbooked(ctx)
	if err != nil {
		return err
	}
	if err := r.print("booking.overbooked", float64(over), "calls", 1); err != nil {
		return err
	}
	return r.print("booking.deadlocks", float64(b.deadlocks.Load()), "errors", 1)
}

type booker struct {
	*Run
	deadlocks atomic.Int64
}

// book takes the whole way of a booking, in one transaction.
func (b *booker) book(ctx context.Context, by account.Actor, o order.Order, slot peer.Slot) error {
	zone, err := civil.Zone("America/Chicago")
	if err != nil {
		return err
	}
	return b.count(b.do(ctx, func(tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, by, o)
		if err != nil {
			return err
		}
		if err := choose(ctx, tx, by, o, st, slot); err != nil {
			return err
		}
		_, err = peer.Book(ctx, tx, by, o, st, zone)
		return err
	}))
}

// choose holds a time and says who will speak.
func choose(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st peer.Standing, slot peer.Slot) error {
	if _, err := peer.Hold(ctx, tx, by, o, st, nil, slot); err != nil {
		return err
	}
	people := peer.People{Speaker: "ordering", First: "Ada", Last: "Bench", Credential: "MD", Phone: "555-555-0131"}
	_, err := peer.SavePeople(ctx, tx, by, o, st, people)
	return err
}

// hold is book without its last step.
func (b *booker) hold(ctx context.Context, by account.Actor, o order.Order, slot peer.Slot) error {
	return b.count(b.do(ctx, func(tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, by, o)
		if err != nil {
			return err
		}
		return choose(ctx, tx, by, o, st, slot)
	}))
}

func (b *booker) count(err error) error {
	if err != nil && db.Contended(err) {
		b.deadlocks.Add(1)
	}
	return err
}

func (b *booker) offers(ctx context.Context, by account.Actor, o order.Order) (slots []peer.Slot, err error) {
	err = b.DB.View(ctx, func(tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, by, o)
		if err != nil {
			return err
		}
		offer, err := peer.Offers(ctx, tx, by, o, st, nil)
		slots = offer.Slots
		return err
	})
	return slots, err
}

func (b *booker) flatOut(ctx context.Context) error {
	orders, err := b.denied(ctx, bookable)
	if err != nil {
		return err
	}
	slots, err := b.offers(ctx, b.by(0), orders[0])
	if err != nil {
		return err
	}
	if err := b.DB.Weigh(ctx); err != nil {
		return err
	}
	var next, done atomic.Int64
	end := time.Now().Add(b.For)
	start := time.Now()
	err = each(clients, func(i int) error {
		random := fixed()
		for time.Now().Before(end) {
			n := int(next.Add(1))
			if n > len(orders) {
				return nil
			}
			err := b.book(ctx, b.by(n-1), orders[n-1], slots[(random.IntN(len(slots))+i*7)%len(slots)])
			if err == nil {
				done.Add(1)
			} else if !fault.Is(err, fault.Conflict) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.print("booking.per_second", float64(done.Load())/time.Since(start).Seconds(), "1/s", int(done.Load()))
}

// steady books at a fixed rate, whatever the answers take, beside searches.
func (b *booker) steady(ctx context.Context) error {
	orders, err := b.denied(ctx, min(bookable, rate*int(b.For.Seconds())))
	if err != nil {
		return err
	}
	slots, err := b.offers(ctx, b.by(0), orders[0])
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	var searches sync.WaitGroup
	searches.Go(func() { b.searchUntil(ctx, stop) })
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var calls sync.WaitGroup
	random := fixed()
	for i := range orders {
		slot := slots[random.IntN(len(slots))]
		time.Sleep(time.Second / rate)
		calls.Go(func() {
			start := time.Now()
			err := b.book(ctx, b.by(i), orders[i], slot)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(start))
			if err != nil && !fault.Is(err, fault.Conflict) {
				failed = errors.Join(failed, err)
			}
		})

	}
	calls.Wait()
	close(stop)
	searches.Wait()
	if failed != nil {
		return failed
	}
	return b.print("booking.p99_ms", percentile(took, .99), "ms", len(took))
}

func (b *booker) searchUntil(ctx context.Context, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(10 * time.Millisecond):
		}
		err := b.DB.View(ctx, func(tx *db.Tx) error {
			_, err := worklist.List(ctx, tx, b.world.staff[2], worklist.Query{})
			return err
		})
		if b.count(err) != nil {
			return
		}
	}
}

// overbooked counts pairs of calls of one reviewer that overlap.
func (b *booker) overbooked(ctx context.Context) (n int, err error) {
	err = b.DB.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `
			select count(*) from call a join call b on a.reviewer_id = b.reviewer_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
			where a.status in ('requested', 'scheduled', 'confirmed') and b.status in ('requested', 'scheduled', 'confirmed')`)
		return err
	})
	return n, err
}

// each runs f n times at once and returns what failed.
func each(n int, f func(i int) error) error {
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failed[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(failed...)
}
