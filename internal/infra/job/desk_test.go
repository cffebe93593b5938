package job_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
)

func TestDeadJobsAreRunAgainOrGivenUp(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		do := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []string{"a", "b", "c", "d"} {
			add(t, d, n)
		}
		list := func(s job.Standing) (all []job.Job) {
			t.Helper()
			do(func(tx *db.Tx) (err error) { all, err = job.List(ctx, tx, s); return err })
			return all
		}
		waiting := list(job.Waiting)
		do(func(tx *db.Tx) error {
			for i, state := range []string{"dead", "dead", "dead"} {
				if _, err := tx.Exec(ctx, `update job set state = $1, attempt = 80, error = $2, ended_at = $3 where id = $4`, state, `550 user "Rosa Canarywell" unknown`+"\nmore", tx.Now(), waiting[i].ID); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `update job set attempt = 2 where id = $1`, waiting[3].ID)
			return err
		})
		dead := list(job.ForGood)
		if len(dead) != 3 || dead[0].Error != "550 user … unknown" || dead[0].Standing != job.ForGood {
			t.Fatalf("%+v", dead)
		}
		if got := list(job.Failing); len(got) != 1 || got[0].Standing != job.Failing {
			t.Errorf("%+v", got)
		}
		if got := list("king"); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return job.Discard(ctx, tx, dead[0].ID, " ") }); fault.Of(err).Fields["why"] == "" {
			t.Errorf("no reason: %v", err)
		}
		do(func(tx *db.Tx) error { return job.Discard(ctx, tx, dead[0].ID, "Written by hand.") })
		if err := d.Update(ctx, func(tx *db.Tx) error { return job.Discard(ctx, tx, dead[0].ID, "Again.") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("given up twice: %v", err)
		}
		do(func(tx *db.Tx) error {
			n, err := job.ReviveAll(ctx, tx)
			if n != 2 {
				t.Errorf("%d run again, want 2", n)
			}
			return err
		})
		do(func(tx *db.Tx) error {
			n, err := job.Counts(ctx, tx)
			if n[job.Discarded] != 1 || n[job.Waiting] != 2 || n[job.ForGood] != 0 || n[job.Failing] != 1 {
				t.Errorf("%v", n)
			}
			one, oneErr := job.One(ctx, tx, dead[0].ID)
			if oneErr != nil || one.Standing != job.Discarded || one.Discarded != "Written by hand." {
				t.Errorf("%+v, %v", one, oneErr)
			}
			return err
		})
	})
}

func TestWhatIsLeftOutOfAnError(t *testing.T) {
	for text, want := range map[string]string{
		"dial tcp: timeout":                      "dial tcp: timeout",
		"to maria@cedar.example refused":         "to … refused",
		"member HBR 400 100 200 and 'Rosa'":      "member HBR … and …",
		"status 503 after 12 tries\npanic: more": "status 503 after 12 tries",
	} {
		if got := job.Plain(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
