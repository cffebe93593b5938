package deadline

import (
	"context"

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
// statements however many clocks there are; those that are nearly or wholly
// used up are announced one by one. A paused clock that runs on is set going.
func Sweep(ctx context.Context, tx *db.Tx) error {
	if err := resume(ctx, tx); err != nil {
		return err
	}
	for _, m := range marks {
		if err := pass(ctx, tx, m); err != nil {
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

// pass notes that clocks passed one mark, and sets what is next for them.
func pass(ctx context.Context, tx *db.Tx, mark int) error {
	now, by, kind := tx.Now(), account.Program(), Warned
	if mark == 100 {
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
		for _, id := range late {
			if err := job.Add(ctx, tx, Passed{id, mark}); err != nil {
				return err
			}
		}
	}
	if mark == 100 {
		_, err := tx.Exec(ctx, `update clock set next_s = null where next_s <= $1 and next_mark = 100`, now.Unix())
		return err
	}
	next := map[int]int{50: 75, 75: 90, 90: 100}[mark]
	_, err = tx.Exec(ctx, `update clock set next_mark = $1, next_s = start_s + (due_s - start_s) * $2 / 100 where next_s <= $3 and next_mark = $4`, next, next, now.Unix(), mark)
	return err
}
