package peer_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
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

func TestASickReviewersCallsAreTakenAtTheSameTimes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		p := w.plan(t, w.Scheduler)
		if len(p.Places) != 6 || p.Covered() != 5 || p.Places[5].To != nil || len(p.Places[5].Nearest) != 3 {
			t.Fatalf("the plan covers %d of %d", p.Covered(), len(p.Places))
		}
		for _, s := range p.Places[5].Nearest {
			if s.Start.Before(w.away.End) {
				t.Errorf("%v is offered, when nobody can", s.Start)
			}
		}
		if claims(t, d) != 36 || len(w.calls) != 6 || w.now(t)[0].Version != w.calls[0].Version {
			t.Fatal("the plan changed something")
		}
		id := w.cover(w.Scheduler)
		if r, err := w.report(t, w.Scheduler, id); err != nil || r.Count("waiting") != 6 {
			t.Fatalf("at first %d wait, %v", r.Count("waiting"), err)
		}
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || r.Count("moved") != 5 || r.Count("left") != 1 || r.Fates[5].State != "left" || len(r.Fates[5].Nearest) != 3 {
			t.Fatalf("%d moved, %d left, %v", r.Count("moved"), r.Count("left"), err)
		}
		if slices.ContainsFunc(r.Fates, peer.Fate.Changed) {
			t.Error("what was done differs from the plan")
		}
		seen := map[string]bool{}
		for i, c := range w.now(t) {
			was := w.calls[i]
			if !c.StartsAt.Equal(was.StartsAt) || c.UIDOffice != was.UIDOffice || c.Status != peer.Scheduled {
				t.Errorf("call %d moved to %v, %s", i, c.StartsAt, c.Status)
			}
			if i == 5 {
				if c.ReviewerID != was.ReviewerID || c.Version != was.Version || c.Sequence != was.Sequence {
					t.Error("the call nobody can take changed")
				}
				continue
			}
			if c.ReviewerID == was.ReviewerID || c.Sequence != was.Sequence+1 || c.Version <= was.Version || seen[c.UIDReviewer] || c.UIDReviewer == was.UIDReviewer {
				t.Errorf("call %d: reviewer %s, sequence %d, version %d, entry %s", i, c.ReviewerID, c.Sequence, c.Version, c.UIDReviewer)
			}
			seen[c.UIDReviewer] = true
			w.leaves(t, c)
		}
		w.tidy(t)
	})
}

// leaves finds one event, one audit row and one notice of the change, and
// nothing of it in what the office reads of the order.
func (w *sick) leaves(t *testing.T, c peer.Call) {
	t.Helper()
	for query, want := range map[string]int{
		`select count(*) from call_event where call_id = $1 and kind = 'reassigned' and from_status = 'scheduled' and to_status = 'scheduled'`:                 1,
		`select count(*) from audit where object_id = $1 and action = 'call.reassigned'`:                                                                       1,
		`select count(*) from job where kind = 'peer.reassigned' and args like '%' || $1 || '%'`:                                                               1,
		`select count(*) from order_event e join call on call.order_id = e.order_id where call.id = $1 and e.text like '%given to%' and not internal`:          0,
		`select count(*) from order_event e join call on call.order_id = e.order_id where call.id = $1 and e.text like '%given to Reviewer%' and internal`:     1,
		`select count(*) from call_event where call_id = $1 and kind = 'reassigned' and actor_name = 'Sam Brooks' and text like 'Given to Reviewer Number00%'`: 1,
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

// A process that dies has each call with one reviewer or the other; asking
// again does what is left, and nothing twice.
func TestCoveringTwiceDoesNothingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		first := w.cover(w.Reviewers[0])
		for range 2 { // and then the process dies
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return peer.AbsorbNext(ctx, tx, peer.Absorb{CoverID: first})
			})
		}
		w.tidy(t)
		half := w.now(t)
		second := w.cover(w.Scheduler)
		w.drain(t)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return peer.AbsorbNext(ctx, tx, peer.Absorb{CoverID: first})
		})
		w.drain(t)
		moved := 0
		for i, c := range w.now(t) {
			if i < 2 && (c.Version != half[i].Version || c.ReviewerID == w.Reviewers[0].ID) {
				t.Errorf("call %d changed hands again", i)
			}
			moved += map[bool]int{true: 1}[c.ReviewerID != w.Reviewers[0].ID]
		}
		a, _ := w.report(t, w.Scheduler, first)
		b, _ := w.report(t, w.Scheduler, second)
		if moved != 5 || a.Count("moved")+b.Count("moved") != 5 || len(b.Fates) != 4 || a.Count("waiting")+b.Count("waiting") != 0 {
			t.Errorf("%d have somebody else; %d and %d by the two", moved, a.Count("moved"), b.Count("moved"))
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if n, err := db.Count(ctx, tx, `select count(*) from time_off`); err != nil || n != 1 {
				t.Errorf("%d times off, %v", n, err)
			}
			if n, err := db.Count(ctx, tx, `select count(*) from job where kind = 'peer.reassigned'`); err != nil || n != 5 {
				t.Errorf("%d notices, %v", n, err)
			}
			return nil
		})
		w.tidy(t)
	})
}

// What changes between plan and act is said: a call canceled, one booked new,
// somebody no longer free.
func TestWhatChangedSinceThePlanIsSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		p := w.plan(t, w.Scheduler)
		w.calls[1] = cancel(t, w.World, w.calls[1], w.orders[1])
		busy := p.Places[0].To.PersonID
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.AddTimeOff(ctx, tx, account.Program(), peer.TimeOff{PersonID: busy, Span: peer.Span{Start: w.calls[0].StartsAt, End: w.calls[0].EndsAt}})
			return err
		})
		id := w.cover(w.Scheduler)
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || len(r.Fates) != 6 {
			t.Fatalf("%d calls, %v", len(r.Fates), err)
		}
		for _, f := range r.Fates {
			switch f.ID {
			case w.calls[0].ID:
				if f.State != "moved" || f.Taken == busy || !f.Changed() {
					t.Errorf("the first is %s with %s", f.State, f.Taken)
				}
			case w.calls[1].ID:
				if f.State != "gone" || !f.Changed() {
					t.Errorf("the canceled one is %s", f.State)
				}
			case w.calls[5].ID:
				if f.State != "moved" || f.Shown != "nobody" || !f.Changed() { // there is room by now
					t.Errorf("the last is %s", f.State)
				}
			}
		}
	})
}

// Others book while calls change hands: nobody has two at once, no cap is
// broken.
func TestCoveringAndBookingNeverDoubleBook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newSick(t, d)
		at(d, 0)
		var more []order.Order
		for range 4 {
			more = append(more, w.Denied())
		}
		id := w.cover(w.Scheduler)
		var wg sync.WaitGroup
		won := make([]error, len(more))
		for i, o := range more {
			wg.Go(func() {
				_, won[i] = w.Book(w.Maria, o, peer.Slot{Start: w.calls[i].StartsAt, Minutes: 30})
			})
		}
		for range 2 { // two workers at one absence
			wg.Go(func() { _, _ = w.jobs.Drain(context.Background()) })
		}
		wg.Wait()
		at(d, time.Minute) // what had to wait is tried again
		w.drain(t)
		r, err := w.report(t, w.Scheduler, id)
		if err != nil || r.Count("waiting") != 0 {
			t.Fatalf("%d wait, %v", r.Count("waiting"), err)
		}
		bookings := 0
		for _, err := range won {
			if err == nil {
				bookings++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if bookings+r.Count("moved") != 5 {
			t.Errorf("%d booked and %d moved, where there was room for 5", bookings, r.Count("moved"))
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from call a join call b on a.reviewer_id = b.reviewer_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
				where a.status = 'scheduled' and b.status = 'scheduled'`)
			if n > 0 {
				t.Errorf("%d are double-booked", n)
			}
			return err
		})
		if claims(t, d) != 6*(6+bookings) || booked(t, d) != 6+bookings {
			t.Errorf("%d claims and %d on days for %d calls", claims(t, d), booked(t, d), 6+bookings)
		}
	})
}

// A move that can still be put back is final once another has the call.
func TestReassigningSealsAMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[8])
		if err != nil {
			t.Fatal(err)
		}
		moved := move(t, w, c, o, w.Slots(w.Maria, o, &c)[20])
		other := w.Reviewers[0]
		if moved.ReviewerID == other.ID {
			other = w.Reviewers[1]
		}
		var now peer.Call
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = peer.Reassign(ctx, tx, w.Scheduler, moved, o, moved.Version, other.ID)
			return err
		})
		if now.ReviewerID != other.ID || !now.StartsAt.Equal(moved.StartsAt) || claims(t, d) != 6 || held(t, d) != 0 || booked(t, d) != 1 {
			t.Errorf("%s has it; %d claims, %d held, %d on days", now.ReviewerID, claims(t, d), held(t, d), booked(t, d))
		}
		if m, _ := now.Match(); !strings.Contains(m.Why, "Chosen by Sam Brooks") {
			t.Errorf("why: %q", m.Why)
		}
		if _, err := putBack(w, now, o); !fault.Is(err, fault.Conflict) {
			t.Errorf("put back: %v", err)
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Reassign(ctx, tx, w.Scheduler, now, o, moved.Version, moved.ReviewerID)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("chosen on an old page: %v", err)
		}
	})
}

// Who could take a call comes first, who couldn't with the first reason.
func TestSeatsSayWhoCanAndWhyNot(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newSick(t, d)
	w.exec(`delete from reviewer_license where person_id = $1`, string(w.Reviewers[1].ID))
	w.exec(`delete from reviewer_program where person_id = $1`, string(w.Reviewers[2].ID))
	seats := func(by account.Actor) (free, not []peer.Seat, err error) {
		err = d.View(context.Background(), func(tx *db.Tx) (err error) {
			free, not, err = peer.Seats(context.Background(), tx, by, w.calls[2], w.orders[2], w.Zone())
			return err
		})
		return free, not, err
	}
	free, not, err := seats(w.Scheduler)
	if err != nil || len(free) != 0 || len(not) != 2 || not[0].Why != "No license that holds today" || not[1].Why != "Not trained for Musculoskeletal" {
		t.Errorf("%v, %+v, %v", free, not, err)
	}
	w.exec(`insert into reviewer_program (person_id, program_id) values ($1, $2)`, string(w.Reviewers[2].ID), string(w.Program.ID))
	if free, not, err = seats(w.Reviewers[0]); err != nil || len(free) != 1 || free[0].Reviewer.PersonID != w.Reviewers[2].ID || len(not) != 1 {
		t.Errorf("%v, %v, %v", free, not, err)
	}
	for _, by := range []account.Actor{w.Maria, w.Reviewers[1]} {
		if _, _, err := seats(by); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", by.Name, err)
		}
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cover(ctx, tx, by, w.away)
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
	id := w.cover(w.Scheduler)
	if _, err := w.report(t, w.Reviewers[1], id); !fault.Is(err, fault.NotFound) {
		t.Errorf("another reviewer reads it: %v", err)
	}
	w.away.End = w.away.Start
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.Cover(ctx, tx, w.Scheduler, w.away)
		return err
	})
	if f := fault.Of(err); f.Kind != fault.Invalid || f.Fields["to"] == "" {
		t.Errorf("an empty span: %v", err)
	}
}
