package job

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

const (
	lease    = 2 * time.Minute // a worker silent this long is taken for dead
	poll     = 500 * time.Millisecond
	attempts = 80 // over about three days: a mail server that is down for a weekend loses nothing
)

// A Runner does the work.
type Runner struct {
	db       *db.DB
	log      *slog.Logger
	kinds    map[string]func(context.Context, []byte) error
	periodic []periodic
}

type periodic struct {
	name  string
	every time.Duration
	work  func(context.Context, *db.Tx) error
}

// NewRunner returns a runner that knows no work yet.
func NewRunner(d *db.DB, log *slog.Logger) *Runner {
	return &Runner{db: d, log: log, kinds: map[string]func(context.Context, []byte) error{}}
}

// Handle says how work of A's kind is done when it touches the outside world.
func Handle[A Args](r *Runner, work func(context.Context, A) error) {
	var zero A
	if _, twice := r.kinds[zero.Kind()]; twice {
		panic("job: two kinds of work are named " + zero.Kind())
	}
	r.kinds[zero.Kind()] = func(ctx context.Context, body []byte) error {
		var args A
		if err := json.Unmarshal(body, &args); err != nil {
			return err
		}
		return work(ctx, args)
	}
}

// React says what follows an event, in one transaction, in this order.
func React[A Args](r *Runner, verbs ...func(context.Context, *db.Tx, A) error) {
	Handle(r, func(ctx context.Context, args A) error {
		return r.db.Update(ctx, func(tx *db.Tx) error {
			for _, verb := range verbs {
				if err := verb(ctx, tx, args); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Every has one node, whichever holds the lease, do work once in each period.
func (r *Runner) Every(name string, every time.Duration, work func(context.Context, *db.Tx) error) {
	r.periodic = append(r.periodic, periodic{name, every, work})
}

// Run does work until ctx is done, then finishes what it has begun.
func (r *Runner) Run(ctx context.Context, workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { r.loop(ctx, func() bool { return r.step(context.WithoutCancel(ctx)) }) })
	}
	wg.Go(func() { r.loop(ctx, func() bool { r.tick(context.WithoutCancel(ctx)); return false }) })
	wg.Wait()
}

func (r *Runner) loop(ctx context.Context, step func() (more bool)) {
	for ctx.Err() == nil {
		if step() {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(poll):
		}
	}
}

func (r *Runner) step(ctx context.Context) bool {
	did, err := r.Once(ctx)
	if err != nil {
		r.log.Error("job queue", "err", err)
	}
	return did && err == nil
}

// Drain does all work that is due, and what that work adds, and returns how
// many jobs ran. Tests and the demo's clock use it.
func (r *Runner) Drain(ctx context.Context) (n int, err error) {
	r.tick(ctx)
	for {
		did, err := r.Once(ctx)
		if !did || err != nil {
			return n, err
		}
		n++
	}
}

type claimed struct {
	id, kind string
	args     []byte
	attempt  int
}

func scanClaimed(r db.Row) (j claimed, err error) {
	return j, r.Scan(&j.id, &j.kind, &j.args, &j.attempt)
}

// Once does at most one job and reports whether there was one.
func (r *Runner) Once(ctx context.Context) (bool, error) {
	if waiting, err := r.waiting(ctx); err != nil || !waiting {
		return false, err
	}
	var j claimed
	err := r.db.Update(ctx, func(tx *db.Tx) (err error) {
		j, err = db.One(ctx, tx, scanClaimed, `
			update job set state = 'running', attempt = attempt + 1, lease_until = $1
			where id = (
				select id from job
				where (state = 'ready' and run_at <= $2) or (state = 'running' and lease_until < $2)
				order by run_at, id limit 1 {{skip locked}})
			returning id, kind, args, attempt`, tx.Now().Add(lease), tx.Now())
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	workErr := r.do(ctx, j)
	return true, r.db.Update(ctx, func(tx *db.Tx) error { return finish(ctx, tx, j, workErr) })
}

// waiting asks a reader first, so that an idle queue never takes SQLite's one
// write lock.
func (r *Runner) waiting(ctx context.Context) (yes bool, err error) {
	err = r.db.View(ctx, func(tx *db.Tx) (err error) {
		yes, err = db.Exists(ctx, tx, `select 1 from job where (state = 'ready' and run_at <= $1) or (state = 'running' and lease_until < $1)`, tx.Now())
		return err
	})
	return yes, err
}

func (r *Runner) do(ctx context.Context, j claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			r.log.Error("job", "id", j.id, "kind", j.kind, "attempt", j.attempt, "err", err)
		}
	}()
	work, ok := r.kinds[j.kind]
	if !ok {
		return fmt.Errorf("no work of kind %q", j.kind)
	}
	// Less than the lease, so that a slow worker stops before another begins.
	ctx, cancel := context.WithTimeout(ctx, lease-30*time.Second)
	defer cancel()
	return work(ctx, j.args)
}

// pause is how long to wait after a failure: twice as long each time, an hour
// at most.
func pause(attempt int) time.Duration {
	return min(time.Hour, 15*time.Second<<min(attempt, 10))
}

// finish marks j done, or due again after a pause that doubles, or dead. The
// attempt is the fencing token: a worker whose lease was taken changes nothing.
func finish(ctx context.Context, tx *db.Tx, j claimed, workErr error) error {
	state, text, at := "done", "", tx.Now()
	if workErr != nil {
		state, text, at = "ready", workErr.Error(), tx.Now().Add(pause(j.attempt))
		if j.attempt >= attempts {
			state = "dead"
		}
	}
	var ended *time.Time
	if now := tx.Now(); state != "ready" {
		ended = &now
	}
	_, err := tx.Exec(ctx, `
		update job set state = $1, error = $2, run_at = $3, lease_until = null, ended_at = $4
		where id = $5 and attempt = $6 and state = 'running'`, state, text, at, ended, j.id, j.attempt)
	return err
}

// tick runs what is due of the periodic work, under a lease that says when the
// next run may be, so that of several nodes one does it.
func (r *Runner) tick(ctx context.Context) {
	for _, p := range r.periodic {
		if err := r.turn(ctx, p); err != nil {
			r.log.Error("periodic work", "name", p.name, "err", err)
		}
	}
}

func (r *Runner) turn(ctx context.Context, p periodic) error {
	due := false
	err := r.db.View(ctx, func(tx *db.Tx) error {
		held, err := db.Exists(ctx, tx, `select 1 from lease where name = $1 and until > $2`, p.name, tx.Now())
		due = !held
		return err
	})
	if err != nil || !due {
		return err
	}
	return r.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			insert into lease (name, holder, until) values ($1, $2, $3)
			on conflict (name) do update set until = excluded.until, holder = excluded.holder where lease.until <= $4`,
			p.name, "", tx.Now().Add(p.every), tx.Now())
		if err != nil || n == 0 {
			return err
		}
		return p.work(ctx, tx)
	})
}
