package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func addLease(ctx context.Context, tx *db.Tx, name string, until time.Time) error {
	_, err := tx.Exec(ctx, `insert into lease (name, holder, until) values ($1, $2, $3)`, name, "t", until)
	return err
}

func leases(ctx context.Context, d *db.DB) (n int) {
	_ = d.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from lease`)
		return err
	})
	return n
}

// A page can be read while another request is writing, and cannot write.
func TestReadersDoNotWaitAndDoNotWrite(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := addLease(ctx, tx, "a", tx.Now()); err != nil {
				return err
			}
			if n := leases(ctx, d); n != 0 {
				t.Errorf("a reader saw %d rows that have not committed", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(ctx, func(tx *db.Tx) error { return addLease(ctx, tx, "b", tx.Now()) })
		if err == nil {
			t.Error("a read-only transaction wrote")
		}
	})
}

func TestLaterRunsOnlyAfterAReadThatWentWell(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		leave := func(name string, err error) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error { return addLease(ctx, tx, name, tx.Now()) })
				return err
			}
		}
		if err := d.View(ctx, leave("read", nil)); err != nil {
			t.Fatal(err)
		}
		if err := d.View(ctx, leave("failed", errors.New("no"))); err == nil {
			t.Fatal("no error")
		}
		if err := d.Update(ctx, leave("write", nil)); err != nil {
			t.Fatal(err)
		}
		if n := leases(ctx, d); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

func TestTimesComeBackAsTheyWent(t *testing.T) {
	ctx := context.Background()
	chicago, _ := time.LoadLocation("America/Chicago")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 11, 1, 1, 30, 0, 123456789, chicago)
		err := d.Update(ctx, func(tx *db.Tx) error { return addLease(ctx, tx, "x", at) })
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			got, err := db.One(ctx, tx, db.Value[time.Time], `select until from lease where until <= $1 and until >= $2`, at.In(time.UTC), at)
			if err == nil && !got.Equal(at.Truncate(time.Microsecond)) {
				t.Errorf("got %v, want %v", got, at)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.View(ctx, func(tx *db.Tx) error {
			_, err := db.One(ctx, tx, db.Value[string], `select name from lease where name = $1`, "none")
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("no row: %v", err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			return errors.Join(addLease(ctx, tx, "same", tx.Now()), addLease(ctx, tx, "same", tx.Now()))
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("same key: %v", err)
		}
	})
}

func TestTryUndoesOnlyWhatFailed(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := addLease(ctx, tx, "kept", tx.Now()); err != nil {
				return err
			}
			tried := tx.Try(ctx, func() error {
				return errors.Join(addLease(ctx, tx, "undone", tx.Now()), addLease(ctx, tx, "kept", tx.Now()))
			})
			if !fault.Is(tried, fault.Conflict) {
				t.Errorf("tried: %v", tried)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := leases(ctx, d); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

// Two transactions that take the same rows in opposite order deadlock on
// PostgreSQL; the seam runs the victim again.
func TestDeadlocksAreRunAgain(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"a", "b"} {
			if err := d.Update(ctx, func(tx *db.Tx) error { return addLease(ctx, tx, name, tx.Now()) }); err != nil {
				t.Fatal(err)
			}
		}
		touch := func(tx *db.Tx, name string) error {
			_, err := tx.Exec(ctx, `update lease set holder = holder || '.' where name = $1`, name)
			return err
		}
		var wg sync.WaitGroup
		for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
			wg.Go(func() {
				err := d.Update(ctx, func(tx *db.Tx) error {
					if err := touch(tx, pair[0]); err != nil {
						return err
					}
					time.Sleep(50 * time.Millisecond)
					return touch(tx, pair[1])
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestInNumbersItsPlaceholders(t *testing.T) {
	list, args := db.In(3, []string{"x", "y"})
	if list != "($3,$4)" || len(args) != 2 {
		t.Errorf("got %s %v", list, args)
	}
	if list, args := db.In[string](1, nil); list != "(null)" || args != nil {
		t.Errorf("empty: %s %v", list, args)
	}
}

func TestMigratingTwiceChangesNothing(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		has, needs, err := d.Schema(ctx)
		if err != nil || has != needs || has < 2 {
			t.Errorf("has %d, needs %d, %v", has, needs, err)
		}
	})
}

func TestOpenSaysWhatAnAddressMustBe(t *testing.T) {
	if _, err := db.Open(context.Background(), "mysql://x"); err == nil {
		t.Error("no error")
	}
}
