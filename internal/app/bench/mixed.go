package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// mixed has sixteen people book, hold, move, cancel and give away calls at
// once, for the same reviewers, and prints how many transactions the database
// asked to run again (booking.mixed_repeated): deadlocks are among them.
func (b *booker) mixed(ctx context.Context) error {
	if b.Mixed == 0 {
		return nil
	}
	var scheduler account.Actor
	err := b.do(ctx, func(tx *db.Tx) (err error) {
		scheduler, err = b.person(ctx, tx, "scheduler", account.Seat{OrganizationID: b.world.offices[0].ID, Role: account.Scheduler})
		return err
	})
	if err != nil {
		return err
	}
	people := make([]*mixer, clients)
	for i := range people {
		people[i] = &mixer{booker: b, scheduler: scheduler, random: rand.New(rand.NewPCG(uint64(i), 3))}
		if err := people[i].prepare(ctx, b.Mixed/clients/2+batch); err != nil {
			return err
		}
	}
	before := b.DB.Repeated()
	var done, refused atomic.Int64
	err = each(clients, func(i int) error {
		p := people[i]
		for done.Add(1) <= int64(b.Mixed) {
			switch err := b.count(p.step(ctx)); {
			case fault.Is(err, fault.Conflict), fault.Is(err, fault.Invalid): // taken; or the time it has
				refused.Add(1)
			case err != nil:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.print("booking.mixed_refused", float64(refused.Load()), "operations", b.Mixed); err != nil {
		return err
	}
	return b.print("booking.mixed_repeated", float64(b.DB.Repeated()-before), "transactions", b.Mixed)
}

// A mixer is one person at it.
type mixer struct {
	*booker
	scheduler account.Actor
	random    *rand.Rand
	orders    []order.Order // without a call; made before, since that is not what is measured
	by        []account.Actor
	slots     []peer.Slot
	calls     []mixed
	steps     int
}

type mixed struct {
	call  peer.Call
	order order.Order
	by    account.Actor
}

const batch = 100

// prepare makes n orders to book calls about.
func (p *mixer) prepare(ctx context.Context, n int) error {
	for len(p.orders) < n {
		orders, err := p.denied(ctx, batch)
		if err != nil {
			return err
		}
		for i, o := range orders {
			p.orders, p.by = append(p.orders, o), append(p.by, p.booker.by(i))
		}
	}
	return nil
}

// step does one of the things, at times from a list that is as old as what
// people have on their screens.
func (p *mixer) step(ctx context.Context) (err error) {
	if len(p.orders) < 2 {
		return errors.New("every order has a call")
	}
	if p.steps%batch == 0 || len(p.slots) == 0 {
		if p.slots, err = p.offers(ctx, p.by[0], p.orders[0]); err != nil || len(p.slots) == 0 {
			return err
		}
	}
	p.steps++
	what, last := p.random.IntN(10), len(p.orders)-1
	slot := p.slots[p.random.IntN(len(p.slots))]
	if len(p.calls) == 0 || what < 3 {
		return p.newCall(ctx, last, slot)
	}
	if what < 4 {
		return p.hold(ctx, p.by[last], p.orders[last], slot)
	}
	i := p.random.IntN(len(p.calls))
	if what < 7 || len(p.calls) > 20 && what < 8 {
		return p.cancel(ctx, i)
	}
	return p.change(ctx, &p.calls[i], slot, what == 9)
}

// newCall holds and books in two transactions, as pages do: one that did both
// would have claims before it has the week, against the order of locks.
func (p *mixer) newCall(ctx context.Context, last int, slot peer.Slot) error {
	m := mixed{order: p.orders[last], by: p.by[last]}
	p.orders, p.by = p.orders[:last], p.by[:last]
	if err := p.hold(ctx, m.by, m.order, slot); err != nil {
		return err
	}
	err := p.do(ctx, func(tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, m.by, m.order)
		if err == nil {
			m.call, err = peer.Book(ctx, tx, m.by, m.order, st, civilZone)
		}
		return err
	})
	if err == nil {
		p.calls = append(p.calls, m)
	}
	return err
}

func (p *mixer) cancel(ctx context.Context, i int) error {
	m := p.calls[i]
	p.calls = append(p.calls[:i], p.calls[i+1:]...)
	return p.do(ctx, func(tx *db.Tx) error {
		_, err := peer.Cancel(ctx, tx, m.by, m.call, m.order, "other", "")
		return err
	})
}

// change moves a call, or gives it to another reviewer.
func (p *mixer) change(ctx context.Context, m *mixed, slot peer.Slot, away bool) error {
	now := m.call
	err := p.do(ctx, func(tx *db.Tx) (err error) {
		if away {
			free, _, err := peer.Seats(ctx, tx, p.scheduler, m.call, m.order, civilZone)
			if err != nil || len(free) == 0 {
				return err
			}
			now, err = peer.Reassign(ctx, tx, p.scheduler, m.call, m.order, m.call.Version, free[0].Reviewer.PersonID)
			return err
		}
		st, err := peer.Stand(ctx, tx, m.by, m.order)
		if err != nil {
			return err
		}
		now, err = peer.Reschedule(ctx, tx, m.by, m.call, m.order, st, slot, civilZone)
		return err
	})
	if err == nil {
		m.call = now
	}
	return err
}

var civilZone = must(civil.Zone("America/Chicago"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
