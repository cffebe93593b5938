package db

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Who shows something that others change wants to hear of it. A transaction
// tells topics; once it has committed, everyone in the process who listens
// hears them, and soon after the other processes on the same PostgreSQL do.
// What is heard is a reason to look again, never news in itself: a topic can
// come for nothing, twice or, from a process that died, not at all. So whoever
// listens also looks from time to time.

// channel is where processes on one PostgreSQL tell each other.
const channel = "parley"

// gather is how long topics for other processes are gathered. They go out in a
// statement of their own: a NOTIFY inside of a transaction has all commits of
// the server wait for each other (PostgreSQL takes one lock for all of them),
// which would cost bookings more than it brings.
const gather = 30 * time.Millisecond

// mostTold is how long a message is, in bytes: NOTIFY takes less than 8000.
const mostTold = 7000

// A bell is what a process hears and tells.
type bell struct {
	mu      sync.Mutex
	hearers map[int]func(topics []string)
	last    int
	self    string              // of this process, to know its own words by
	far     map[string]struct{} // for the others; nil while nobody carries it
	ready   chan struct{}
}

func newBell() *bell {
	return &bell{hearers: map[int]func([]string){}, self: NewID("prc"), ready: make(chan struct{}, 1)}
}

// Tell has whoever listens hear of topic once the transaction has committed. A
// topic is a word and ids, without spaces; no member's data.
func (tx *Tx) Tell(topic string) {
	if !slices.Contains(tx.told, topic) {
		tx.told = append(tx.told, topic)
	}
}

// Hear has f called with topics that were told, until stop. No topics at all
// mean that anything may have changed. f is called while others wait, so it
// only notes what it hears.
func (db *DB) Hear(f func(topics []string)) (stop func()) {
	b := db.bell
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	n := b.last
	b.hearers[n] = f
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.hearers, n)
	}
}

// ring tells everyone here.
func (b *bell) ring(topics []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.hearers {
		f(topics)
	}
}

// told tells everyone here, and keeps it for the others.
func (b *bell) told(topics []string) {
	if len(topics) == 0 {
		return
	}
	b.ring(topics)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.far == nil {
		return
	}
	for _, t := range topics {
		b.far[t] = struct{}{}
	}
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// carry says whether there are others to tell.
func (b *bell) carry(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.far = nil
	if on {
		b.far = map[string]struct{}{}
	}
}

// messages takes what is to go to the others.
func (b *bell) messages() (all []string) {
	b.mu.Lock()
	topics := slices.Sorted(maps.Keys(b.far))
	clear(b.far)
	b.mu.Unlock()
	text := b.self
	for _, t := range topics {
		if len(text)+len(t) > mostTold {
			all, text = append(all, text), b.self
		}
		text += " " + t
	}
	if text != b.self {
		all = append(all, text)
	}
	return all
}

// Listen carries topics between the processes on one PostgreSQL until ctx is
// done; on SQLite, which has one process, it only waits. After the connection
// broke it goes on, and everyone hears that anything may have changed.
func (db *DB) Listen(ctx context.Context, log *slog.Logger) {
	if db.listening == nil {
		<-ctx.Done()
		return
	}
	db.bell.carry(true)
	defer db.bell.carry(false)
	var telling sync.WaitGroup
	telling.Go(func() { db.tellOthers(ctx, log) })
	defer telling.Wait()
	for ctx.Err() == nil {
		if err := db.hearOthers(ctx); err != nil && ctx.Err() == nil {
			log.Warn("changes of other processes are not heard", "err", err)
		}
		wait(ctx, time.Second)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (db *DB) tellOthers(ctx context.Context, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-db.bell.ready:
		}
		wait(ctx, gather)
		for _, m := range db.bell.messages() {
			if _, err := db.writer.ExecContext(ctx, `select pg_notify($1, $2)`, channel, m); err != nil && ctx.Err() == nil {
				log.Warn("other processes are not told of changes", "err", err)
			}
		}
	}
}

// hearOthers listens until the connection breaks.
func (db *DB) hearOthers(ctx context.Context) (err error) {
	conn, err := pgx.ConnectConfig(ctx, db.listening)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return err
	}
	db.bell.ring(nil)
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if topics := strings.Fields(n.Payload); len(topics) > 1 && topics[0] != db.bell.self {
			db.bell.ring(topics[1:])
		}
	}
}
