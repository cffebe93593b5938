package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Of many who write at once each keeps or loses its own part alone, whether it
// fails, panics or came too late; and what it tells is told if it is kept.
func TestWritersShareACommitAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var e ears
		defer d.Hear(e.hear)()
		failed := errors.New("on purpose")
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		one := func(i int) (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = failed
				}
			}()
			ctx, name := context.Background(), fmt.Sprintf("l%02d", i)
			if i%4 == 3 {
				ctx = gone
			}
			return d.Update(ctx, func(tx *db.Tx) error {
				tx.Tell(name)
				if err := addLease(context.Background(), tx, name, tx.Now()); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return failed
				case 2:
					panic("on purpose")
				}
				return nil
			})
		}
		const writers = 64
		var errs [writers]error
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() { errs[i] = one(i) })
		}
		all.Wait()
		var names []string
		err := d.View(context.Background(), func(tx *db.Tx) (err error) {
			names, err = db.All(context.Background(), tx, db.Value[string], `select name from lease order by name`)
			return err
		})
		if err != nil || len(names) != writers/4 {
			t.Fatalf("%d rows, want %d (%v)", len(names), writers/4, err)
		}
		for i, err := range errs {
			name := fmt.Sprintf("l%02d", i)
			kept := slices.Contains(names, name)
			if kept != (i%4 == 0) || kept != (err == nil) || kept != e.has(name) {
				t.Errorf("%d: kept %v, told %v, %v", i, kept, e.has(name), err)
			}
		}
	})
}

// Where the whole batch is lost, as when the disk is full, nobody is told that
// their part is kept, and the next can write.
func TestALostBatchIsLostForAll(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := context.Background()
	const writers = 40
	var all sync.WaitGroup
	var errs [writers]error
	for i := range writers {
		all.Go(func() {
			errs[i] = d.Update(ctx, func(tx *db.Tx) error {
				if err := addLease(ctx, tx, fmt.Sprintf("l%02d", i), tx.Now()); err != nil || i%10 != 5 {
					return err
				}
				_, err := tx.Exec(ctx, `rollback`)
				return err
			})
		})
	}
	all.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		}
	}
	if n := leases(ctx, d); n != kept || errs[5] == nil {
		t.Errorf("%d rows, and %d were told that theirs is kept", n, kept)
	}
	if err := d.Update(ctx, func(tx *db.Tx) error { return addLease(ctx, tx, "after", tx.Now()) }); err != nil {
		t.Error(err)
	}
}

// What was acknowledged is in the file: another process that opens it, without
// this one having closed it, finds it.
func TestWhatIsAcknowledgedIsInTheFile(t *testing.T) {
	ctx := context.Background()
	path := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	d, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			err := d.Update(ctx, func(tx *db.Tx) error { return addLease(ctx, tx, fmt.Sprintf("l%02d", i), tx.Now()) })
			if err != nil {
				t.Error(err)
			}
			other, err := db.Open(ctx, path)
			if err != nil {
				t.Error(err)
				return
			}
			defer other.Close()
			err = other.View(ctx, func(tx *db.Tx) error {
				there, err := db.Exists(ctx, tx, `select 1 from lease where name = $1`, fmt.Sprintf("l%02d", i))
				if err == nil && !there {
					t.Errorf("%d was acknowledged and isn't there", i)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
