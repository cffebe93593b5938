package peer_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// sick is a world at 1 PM, in which the first of three reviewers has six calls
// that afternoon and the others can take five of them.
type sick struct {
	*scene.World
	d      *db.DB
	jobs   *job.Runner
	orders []order.Order
	calls  []peer.Call
	away   peer.Absence
}

func newSick(t *testing.T, d *db.DB) *sick {
	t.Helper()
	w := &sick{World: scene.New(t, d, 3), d: d, jobs: job.NewRunner(d, slog.New(slog.DiscardHandler))}
	job.React(w.jobs, peer.AbsorbNext)
	for range 6 {
		w.orders = append(w.orders, w.Denied())
	}
	w.exec(`update reviewer set active = false where person_id <> $1`, string(w.Reviewers[0].ID))
	one := dbtest.Clock.Add(4 * time.Hour) // 1 PM in Chicago
	for i, o := range w.orders {
		c, err := w.Book(w.Maria, o, peer.Slot{Start: one.Add(time.Duration(i) * 30 * time.Minute), Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		w.calls = append(w.calls, c)
	}
	w.exec(`update reviewer set active = true`)
	w.exec(`update reviewer set daily_calls = 3 where person_id = $1`, string(w.Reviewers[1].ID))
	w.exec(`update reviewer set daily_calls = 2 where person_id = $1`, string(w.Reviewers[2].ID))
	at(d, 4*time.Hour)
	w.away = peer.Absence{Reviewer: w.Reviewers[0].ID, Span: peer.Span{Start: one, End: one.Add(4 * time.Hour)}, Reason: "Sick"}
	return w
}

func (w *sick) exec(query string, args ...any) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// plan is what the page shows, as what is sent with the button.
func (w *sick) plan(t *testing.T, by account.Actor) peer.CoverPlan {
	t.Helper()
	var p peer.CoverPlan
	err := w.d.View(context.Background(), func(tx *db.Tx) (err error) {
		p, err = peer.PlanCover(context.Background(), tx, by, w.away)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.away.Planned = map[peer.ID]account.PersonID{}
	for _, place := range p.Places {
		w.away.Planned[place.ID] = ""
		if place.To != nil {
			w.away.Planned[place.ID] = place.To.PersonID
		}
	}
	return p
}

func (w *sick) cover(by account.Actor) (id peer.CoverID) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		id, err = peer.Cover(ctx, tx, by, w.away)
		return err
	})
	return id
}

func (w *sick) drain(t *testing.T) {
	t.Helper()
	if _, err := w.jobs.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (w *sick) report(t *testing.T, by account.Actor, id peer.CoverID) (r peer.Report, err error) {
	t.Helper()
	err = w.d.View(context.Background(), func(tx *db.Tx) (err error) {
		r, err = peer.CoverReport(context.Background(), tx, by, id)
		return err
	})
	return r, err
}

// now reads the calls again.
func (w *sick) now(t *testing.T) (all []peer.Call) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all = nil
		for _, c := range w.calls {
			again, err := peer.ByID(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			all = append(all, again)
		}
		return nil
	})
	return all
}

// tidy finds the rows to be those of the calls: six claims each, of the
// reviewer who has it, and each counted once on a day and a week.
func (w *sick) tidy(t *testing.T) {
	t.Helper()
	live := 0
	for _, c := range w.now(t) {
		live += map[bool]int{true: 1}[c.Status.Live()]
	}
	if claims(t, w.d) != 6*live || booked(t, w.d) != live {
		t.Errorf("%d live calls have %d claims and are %d times on days", live, claims(t, w.d), booked(t, w.d))
	}
	for what, query := range map[string]string{
		"claims of somebody else's": `select count(*) from claim where kind = 'call' and not exists (select 1 from call where call.id = claim.holder and call.reviewer_id = claim.reviewer_id)`,
		"days over their cap":       `select count(*) from reviewer_day d join reviewer r on r.person_id = d.reviewer_id where d.booked > r.daily_calls`,
		"weeks that differ":         `select count(*) from reviewer_week w where booked <> (select coalesce(sum(booked), 0) from reviewer_day d where d.reviewer_id = w.reviewer_id)`,
	} {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, query)
			if n > 0 {
				t.Errorf("%d %s", n, what)
			}
			return err
		})
	}
}

// leaves finds one event, one audit row and one notice of the change, and
// nothing of it in what the office reads of the order.
func (w *sick) leaves(t *testing.T, c peer.Call) {
	t.Helper()
	for query, want := range map[string]int{
		`select count(*) from call_event where call_id = $1 and kind = 'reassigned' and from_status = 'scheduled' and to_status = 'scheduled'`:                  1,
		`select count(*) from audit where object_id = $1 and action = 'call.reassigned'`:                                                                        1,
		`select count(*) from job where kind = 'peer.reassigned' and args like '%' || $1 || '%'`:                                                                1,
		`select count(*) from order_event e join call on call.order_id = e.order_id where call.id = $1 and e.text like '%given to%' and not internal`:           0,
		`select count(*) from order_event e join call on call.order_id = e.order_id where call.id = $1 and e.text like '%given to%Reviewer%' and internal`:      1,
		`select count(*) from call_event where call_id = $1 and kind = 'reassigned' and actor_name = 'Sam Brooks' and text like '%Given to%Reviewer Number00%'`: 1,
	} {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, query, string(c.ID))
			if n != want {
				t.Errorf("%d, want %d: %s", n, want, query)
			}
			return err
		})
	}
}
