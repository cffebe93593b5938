package audit

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/secret"
)

func chain(t *testing.T) *Chain {
	t.Helper()
	dir := t.TempDir()
	box, err := secret.OpenBox(filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenSigner(filepath.Join(dir, "signing-seed"), box)
	if err != nil {
		t.Fatal(err)
	}
	return &Chain{keys}
}

func do(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Update(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, d *db.DB, actions ...string) {
	t.Helper()
	for _, a := range actions {
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			return Record(ctx, tx, Entry{ActorID: "per_1", ActorName: "Maria Chen", Action: a, Kind: "order", ObjectID: "ord_1", Detail: a + " of 1"})
		})
	}
}

func verify(t *testing.T, c *Chain, d *db.DB, kept Head) Verdict {
	t.Helper()
	v, err := c.Verify(context.Background(), d, kept)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever is done to the rows behind the program's back is found, and where.
func TestTamperingIsFound(t *testing.T) {
	at := func(n string) string { return `(select id from audit where n = ` + n + `)` }
	for name, c := range map[string]struct {
		statements []string
		want       string
	}{
		"a word changed":      {[]string{`update audit set detail = 'nothing' where n = 3`}, "Entry 3 ("},
		"another person":      {[]string{`update audit set actor_id = 'per_2' where n = 1`}, "Entry 1 ("},
		"a later time":        {[]string{`update audit set at = $1 where n = 2`}, "Entry 2 ("},
		"one taken out":       {[]string{`delete from audit where n = 4`}, "Entry 4 is missing."},
		"the first taken out": {[]string{`delete from audit where n = 1`}, "Entry 1 is missing."},
		"the last taken out":  {[]string{`delete from audit where n = 6`}, "Entry 6 is missing"},
		"one taken out and the rest moved up": {[]string{`delete from audit where n = 3`, `update audit set n = 3 where n = 4`, `update audit set n = 4 where n = 5`,
			`update audit set n = 5 where n = 6`, `update audit_mark set n = 5 where name = 'head'`}, "Entry 3 ("},
		"two swapped": {[]string{`update audit set n = -1 where n = 2`, `update audit set n = 2 where n = 5`, `update audit set n = 5 where n = -1`}, "Entry 2 ("},
		"two swapped with their hashes": {[]string{`update audit set n = -1 where n = 2`, `update audit set n = 2 where n = 5`, `update audit set n = 5 where n = -1`,
			`update audit set hash = (select hash from audit where n = 1) where n = 2`}, "Entry 2 ("},
		"all of it unlinked":        {[]string{`update audit set n = null where n > 2`}, "Entry 3 is missing"},
		"the end and its mark gone": {[]string{`delete from audit where n > 4`, `update audit_mark set n = 4, hash = (select hash from audit where id = ` + at("4") + `) where name = 'head'`}, "when its end was noted"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				chain := chain(t)
				write(t, d, "a", "b", "c", "d", "e", "f")
				do(t, d, chain.Seal)
				before := verify(t, chain, d, Head{})
				if before.Trouble != "" || before.Head.N != 6 || before.Waiting != 0 {
					t.Fatalf("untouched: %+v", before)
				}
				do(t, d, func(ctx context.Context, tx *db.Tx) error {
					for _, s := range c.statements {
						var args []any
						if strings.Contains(s, "$1") {
							args = append(args, tx.Now().Add(time.Minute))
						}
						if _, err := tx.Exec(ctx, s, args...); err != nil {
							return err
						}
					}
					return nil
				})
				if after := verify(t, chain, d, before.Head); !strings.Contains(after.Trouble, c.want) {
					t.Errorf("found %q, want %q", after.Trouble, c.want)
				}
			})
		})
	}
}

// Entries are linked in turns, whoever links them, and none is left out.
func TestTheChainGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain := chain(t)
		write(t, d, "a", "b")
		done := make(chan error, 4)
		for range cap(done) {
			go func() {
				done <- d.Update(context.Background(), func(tx *db.Tx) error { return chain.Seal(context.Background(), tx) })
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		first := verify(t, chain, d, Head{})
		write(t, d, "c")
		if v := verify(t, chain, d, first.Head); v.Trouble != "" || v.Waiting != 1 {
			t.Fatalf("%+v", v)
		}
		do(t, d, chain.Seal)
		if v := verify(t, chain, d, first.Head); v.Trouble != "" || v.Head.N != 3 || v.Waiting != 0 {
			t.Errorf("%+v", v)
		}
		kept, err := ParseHead(first.Head.String())
		if err != nil || kept != first.Head {
			t.Errorf("%v, %v", kept, err)
		}
		checker := Checker{chain, d}
		if err := checker.Check(context.Background(), Check{}); err != nil {
			t.Fatal(err)
		}
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			v, err := LastCheck(ctx, tx)
			if v.Head.N != 3 || v.Trouble != "" || v.At.IsZero() {
				t.Errorf("noted: %+v", v)
			}
			return err
		})
	})
}

// Who has the database and not the keys can't make a chain that holds.
func TestTheChainNeedsItsKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, "a")
		do(t, d, chain(t).Seal)
		if v := verify(t, chain(t), d, Head{}); !strings.HasPrefix(v.Trouble, "Entry 1 (") {
			t.Errorf("found %q", v.Trouble)
		}
	})
}

func TestWhatIsNoHead(t *testing.T) {
	for _, text := range []string{"", "12", "x:" + strings.Repeat("a", 64), "12:abc"} {
		if _, err := ParseHead(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestEntriesAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, "order.read", "order.moved", "orders.listed", OpenedUnassigned)
		var start time.Time
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			start = tx.Now()
			return Record(ctx, tx, Entry{ActorID: "per_2", ActorName: "Sam", Action: "call.booked", Kind: "call", ObjectID: "cal_1"})
		})
		for name, c := range map[string]struct {
			q    Query
			want int
		}{
			"all":            {Query{}, 5},
			"one person":     {Query{ByActors: true, Actors: []string{"per_1"}}, 4},
			"nobody":         {Query{ByActors: true}, 0},
			"an order":       {Query{ByObject: true, Objects: []Object{{"order", "ord_1"}, {"call", "cal_1"}}}, 5},
			"a call":         {Query{ByObject: true, Objects: []Object{{"call", "cal_1"}}}, 1},
			"nothing":        {Query{ByObject: true}, 0},
			"a family":       {Query{Action: "order."}, 2},
			"no wild card":   {Query{Action: "order%"}, 0},
			"break-glass":    {Query{Opened: true}, 1},
			"before":         {Query{To: start.Add(-time.Hour)}, 0},
			"since":          {Query{From: start.Add(-time.Hour)}, 5},
			"several at one": {Query{ByActors: true, Actors: []string{"per_1"}, Action: "order.read", From: start.Add(-time.Hour)}, 1},
		} {
			do(t, d, func(ctx context.Context, tx *db.Tx) error {
				c.q.Size = 2
				n := 0
				for more := true; more; more = c.q.After != "" {
					some, next, err := Find(ctx, tx, c.q)
					if err != nil {
						return err
					}
					n += len(some)
					c.q.After = next
				}
				if n != c.want {
					t.Errorf("%s: %d entries, want %d", name, n, c.want)
				}
				return nil
			})
		}
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, _, err := Find(ctx, tx, Query{After: "x"}); err == nil {
				t.Error("a place that is none is taken")
			}
			return nil
		})
	})
}
