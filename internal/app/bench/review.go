package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// reviewers is how many press Next case at once.
const reviewers = 50

// Review measures the queue over Rows open cases: the p99 of one of its pages
// (review.queue_p99_ms), of Next case while 50 reviewers press it at once
// (review.next_p99_ms), how many cases went to two of them
// (review.claimed_twice), and the page of a case (review.case_p99_ms).
func (r *Run) Review(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 100_000
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.cases(ctx); err != nil {
		return err
	}
	var nurses []account.Actor
	err := r.do(ctx, func(tx *db.Tx) error {
		nurses = nil
		for i := range reviewers {
			n, err := r.person(ctx, tx, fmt.Sprintf("nurse%d", i), account.Seat{OrganizationID: r.world.offices[0].ID, Role: account.Nurse})
			if err != nil {
				return err
			}
			nurses = append(nurses, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.queue(ctx, nurses); err != nil {
		return err
	}
	if err := r.press(ctx, nurses); err != nil {
		return err
	}
	return r.casePages(ctx, nurses[0])
}

// cases stores orders that all wait for a decision.
func (r *Run) cases(ctx context.Context) error {
	random := fixed()
	for done := 0; done < r.Rows; done += perTransaction {
		err := r.do(ctx, func(tx *db.Tx) error {
			all := make([]order.Order, min(perTransaction, r.Rows-done))
			for i := range all {
				all[i] = r.spread(random, []order.Status{order.New, order.NurseReview, order.DoctorReview, order.InfoRequested}, done+i, tx.Now())
				due := tx.Now().Add(time.Duration(random.IntN(7*24*3600)-3600) * time.Second)
				all[i].DueAt = &due
			}
			_, err := order.CreateMany(ctx, tx, account.Program(), all)
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.DB.Weigh(ctx)
}

// queue measures pages of the queue, half of them further down.
func (r *Run) queue(ctx context.Context, nurses []account.Actor) error {
	random := fixed()
	var took []time.Duration
	next := ""
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		q := worklist.Query{Exactly: review.Levels(nurses[0]), Size: 50}
		if random.IntN(2) > 0 {
			q.After = next
		}
		if random.IntN(4) == 0 {
			q.DueBy = time.Now().Add(4 * time.Hour)
		}
		start := time.Now()
		page, err := r.queuePage(ctx, nurses[random.IntN(len(nurses))], q)
		if err != nil {
			return err
		}
		took = append(took, time.Since(start))
		next = page.Next
	}
	return r.print("review.queue_p99_ms", percentile(took, .99), "ms", len(took))
}

// queuePage is what a page of the queue asks the database.
func (r *Run) queuePage(ctx context.Context, by account.Actor, q worklist.Query) (page worklist.Page, err error) {
	err = r.DB.View(ctx, func(tx *db.Tx) error {
		if _, err := review.ClaimedBy(ctx, tx, by); err != nil {
			return err
		}
		if page, err = worklist.List(ctx, tx, by, q); err != nil {
			return err
		}
		ids := make([]order.ID, len(page.Lines))
		for i, l := range page.Lines {
			ids[i] = l.ID
		}
		if _, err := review.Claims(ctx, tx, ids); err != nil {
			return err
		}
		_, err := review.Tallies(ctx, tx, ids)
		return err
	})
	return page, err
}

// press has all reviewers press Next case at the same moment, again and again.
// In between, which isn't measured, each asks the office about the case that
// they were given: nobody presses again who still has one.
func (r *Run) press(ctx context.Context, nurses []account.Actor) error {
	var took []time.Duration
	given, twice := map[order.ID]bool{}, 0
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var failed error
		had := map[account.PersonID]order.ID{}
		for _, n := range nurses {
			wait.Go(func() {
				time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond)
				start := time.Now()
				o, err := r.next(ctx, n)
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(start))
				if err != nil && !fault.Is(err, fault.NotFound) {
					failed = err
				}
				if o == "" {
					return
				}
				if given[o] {
					twice++
				}
				given[o], had[n.ID] = true, o
			})
		}
		wait.Wait()
		if failed != nil {
			return failed
		}
		if err := r.putDown(ctx, nurses, had); err != nil {
			return err
		}
	}
	if err := r.print("review.next_p99_ms", percentile(took, .99), "ms", len(took)); err != nil {
		return err
	}
	return r.print("review.claimed_twice", float64(twice), "cases", len(given))
}

func (r *Run) next(ctx context.Context, by account.Actor) (id order.ID, err error) {
	err = r.do(ctx, func(tx *db.Tx) error {
		o, err := review.Next(ctx, tx, by)
		id = o.ID
		return err
	})
	return id, err
}

// putDown has the reviewers be done with what they had for now.
func (r *Run) putDown(ctx context.Context, reviewers []account.Actor, had map[account.PersonID]order.ID) error {
	return r.do(ctx, func(tx *db.Tx) error {
		for _, by := range reviewers {
			if had[by.ID] == "" {
				continue
			}
			o, err := order.ByID(ctx, tx, by, had[by.ID])
			if err != nil {
				return err
			}
			if o, err = order.Move(ctx, tx, by, o, order.InfoRequested, "The office was asked."); err != nil {
				return err
			}
			if err := review.Release(ctx, tx, by, o); err != nil {
				return err
			}
		}
		return nil
	})
}
