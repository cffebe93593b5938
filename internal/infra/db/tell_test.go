package db_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// ears note what is heard.
type ears struct {
	mu    sync.Mutex
	heard []string
}

func (e *ears) hear(topics []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(topics) == 0 {
		topics = []string{"anything"}
	}
	e.heard = append(e.heard, topics...)
}

func (e *ears) has(topic string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.heard, topic)
}

// waits fails the test unless topic is heard soon.
func (e *ears) waits(t *testing.T, topic string) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !e.has(topic); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%q was never heard", topic)
		}
	}
}

func TestWhatIsToldIsHeardOnceItIsCommitted(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var e ears
		stop := d.Hear(e.hear)
		failed := errors.New("not kept")
		if err := d.Update(ctx, func(tx *db.Tx) error { tx.Tell("undone"); return failed }); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		err := d.Update(ctx, func(tx *db.Tx) error {
			tx.Tell("done")
			tx.Tell("done")
			if e.has("done") {
				t.Error("heard before the commit")
			}
			_, err := tx.Exec(ctx, `delete from weekly_hours`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if err := d.Update(ctx, func(tx *db.Tx) error { tx.Tell("late"); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(e.heard, " "); got != "done hours" {
			t.Errorf("heard %q", got)
		}
	})
}

// Processes on one PostgreSQL hear each other, however much there is to say,
// and after their connection broke they hear that anything may have changed.
func TestProcessesHearEachOther(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	url := dbtest.PostgresURL(t)
	var nodes [2]*db.DB
	var heard [2]ears
	var all sync.WaitGroup
	for i := range nodes {
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		nodes[i] = d
		d.Hear(heard[i].hear)
		all.Go(func() { d.Listen(ctx, slog.New(slog.DiscardHandler)) })
	}
	defer all.Wait()
	defer cancel()
	for i := range heard {
		heard[i].waits(t, "anything")
	}
	err := nodes[0].Update(ctx, func(tx *db.Tx) error {
		for i := range 1000 {
			tx.Tell("number:" + strconv.Itoa(i))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		heard[1].waits(t, "number:"+strconv.Itoa(i))
	}
	heard[1].mu.Lock()
	heard[1].heard = nil
	heard[1].mu.Unlock()
	err = nodes[0].Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	heard[1].waits(t, "anything")
	if err := nodes[0].Update(ctx, func(tx *db.Tx) error { tx.Tell("again"); return nil }); err != nil {
		t.Fatal(err)
	}
	heard[1].waits(t, "again")
	heard[0].mu.Lock()
	defer heard[0].mu.Unlock()
	if n := len(slices.DeleteFunc(heard[0].heard, func(s string) bool { return s != "again" })); n != 1 {
		t.Errorf("a process heard its own word %d times", n)
	}
}
