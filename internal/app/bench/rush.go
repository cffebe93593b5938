package bench

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const contestedRounds, hotRounds = 20, 200

func (b *booker) contested(ctx context.Context) error {
	return b.rush(ctx, "booking.contested_worst_ms", contestedRounds)
}

// hotSlot is contested where a single reviewer takes all calls of a program,
// day and night: of 64, one gets the time.
func (b *booker) hotSlot(ctx context.Context) error {
	all := b.world.program
	defer func() { b.world.program = all }()
	err := b.do(ctx, func(tx *db.Tx) (err error) {
		program := all
		program.ID, program.Code = "", program.Code+"-hot"
		if b.world.program, err = plan.SaveProgram(ctx, tx, account.Program(), program); err != nil {
			return err
		}
		day := civil.Date{Year: 2020, Month: time.January, Day: 1}
		err = plan.RollOut(ctx, tx, account.Program(), plan.Rollout{Feature: plan.CallsFeature, ProgramID: b.world.program.ID, PlanID: b.world.plan.ID, Stage: plan.On, From: day})
		if err != nil {
			return err
		}
		a, err := b.person(ctx, tx, "only", account.Seat{OrganizationID: b.world.offices[0].ID, Role: account.Physician})
		if err != nil {
			return err
		}
		return b.qualify(ctx, tx, a, "America/Chicago", 0, civil.DayMinutes)
	})
	if err != nil {
		return err
	}
	return b.rush(ctx, "booking.hot_slot_worst_ms", hotRounds)
}

// rush has 64 people want the last free time at once, again and again.
func (b *booker) rush(ctx context.Context, name string, rounds int) error {
	worst := time.Duration(0)
	for range rounds {
		orders, err := b.denied(ctx, hot)
		if err != nil {
			return err
		}
		slots, err := b.offers(ctx, b.by(0), orders[0])
		if err != nil {
			return err
		}
		if len(slots) == 0 {
			return errors.New("no time is left to want")
		}
		var mu sync.Mutex
		err = each(hot, func(i int) error {
			start := time.Now()
			err := b.book(ctx, b.by(i), orders[i], slots[len(slots)-1])
			mu.Lock()
			defer mu.Unlock()
			worst = max(worst, time.Since(start))
			if fault.Is(err, fault.Conflict) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return b.print(name, float64(worst.Microseconds())/1000, "ms", rounds*hot)
}
