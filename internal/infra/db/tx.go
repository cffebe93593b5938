package db

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"parley/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A Tx is a transaction. Whoever answers the request opens it; everything
// below is handed it, and so commits together or not at all.
type Tx struct {
	tx         *sql.Tx
	conn       *sql.Conn // of tx
	sent       pgx.Batch // what is to run before the next statement
	db         *DB
	dialect    dialect
	now        time.Time
	readOnly   bool
	statements int
	later      []func(context.Context, *Tx) error
	revisions  revisions
	own        map[any]any
	before     []func(context.Context) error
	told       []string
	grouped    bool // others have a part in the transaction
}

// Now is when the transaction began, in UTC at the precision both databases
// keep. Every row it writes agrees on the time.
func (tx *Tx) Now() time.Time { return tx.now }

// Statements is how many statements have run, for tests of what a page costs.
func (tx *Tx) Statements() int { return tx.statements }

// Later has write run in the same transaction if it can write, at once;
// otherwise in a transaction of its own after the read-only one has ended
// well and before anyone sees its result. It is how a read leaves a trace.
func (tx *Tx) Later(ctx context.Context, write func(context.Context, *Tx) error) error {
	if !tx.readOnly {
		return write(ctx, tx)
	}
	tx.later = append(tx.later, write)
	return nil
}

// Update runs f in a transaction that commits if f returns nil. f may run
// again, from the start, when the database asks for that (a serialization
// failure, a deadlock), so what it does outside the transaction must bear
// repeating.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	return db.retry(ctx, func() error {
		if db.group != nil {
			return db.write(ctx, f)
		}
		return db.run(ctx, db.writer, false, f)
	})
}

// View runs f in a read-only transaction, then what f left for Later.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	var later []func(context.Context, *Tx) error
	err := db.retry(ctx, func() error {
		return db.run(ctx, db.reader, true, func(tx *Tx) error {
			err := f(tx)
			later = tx.later
			return err
		})
	})
	if err != nil || len(later) == 0 {
		return err
	}
	return db.Update(ctx, func(tx *Tx) error {
		for _, write := range later {
			if err := write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

const tries = 4

func (db *DB) retry(ctx context.Context, run func() error) error {
	for try := 1; ; try++ {
		err := run()
		if err == nil || try == tries || !again(err) {
			return err
		}
		db.repeated.Add(1)
		pause := time.Duration(1+rand.IntN(20<<try)) * time.Millisecond
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

func (db *DB) run(ctx context.Context, pool *sql.DB, readOnly bool, f func(*Tx) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly && db.dialect.name == postgres.name})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	t := &Tx{tx: tx, conn: conn, db: db, dialect: db.dialect, now: db.Now().UTC().Truncate(time.Microsecond), readOnly: readOnly}
	if err := f(t); err != nil {
		return err
	}
	for _, last := range t.before {
		if err := last(ctx); err != nil {
			return err
		}
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return classify(err)
	}
	db.bell.told(t.told)
	return nil
}

// BeforeCommit has last run as the last thing that the transaction does, after
// what was given before. It is where rows are written that everyone writes, so
// that they are held for the shortest time and in one order.
func (tx *Tx) BeforeCommit(last func(context.Context) error) { tx.before = append(tx.before, last) }

// Send has a statement run of which only matters that it ran. It runs before
// the next one that is read or counted, or at the end; several in a row are
// one message to the server. What goes wrong with it goes wrong then.
func (tx *Tx) Send(ctx context.Context, query string, args ...any) error {
	if !tx.dialect.batches {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}
	tx.statements++
	tx.note(query)
	tx.sent.Queue(tx.dialect.expand(query), values(args)...)
	return nil
}

// flush runs what was sent.
func (tx *Tx) flush(ctx context.Context) error {
	if tx.sent.Len() == 0 {
		return nil
	}
	all := tx.sent
	tx.sent = pgx.Batch{}
	return classify(tx.conn.Raw(func(conn any) error {
		return conn.(*stdlib.Conn).Conn().SendBatch(ctx, &all).Close()
	}))
}

// Exec runs a statement and reports how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.statements++
	tx.note(query)
	if err := tx.flush(ctx); err != nil {
		return 0, err
	}
	res, err := tx.tx.ExecContext(tx.lasting(ctx), tx.dialect.expand(query), values(args)...)
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}

// lasting is ctx without its end where others have a part in the transaction:
// SQLite rolls all of it back when a statement that writes is interrupted.
func (tx *Tx) lasting(ctx context.Context) context.Context {
	if tx.grouped {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// A Row is what a scan function reads one row from.
type Row interface{ Scan(dest ...any) error }

// One returns the single row that query selects, or a NotFound fault.
func One[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) (T, error) {
	tx.statements++
	tx.note(query)
	if err := tx.flush(ctx); err != nil {
		var none T
		return none, err
	}
	v, err := scan(row{tx.tx.QueryRowContext(tx.lasting(ctx), tx.dialect.expand(query), values(args)...)})
	return v, classify(err)
}

// All returns every row that query selects, in the query's order.
func All[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	tx.statements++
	tx.note(query)
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(tx.lasting(ctx), tx.dialect.expand(query), values(args)...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(row{rows})
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, classify(rows.Err())
}

// Value scans a row of one column.
func Value[T any](r Row) (v T, err error) { return v, r.Scan(&v) }

// Count returns the number that query selects.
func Count(ctx context.Context, tx *Tx, query string, args ...any) (int, error) {
	return One(ctx, tx, Value[int], query, args...)
}

// Exists reports whether query selects any row.
func Exists(ctx context.Context, tx *Tx, query string, args ...any) (bool, error) {
	n, err := Count(ctx, tx, "select count(*) from (select 1 as one from ("+query+") q limit 1) r", args...)
	return n > 0, err
}

// Try runs f so that, if f fails, what f wrote is undone and the transaction
// can go on: on PostgreSQL an error otherwise ends it. It returns f's error.
func (tx *Tx) Try(ctx context.Context, f func() error) error {
	if _, err := tx.Exec(ctx, "savepoint try"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = tx.flush(ctx)
	}
	if err == nil {
		_, err = tx.Exec(ctx, "release savepoint try")
		return err
	}
	tx.sent = pgx.Batch{}
	if _, undo := tx.Exec(ctx, "rollback to savepoint try"); undo != nil {
		return errors.Join(err, undo)
	}
	if _, undo := tx.Exec(ctx, "release savepoint try"); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

// In returns "(…)" for `x in (…)`: placeholders from $from on for values, and
// the values as arguments. No values gives a list that nothing is in.
func In[T any](from int, values []T) (list string, args []any) {
	if len(values) == 0 {
		return "(null)", nil
	}
	var b strings.Builder
	b.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(placeholder(from + i))
		args = append(args, v)
	}
	b.WriteByte(')')
	return b.String(), args
}

// Changed turns "no row was changed" into a Conflict: what a compare-and-swap
// on a version answers when someone else was first.
func Changed(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "Someone else changed this while you were looking at it.")
	}
	return err
}
