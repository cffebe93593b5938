package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
)

type greet struct{ Name string }

func (greet) Kind() string { return "test.greet" }

func add(t *testing.T, d *db.DB, name string, options ...job.Option) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) error { return job.Add(context.Background(), tx, greet{name}, options...) })
	if err != nil {
		t.Fatal(err)
	}
}

// A counter is what the workers did.
type counter struct {
	sync.Mutex
	ran map[string]int
}

func (c *counter) greeted(name string) int {
	c.Lock()
	defer c.Unlock()
	c.ran[name]++
	return c.ran[name]
}

func drain(t *testing.T, r *job.Runner) {
	t.Helper()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := r.Drain(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestEachJobRunsOnceAndAFailedOneAgain(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := job.NewRunner(d, slog.New(slog.DiscardHandler))
		c := &counter{ran: map[string]int{}}
		job.Handle(r, func(_ context.Context, g greet) error {
			if c.greeted(g.Name) == 1 && g.Name == "fails once" {
				return errors.New("not yet")
			}
			return nil
		})
		for _, n := range []string{"a", "fails once", "c"} {
			add(t, d, n)
		}
		add(t, d, "keyed", job.Key("k"))
		add(t, d, "keyed", job.Key("k"))
		add(t, d, "tomorrow", job.At(dbtest.Clock.Add(24*time.Hour)))
		_ = d.Update(ctx, func(tx *db.Tx) error {
			return errors.Join(job.Add(ctx, tx, greet{"never"}), errors.New("rolled back"))
		})
		drain(t, r)
		d.Now = func() time.Time { return dbtest.Clock.Add(time.Hour) }
		drain(t, r)
		for name, want := range map[string]int{"a": 1, "fails once": 2, "c": 1, "keyed": 1, "never": 0, "tomorrow": 0} {
			if c.ran[name] != want {
				t.Errorf("%s ran %d times, want %d", name, c.ran[name], want)
			}
		}
	})
}

func TestAJobThatKeepsFailingIsKeptForAPerson(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := job.NewRunner(d, slog.New(slog.DiscardHandler))
		now, broken := dbtest.Clock, true
		d.Now = func() time.Time { return now }
		job.Handle(r, func(context.Context, greet) error {
			if broken {
				panic("broken")
			}
			return nil
		})
		add(t, d, "x")
		for range 82 {
			if _, err := r.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			now = now.Add(48 * time.Hour)
		}
		var dead []job.Dead
		look := func(tx *db.Tx) (err error) { dead, err = job.Letters(ctx, tx); return err }
		if err := d.View(ctx, look); err != nil || len(dead) != 1 {
			t.Fatalf("%d dead jobs, want 1 (%v)", len(dead), err)
		}
		broken = false
		if err := d.Update(ctx, func(tx *db.Tx) error { return job.Revive(ctx, tx, dead[0].ID) }); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Drain(ctx); n != 1 || err != nil {
			t.Errorf("%d ran, %v", n, err)
		}
		if err := d.View(ctx, look); err != nil || len(dead) != 0 {
			t.Errorf("%d dead jobs after it ran (%v)", len(dead), err)
		}
	})
}

// A worker that died holds its job no longer than its lease.
func TestALostWorkerLosesItsJob(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := job.NewRunner(d, slog.New(slog.DiscardHandler))
		c := &counter{ran: map[string]int{}}
		job.Handle(r, func(_ context.Context, g greet) error { c.greeted(g.Name); return nil })
		add(t, d, "x")
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update job set state = 'running', attempt = 1, lease_until = $1`, tx.Now().Add(time.Minute))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		drain(t, r)
		if c.ran["x"] != 0 {
			t.Error("ran while another worker held it")
		}
		d.Now = func() time.Time { return dbtest.Clock.Add(2 * time.Minute) }
		drain(t, r)
		if c.ran["x"] != 1 {
			t.Errorf("ran %d times after the lease ended, want 1", c.ran["x"])
		}
	})
}

func TestPeriodicWorkIsDoneOnceInEachPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &counter{ran: map[string]int{}}
		r := job.NewRunner(d, slog.New(slog.DiscardHandler))
		r.Every("sweep", time.Hour, func(context.Context, *db.Tx) error { c.greeted("sweep"); return nil })
		drain(t, r)
		drain(t, r)
		d.Now = func() time.Time { return dbtest.Clock.Add(61 * time.Minute) }
		drain(t, r)
		if c.ran["sweep"] != 2 {
			t.Errorf("ran %d times, want 2", c.ran["sweep"])
		}
	})
}
