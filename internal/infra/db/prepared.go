package db

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"modernc.org/sqlite"
)

// SQLite compiles each statement before it runs it, which takes as long as
// running it. PostgreSQL's driver keeps what it has compiled, SQLite's does
// not; these connections do. A connection runs one statement at a time and
// reads all its rows before the next, so that one compiled copy is enough.

// mostPrepared statements are kept by a connection: more than the program has
// that don't depend on how long a list is.
const mostPrepared = 400

// longest is the text of a statement that is kept: those of imports, with
// hundreds of rows each, are not.
const longest = 6000

// A connector opens connections to a SQLite file.
type connector struct {
	dsn string
	lib *sqlite.Driver
}

func openPrepared(dsn string) *sql.DB { return sql.OpenDB(connector{dsn, &sqlite.Driver{}}) }

func (c connector) Driver() driver.Driver { return c.lib }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.lib.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &preparing{liteConn: conn.(liteConn), prepared: map[string]compiled{}}, nil
}

// liteConn is what SQLite's driver offers of a connection.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type preparedStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparing is a connection that keeps its compiled statements.
type preparing struct {
	liteConn
	prepared map[string]compiled
}

// A compiled statement is kept, and knows the order of its arguments.
type compiled struct {
	preparedStmt
	placed placed
}

func (c *preparing) stmt(ctx context.Context, query string) (compiled, error) {
	if s, ok := c.prepared[query]; ok {
		return s, nil
	}
	if len(c.prepared) >= mostPrepared {
		if err := c.forget(); err != nil {
			return compiled{}, err
		}
	}
	p := place(query)
	s, err := c.PrepareContext(ctx, p.text)
	if err != nil {
		return compiled{}, err
	}
	c.prepared[query] = compiled{s.(preparedStmt), p}
	return c.prepared[query], nil
}

// forget lets all go, to begin anew: which are the ones in use shows at once.
func (c *preparing) forget() (err error) {
	for query, s := range c.prepared {
		if closeErr := s.Close(); err == nil {
			err = closeErr
		}
		delete(c.prepared, query)
	}
	return err
}

func (c *preparing) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(query) > longest {
		p := place(query)
		return c.liteConn.ExecContext(ctx, p.text, p.arguments(args))
	}
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, s.placed.arguments(args))
}

func (c *preparing) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(query) > longest {
		p := place(query)
		return c.liteConn.QueryContext(ctx, p.text, p.arguments(args))
	}
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, s.placed.arguments(args))
}

func (c *preparing) Close() error {
	if err := c.forget(); err != nil {
		return err
	}
	return c.liteConn.Close()
}
