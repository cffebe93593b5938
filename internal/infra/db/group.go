package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// SQLite writes to disk with every commit, and has one writer. So that many
// who write at once need not each wait for the disk in turn, they share a
// commit: each runs by itself, one after another, in a savepoint of one
// transaction, and is told that it is done once that has committed. Nobody is
// told before, whatever came of their part, since it may rest on what others
// wrote before them. If the commit fails, nobody's part is kept.

// mostGrouped share a commit, so that the first of them doesn't wait for ever.
const mostGrouped = 16

// A group is the writers of one database.
type group struct {
	turn    sync.Mutex // held by who writes
	mu      sync.Mutex
	waiting int // for their turn
	batch   *batch
}

// A batch is one transaction of several writers.
type batch struct {
	conn *sql.Conn
	tx   *sql.Tx
	n    int
	told []string
	done chan struct{} // closed when err is right
	err  error
}

// write runs f as a part of the batch, and returns once that is on disk.
func (db *DB) write(ctx context.Context, f func(*Tx) error) error {
	b, partErr := db.take(ctx, f)
	if b == nil {
		return partErr
	}
	<-b.done
	if b.err != nil {
		return b.err
	}
	return partErr
}

// take is f's turn: its part, and the commit if it is the last of the batch.
// The turn ends however f does. Without a batch f had no part in one.
func (db *DB) take(ctx context.Context, f func(*Tx) error) (b *batch, err error) {
	g := db.group
	g.await(1)
	g.turn.Lock()
	g.await(-1)
	defer g.turn.Unlock()
	defer g.close(db)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b, err = g.open(ctx, db); err != nil {
		return nil, err
	}
	return b, db.part(ctx, b, f)
}

// close commits the batch if whoever has the turn is its last: nobody waits,
// or it is full, or lost.
func (g *group) close(db *DB) {
	if b := g.batch; b != nil && (!g.awaited() || b.n >= mostGrouped || b.err != nil) {
		b.commit(db)
		g.batch = nil
	}
}

// await counts who waits for their turn.
func (g *group) await(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting += n
}

func (g *group) awaited() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting > 0
}

// open is the batch that stands open, or a new one. It outlives who began it.
func (g *group) open(ctx context.Context, db *DB) (*batch, error) {
	if g.batch == nil {
		conn, err := db.writer.Conn(ctx)
		if err != nil {
			return nil, err
		}
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		g.batch = &batch{conn: conn, tx: tx, done: make(chan struct{})}
	}
	g.batch.n++
	return g.batch, nil
}

// part runs f in a savepoint. If what it wrote can't be undone by itself, the
// whole batch is lost: SQLite rolls all back by itself when the disk is full.
func (db *DB) part(ctx context.Context, b *batch, f func(*Tx) error) (err error) {
	if _, err := b.tx.Exec("savepoint part"); err != nil {
		b.err = err
		return err
	}
	kept := false
	defer func() {
		if kept {
			return
		}
		for _, undo := range []string{"rollback to savepoint part", "release savepoint part"} {
			if _, failed := b.tx.Exec(undo); failed != nil {
				b.err = errors.Join(b.err, err, failed)
			}
		}
	}()
	t := &Tx{tx: b.tx, conn: b.conn, db: db, dialect: db.dialect, now: db.Now().UTC().Truncate(time.Microsecond), grouped: true}
	if err := f(t); err != nil {
		return err
	}
	for _, last := range t.before {
		if err := last(ctx); err != nil {
			return err
		}
	}
	if _, err := b.tx.Exec("release savepoint part"); err != nil {
		return err
	}
	kept = true
	b.told = append(b.told, t.told...)
	return nil
}

// commit settles what came of all parts.
func (b *batch) commit(db *DB) {
	if b.err == nil {
		b.err = classify(b.tx.Commit())
	}
	if b.err != nil {
		_ = b.tx.Rollback() // there may be nothing left to roll back
		db.memory.forget()  // it may hold what was written and isn't any more
	}
	b.err = errors.Join(b.err, b.conn.Close())
	close(b.done)
	if b.err == nil {
		db.bell.told(b.told)
	}
}
