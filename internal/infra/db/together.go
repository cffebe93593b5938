package db

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// What reads leave behind on SQLite is written together: it has one writer,
// which waits for the disk at the end of each transaction, so that a hundred
// readers a second would wait for a hundred of them. Those who come while one
// is being written share the next. PostgreSQL does so itself.

// mostTogether is how many reads share a transaction.
const mostTogether = 100

// A trace is what one read leaves.
type trace struct {
	writes []func(context.Context, *Tx) error
	done   chan error
}

// traces are those that wait to be written.
type traces struct {
	mu      sync.Mutex
	waiting []*trace
	busy    bool // somebody writes them
}

// leave writes what a read left, with what others left at the same time, and
// returns once it has committed.
func (db *DB) leave(ctx context.Context, writes []func(context.Context, *Tx) error) error {
	if db.dialect.name != lite.name {
		return db.Update(ctx, func(tx *Tx) error { return run(ctx, tx, writes) })
	}
	t := &trace{writes, make(chan error, 1)}
	db.traces.mu.Lock()
	db.traces.waiting = append(db.traces.waiting, t)
	first := !db.traces.busy
	db.traces.busy = true
	db.traces.mu.Unlock()
	if first {
		go db.writeTraces()
	}
	return <-t.done // also for a reader who has left: what they read they have read
}

// run runs writes; a panic in one is an error, since no page stands around it.
func run(ctx context.Context, tx *Tx, writes []func(context.Context, *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	for _, write := range writes {
		if err := write(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// writeTraces writes until nothing waits.
func (db *DB) writeTraces() {
	for {
		db.traces.mu.Lock()
		some := db.traces.waiting[:min(mostTogether, len(db.traces.waiting))]
		db.traces.waiting = db.traces.waiting[len(some):]
		db.traces.busy = len(some) > 0
		db.traces.mu.Unlock()
		if len(some) == 0 {
			return
		}
		db.write(some)
	}
}

// write writes some traces in one transaction; if that fails each in its own,
// so that one reader's trouble is nobody else's.
func (db *DB) write(some []*trace) {
	ctx := context.Background()
	err := db.Update(ctx, func(tx *Tx) error {
		for _, t := range some {
			if err := run(ctx, tx, t.writes); err != nil {
				return err
			}
		}
		return nil
	})
	for _, t := range some {
		if err != nil && len(some) > 1 {
			t.done <- db.Update(ctx, func(tx *Tx) error { return run(ctx, tx, t.writes) })
			continue
		}
		t.done <- err
	}
}
