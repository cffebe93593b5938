// Package db is the one place that knows there are two databases.
//
// Every statement in the program is written once, in what PostgreSQL and
// SQLite have in common: $1 placeholders, ids and times supplied by Go, text
// for dates and JSON. The few things that differ are named in dialect.go.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A DB is one database. SQLite has a single writer, and is given a pool of
// one connection for it.
type DB struct {
	writer, reader *sql.DB
	schema         *sql.DB // that changes it
	dialect        dialect
	memory         *memory
	bell           *bell
	listening      *pgx.ConnConfig // nil where one process has the database

	repeated atomic.Int64
	group    *group // of writers of SQLite; nil for PostgreSQL, which does the same itself

	// Now tells the time. Tests and the demo replace it before use.
	Now func() time.Time
}

// lockTimeout bounds how long a writer waits for a row another holds: a page
// that answers late is worse than one that asks to try again. Changes of the
// schema wait for as long as it takes.
const lockTimeout = `set lock_timeout = '2s'`

const maxConns = 16 // of each pool; more than this is slower on the machines we measured

// once has the server plan each statement of a writer once for a connection,
// not anew for each set of values, which took it a third of a booking's time.
// Writers find rows by their keys, so that every plan is the same; readers
// search, where it matters what for.
const once = `set plan_cache_mode = force_generic_plan`

// Open connects to url: "postgres://..." or "sqlite:path". The caller closes
// the DB.
func Open(ctx context.Context, url string) (*DB, error) {
	path, isLite := strings.CutPrefix(url, "sqlite:")
	switch {
	case isLite && path != "":
		return openLite(ctx, path)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(ctx, url)
	}
	return nil, errors.New(`the database address must begin with "sqlite:" or "postgres://"`)
}

func openPostgres(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	writer, err := openPool(ctx, config, lockTimeout+"; "+once)
	if err != nil {
		return nil, err
	}
	reader, err := openPool(ctx, config, lockTimeout)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	schema := stdlib.OpenDB(*config)
	schema.SetMaxIdleConns(0)
	return &DB{writer: writer, reader: reader, schema: schema, dialect: postgres, memory: newMemory(), bell: newBell(), listening: config, Now: time.Now}, nil
}

// openPool opens connections that begin with setup.
func openPool(ctx context.Context, config *pgx.ConnConfig, setup string) (*sql.DB, error) {
	pool, err := ping(ctx, stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, setup)
		return err
	})))
	if err == nil {
		pool.SetMaxOpenConns(maxConns)
		pool.SetMaxIdleConns(maxConns)
	}
	return pool, err
}

// openLite gives writers one connection that takes the write lock when it
// begins, so that two writers queue rather than fail, and readers a pool that
// cannot write at all.
func openLite(ctx context.Context, path string) (*DB, error) {
	const options = "?_time_format=sqlite&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
		"&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-16000)&_pragma=temp_store(memory)"
	writer, err := ping(ctx, openPrepared("file:"+path+options+"&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := ping(ctx, openPrepared("file:"+path+options+"&_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(4)
	reader.SetMaxIdleConns(4)
	return &DB{writer: writer, reader: reader, schema: writer, dialect: lite, memory: newMemory(), bell: newBell(), group: &group{}, Now: time.Now}, nil
}

func ping(ctx context.Context, pool *sql.DB) (*sql.DB, error) {
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), pool.Close())
	}
	return pool, nil
}

// Close waits for running statements and closes both pools.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close(), db.schema.Close()) // closing one twice is nothing
}

// Repeated is how many transactions ran again because the database asked for
// it, such as after a deadlock. For reports.
func (db *DB) Repeated() int64 { return db.repeated.Load() }

// Name is "sqlite" or "postgres", for reports. Code must not branch on it.
func (db *DB) Name() string { return db.dialect.name }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.reader.PingContext(ctx) }
