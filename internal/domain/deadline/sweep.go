package deadline

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Passed announces that nearly all or all of an order's time is used up. See
// app/reactions.go.
type Passed struct {
	OrderID string
	Mark    int // 90 or 100 percent
}

// Kind names the event.
func (Passed) Kind() string { return "deadline.passed" }

// Sweep notes every mark that clocks have passed: who runs late is known
// within a minute, also after a night in which nothing ran. It takes a few
// statements however many clocks there are; each that is nearly or wholly used
// up is announced, a thousand in one statement. A paused clock that runs on is set going.
func Sweep(ctx context.Context, tx *db.Tx) error {
	if err := resume(ctx, tx); err != nil {
		return err
	}
	for i, m := range marks {
		next := 0
		if i+1 < len(marks) {
			next = marks[i+1]
		}
		if err := pass(ctx, tx, m, next); err != nil {
			return err
		}
	}
	return nil
}

// resume sets clocks going whose pause is over.
func resume(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `update clock set standing = 'running', paused_until = null where standing = 'paused' and paused_until <= $1`, tx.Now())
	return err
}

// atOnce is how many are announced in one statement: well within what SQLite
// and PostgreSQL take as arguments.
const atOnce = 1000

// pass notes that clocks passed one mark, and sets what is next for them; 0 is
// nothing. Only what was noted goes on: a clock that began meanwhile, for an
// order that came in long ago, has its turn a minute later.
func pass(ctx context.Context, tx *db.Tx, mark, next int) error {
	now, by, kind := tx.Now(), account.Program(), Warned
	if next == 0 {
		kind = Missed
	}
	n, err := tx.Exec(ctx, `
		insert into clock_event (order_id, n, at, kind, mark, actor_id, actor_name)
		select c.order_id, coalesce((select max(e.n) from clock_event e where e.order_id = c.order_id), 0) + 1, $1, $2, $3, $4, $5
		from clock c where c.next_s <= $6 and c.next_mark = $3`, now, string(kind), mark, string(by.ID), by.Name, now.Unix())
	if err != nil || n == 0 {
		return err
	}
	if mark >= 90 {
		late, err := db.All(ctx, tx, db.Value[string], `select order_id from clock where next_s <= $1 and next_mark = $2 order by order_id`, now.Unix(), mark)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(late, atOnce) {
			all := make([]job.Work, len(some))
			for i, id := range some {
				all[i] = job.Work{Args: Passed{id, mark}}
			}
			if err := job.AddAll(ctx, tx, all); err != nil {
				return err
			}
		}
	}
	const noted = ` and exists (select 1 from clock_event e where e.order_id = clock.order_id and e.mark = next_mark)`
	if next == 0 {
		_, err := tx.Exec(ctx, `update clock set next_s = null where next_s <= $1 and next_mark = $2`+noted, now.Unix(), mark)
		return err
	}
	_, err = tx.Exec(ctx, `update clock set next_mark = $1, next_s = start_s + (due_s - start_s) * $2 / 100 where next_s <= $3 and next_mark = $4`+noted, next, next, now.Unix(), mark)
	return err
}

// MissedSince counts the clocks that ran out after a time.
func MissedSince(ctx context.Context, tx *db.Tx, since time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from clock_event where kind = 'missed' and at > $1`, since)
}
