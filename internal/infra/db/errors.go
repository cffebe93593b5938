package db

import (
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/internal/fault"
)

// classify turns the errors a caller can act on into faults.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return &fault.Error{Kind: fault.NotFound, Text: "We can't find that.", Err: err}
	case duplicate(err):
		return &fault.Error{Kind: fault.Conflict, Text: "Someone else changed this while you were looking at it.", Err: err}
	}
	return err
}

// duplicate reports whether a unique or primary key refused a row.
func duplicate(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &pg) && pg.Code == "23505" ||
		errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// again reports whether the database asks for the transaction to be run once
// more: 40001 serialization failure, 40P01 deadlock, 55P03 lock not available
// (PostgreSQL, appendix A), SQLITE_BUSY.
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "55P03"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// Contended reports whether err says only that others held the database: the
// caller may ask its user to try again.
func Contended(err error) bool { return again(err) }
