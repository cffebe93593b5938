// Package dbtest gives a test a fresh, migrated database of each kind. A
// machine without PostgreSQL's server binaries fails such a test; it never
// skips it, because what is only tested on one database is broken on the other.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/internal/infra/db"
)

// Clock is what time it is in tests until they say otherwise: Monday,
// November 23, 2026, 9:00 AM in Chicago, three days before Thanksgiving.
var Clock = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// Each runs f against SQLite and against PostgreSQL, each time with a
// database of its own.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
}

// SQLite is one fresh SQLite database, for tests of what lies above the seam.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, SQLiteURL(t, t.TempDir()))
}

// SQLiteURL is the address of a fresh, migrated SQLite database in a folder,
// for a program that opens it itself.
func SQLiteURL(t testing.TB, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "parley.db")
	template, err := liteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// Postgres is one fresh PostgreSQL database.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

// PostgresURL is the address of a fresh, migrated PostgreSQL database, for a
// program that opens it itself.
func PostgresURL(t testing.TB) string {
	t.Helper()
	c, err := startCluster()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), count.Add(1))
	if _, err := c.admin.Exec("create database " + name + " template parley_template"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec("drop database " + name + " with (force)"); err != nil {
			t.Log(err)
		}
	})
	return c.url(name)
}

var count atomic.Int64

// liteTemplate is a migrated SQLite file, made once for a test binary.
var liteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate leaves nothing in the write-ahead log: closing the last connection
// of a SQLite database checkpoints it.
func migrate(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		d.Close()
		return err
	}
	return d.Close()
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Log(err)
		}
	})
	d.Now = func() time.Time { return Clock }
	return d
}

// A cluster is a PostgreSQL server of the test's own.
type cluster struct {
	dir   string
	admin *sql.DB
}

func (c cluster) url(name string) string {
	return fmt.Sprintf("postgres://postgres@localhost/%s?host=%s&sslmode=disable", name, c.dir)
}

// Fresh returns the address of a new, migrated PostgreSQL database that lasts
// as long as this process, for a benchmark. Its server writes to disk what is
// committed, as in operation.
func Fresh() (string, error) {
	durability = ""
	c, err := startCluster()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("bench_%d_%d", os.Getpid(), count.Add(1))
	_, err = c.admin.Exec("create database " + name + " template parley_template")
	return c.url(name), err
}
