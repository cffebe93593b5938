package bench

import (
	"context"
	"sync/atomic"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// confirm books what was held before.
func (b *booker) confirm(ctx context.Context) error {
	orders, err := b.denied(ctx, bookable)
	if err != nil {
		return err
	}
	slots, err := b.offers(ctx, b.by(0), orders[0])
	if err != nil {
		return err
	}
	zone, err := civil.Zone("America/Chicago")
	if err != nil {
		return err
	}
	var held []int // of the orders
	random := fixed()
	for i, o := range orders {
		err := b.hold(ctx, b.by(i), o, slots[random.IntN(len(slots))])
		if err == nil {
			held = append(held, i)
		} else if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	if err := b.DB.Weigh(ctx); err != nil {
		return err
	}
	var next atomic.Int64
	start := time.Now()
	err = each(clients, func(int) error {
		for n := int(next.Add(1)); n <= len(held); n = int(next.Add(1)) {
			err := b.count(b.do(ctx, func(tx *db.Tx) error {
				by, o := b.by(held[n-1]), orders[held[n-1]]
				st, err := peer.Stand(ctx, tx, by, o)
				if err == nil {
					_, err = peer.Book(ctx, tx, by, o, st, zone)
				}
				return err
			}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.print("booking.confirm_per_second", float64(len(held))/time.Since(start).Seconds(), "1/s", len(held))
}
