// Package job does work later. A job is added in the transaction that gives
// the reason for it: if that commits the work will be done, if it does not
// there is no job. A job may run twice (a process can die after the work,
// before saying so), so work must bear repeating.
package job

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/infra/db"
)

// Args are what a job is given. Their Kind says which work it is for; it is
// stored, so it never changes. Args hold ids, never a member's data.
type Args interface{ Kind() string }

// An Option says when or under which key a job runs.
type Option func(*row)

type row struct {
	at  time.Time
	key *string
}

// At has the job run at or after t instead of at once.
func At(t time.Time) Option { return func(r *row) { r.at = t } }

// Key makes the job the only one of its key, for ever: adding it again does
// nothing, whether it has run or not.
func Key(key string) Option { return func(r *row) { r.key = &key } }

// Add asks for work in transaction tx.
func Add(ctx context.Context, tx *db.Tx, args Args, options ...Option) error {
	return AddAll(ctx, tx, []Work{{args, options}})
}

// A Work is what is asked for with others.
type Work struct {
	Args    Args
	Options []Option
}

// AddAll asks for several, in this order.
func AddAll(ctx context.Context, tx *db.Tx, all []Work) error {
	if len(all) == 0 {
		return nil
	}
	var values []any
	for _, w := range all {
		r := row{at: tx.Now()}
		for _, o := range w.Options {
			o(&r)
		}
		body, err := json.Marshal(w.Args)
		if err != nil {
			return err
		}
		values = append(values, db.NewID("job"), w.Args.Kind(), string(body), r.key, "ready", r.at, tx.Now())
	}
	return tx.Send(ctx, `insert into job (id, kind, args, unique_key, state, run_at, added_at) values `+db.Tuples(len(all), 7)+` on conflict do nothing`, values...)
}

// A Dead job failed so often that a person must look at it.
type Dead struct {
	ID, Kind, Error string
	At              time.Time
}

// Queue is how the queue is doing, for operators.
type Queue struct {
	Ready, Dead int
	Oldest      time.Time // when the longest-waiting due job should have run; zero if none waits
}

// Look returns how the queue is doing.
func Look(ctx context.Context, tx *db.Tx) (q Queue, err error) {
	if q.Ready, err = db.Count(ctx, tx, `select count(*) from job where state = 'ready' and run_at <= $1`, tx.Now()); err != nil {
		return q, err
	}
	if q.Dead, err = db.Count(ctx, tx, `select count(*) from job where state = 'dead'`); err != nil {
		return q, err
	}
	oldest, err := db.All(ctx, tx, db.Value[time.Time], `select run_at from job where state = 'ready' and run_at <= $1 order by run_at limit 1`, tx.Now())
	if len(oldest) > 0 {
		q.Oldest = oldest[0]
	}
	return q, err
}

// Letters returns the dead jobs, newest first, at most 100.
func Letters(ctx context.Context, tx *db.Tx) ([]Dead, error) {
	return db.All(ctx, tx, func(r db.Row) (d Dead, err error) {
		err = r.Scan(&d.ID, &d.Kind, &d.Error, &d.At)
		d.Error = Plain(d.Error)
		return d, err
	}, `select id, kind, error, ended_at from job where state = 'dead' order by ended_at desc, id limit 100`)
}

// Revive has a dead job run again, from its first attempt.
func Revive(ctx context.Context, tx *db.Tx, id string) error {
	return db.Changed(tx.Exec(ctx, `update job set state = 'ready', attempt = 0, run_at = $1, ended_at = null where id = $2 and state = 'dead'`, tx.Now(), id))
}

// Sweep forgets jobs done more than a month ago. Jobs with a key are kept,
// since the key is what keeps them from happening twice.
func Sweep(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `delete from job where state = 'done' and unique_key is null and ended_at < $1`, tx.Now().Add(-30*24*time.Hour))
	return err
}
