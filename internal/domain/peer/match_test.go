package peer_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var long = civil.Date{Year: 2020, Month: time.January, Day: 1}

// change alters the reviewer of that number.
func change(w *scene.World, n int, f func(*review.Reviewer)) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		r, err := review.Get(ctx, tx, w.Reviewers[n].ID)
		if err != nil {
			return err
		}
		f(&r)
		return review.Save(ctx, tx, account.Program(), r)
	})
}

func orderedBy(w *scene.World, specialty string) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update practitioner set specialty = $1`, specialty)
		return err
	})
}

func policy(w *scene.World, who string) {
	l := w.Line
	l.CallReviewer = who
	w.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), l) })
}

// An order is discussed only by those who fit it.
func TestWhoMayTakeACall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		o := w.Denied() // by reviewer 0
		for name, c := range map[string]struct {
			change func(*review.Reviewer)
			fits   bool
		}{
			"on the panel of this plan":   {func(r *review.Reviewer) { r.Plans = []plan.ID{w.Plan.ID} }, true},
			"takes this type of plan":     {func(r *review.Reviewer) { r.Lines = []string{"medicaid", "commercial"} }, true},
			"takes other types of plan":   {func(r *review.Reviewer) { r.Lines = []string{"medicaid"} }, false},
			"takes no calls any more":     {func(r *review.Reviewer) { r.Active = false }, false},
			"is no physician":             {func(r *review.Reviewer) { r.Physician = false }, false},
			"has a license that ran out":  {func(r *review.Reviewer) { r.Licenses[0].Expires = long }, false},
			"is not trained for it":       {func(r *review.Reviewer) { r.Programs = nil }, false},
			"takes no calls on any day":   {func(r *review.Reviewer) { r.DailyCalls = 0 }, false},
			"speaks a language beside it": {func(r *review.Reviewer) { r.Languages = []string{"Spanish"} }, true},
		} {
			var was review.Reviewer
			change(w, 0, func(r *review.Reviewer) { r.Active = false })
			change(w, 1, func(r *review.Reviewer) { was = *r; r.Licenses = slices.Clone(r.Licenses); c.change(r) })
			if got := len(w.Slots(w.Maria, o, nil)) > 0; got != c.fits {
				t.Errorf("who %s: offered %v", name, got)
			}
			change(w, 1, func(r *review.Reviewer) { *r = was })
			change(w, 0, func(r *review.Reviewer) { r.Active = true })
		}
		s := w.Slots(w.Maria, o, nil)
		for who, want := range map[string]account.PersonID{plan.NotDecider: w.Reviewers[1].ID, plan.Decider: w.Reviewers[0].ID} {
			policy(w, who)
			c, err := w.Book(w.Maria, o, s[3])
			if err != nil || c.ReviewerID != want {
				t.Errorf("%s: %v got the call, want %v (%v)", who, c.ReviewerID, want, err)
			}
			cancel(t, w, c, o)
		}
	})
}

func TestLanguageIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		change(w, 2, func(r *review.Reviewer) { r.Languages = []string{"Spanish"} })
		o := w.Denied()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, w.Maria, o)
			if err == nil {
				err = peer.AskFor(ctx, tx, w.Maria, o, st, nil, "Spanish")
			}
			return err
		})
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[2])
		if err != nil || c.ReviewerID != w.Reviewers[2].ID || c.Language != "Spanish" {
			t.Fatalf("%v in %q, %v", c.ReviewerID, c.Language, err)
		}
		// Moved, it is still a call in Spanish.
		if moved := move(t, w, c, o, w.Slots(w.Maria, o, &c)[9]); moved.ReviewerID != c.ReviewerID || moved.Language != "Spanish" {
			t.Errorf("moved to %v in %q", moved.ReviewerID, moved.Language)
		}
	})
}

// SCH-60 through the verbs: equal weights and the same hours differ by one
// call at most.
func TestCallsAreSharedOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		got := map[account.PersonID]int{}
		for i := range 10 {
			o := w.Denied()
			s := w.Slots(w.Maria, o, nil)
			c, err := w.Book(w.Maria, o, s[(i*37)%len(s)])
			if err != nil {
				t.Fatal(err)
			}
			got[c.ReviewerID]++
			most, least := 0, 99
			for _, r := range w.Reviewers {
				most, least = max(most, got[r.ID]), min(least, got[r.ID])
			}
			if most-least > 1 {
				t.Fatalf("after %d calls: %v", i+1, got)
			}
		}
	})
}

// Who joins when others have calls gets their turn, not every call.
func TestWhoJoinsIsNotFlooded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		change(w, 2, func(r *review.Reviewer) { r.Active = false })
		n := 0
		book := func() account.PersonID {
			n++
			o := w.Denied()
			s := w.Slots(w.Maria, o, nil)
			c, err := w.Book(w.Maria, o, s[n*29%len(s)]) // times at which all are free
			if err != nil {
				t.Fatal(err)
			}
			return c.ReviewerID
		}
		for range 6 {
			book()
		}
		d.Now = func() time.Time { return dbtest.Clock.Add(time.Minute) }
		change(w, 2, func(r *review.Reviewer) { r.Active = true })
		got := 0
		for range 6 {
			if book() == w.Reviewers[2].ID {
				got++
			}
		}
		if got != 2 {
			t.Errorf("who joined got %d of the 6 calls after, want 2 of 3 reviewers’ 6", got)
		}
	})
}

// A call tells later how its reviewer was found.
func TestTheChoiceIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		orderedBy(w, "orthopedic surgery")
		change(w, 1, func(r *review.Reviewer) { r.Licenses[0].State = "OH" })
		change(w, 2, func(r *review.Reviewer) { r.Specialty = "Radiology" })
		o := w.Denied()
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[4])
		if err != nil {
			t.Fatal(err)
		}
		m, ok := c.Match()
		if !ok || m.Fit != 3 || m.Free != 3 || m.Specialty != "orthopedic surgery" || m.State != "TX" || len(m.Candidates) != 3 {
			t.Fatalf("stored %+v", m)
		}
		for i, s := range m.Candidates {
			if s.Tier != i+1 || s.ID != w.Reviewers[i].ID || s.Won != (i == 0) {
				t.Errorf("candidate %d: %+v", i, s)
			}
		}
		if c.Trace != m.Why || c.Trace != "3 were free at this time; Reviewer Number000 is the closest match." {
			t.Errorf("because %q", c.Trace)
		}
	})
}

// A full week offers nothing and takes nothing, and minutes between calls are kept; when a call is canceled the
// offers are what they were.
func TestWeekAndGap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		change(w, 0, func(r *review.Reviewer) { r.GapMinutes = 10 })
		o := w.Denied()
		before := w.Slots(w.Maria, o, nil)
		first, err := w.Book(w.Maria, o, before[8])
		if err != nil {
			t.Fatal(err)
		}
		other := w.Denied()
		for _, s := range w.Slots(w.Maria, other, nil) {
			if s.Start.Before(first.EndsAt.Add(10*time.Minute)) && first.StartsAt.Add(-10*time.Minute).Before(s.End()) {
				t.Errorf("%v is offered beside %v", s.Start, first.StartsAt)
			}
		}
		if _, err := w.Book(w.Maria, other, peer.Slot{Start: first.EndsAt, Minutes: 30}); !fault.Is(err, fault.Conflict) {
			t.Errorf("booked right after another: %v", err)
		}
		// A number for the week is set later: the calls that are there count.
		change(w, 0, func(r *review.Reviewer) { r.WeeklyCalls = 2 })
		free := w.Slots(w.Maria, other, nil)
		var orders []order.Order
		for range 6 {
			orders = append(orders, w.Denied())
		}
		won := 0
		for i, o := range orders { // of one week
			if _, err := w.Book(w.Maria, o, free[i*6]); err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		week := func(at time.Time) civil.Date {
			d := civil.DateIn(at, w.Zone())
			return d.AddDays(-(int(d.Weekday()) + 6) % 7)
		}
		for _, s := range w.Slots(w.Maria, other, nil) {
			if week(s.Start) == week(first.StartsAt) {
				t.Fatalf("the full week still offers %v; %d won", s.Start, won)
			}
		}
		cancel(t, w, first, o)
		at(d, peer.UndoFor) // until then it can be put back
		if got := w.Slots(w.Maria, other, nil); !slices.ContainsFunc(got, func(s peer.Slot) bool { return week(s.Start) == week(first.StartsAt) }) {
			t.Error("the week is not open again")
		}
	})
}

// Invariant 13: whoever asks in the same moment, a week takes no more calls
// than its number, and minutes between calls are kept.
func TestWeekAndGapHoldUnderContention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		change(w, 0, func(r *review.Reviewer) { r.WeeklyCalls, r.GapMinutes = 3, 10 })
		o := w.Denied()
		free := w.Slots(w.Maria, o, nil)
		var wg sync.WaitGroup
		for i := range 12 { // times of one day, each half over the next
			o := w.Denied()
			wg.Go(func() {
				if _, err := w.Book(w.Maria, o, free[i]); err != nil && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var calls []time.Time
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			calls, err = db.All(ctx, tx, func(r db.Row) (at time.Time, err error) { return at, r.Scan(&at) }, `select starts_at from call where status = 'scheduled' order by starts_at`)
			return err
		})
		if len(calls) > 3 {
			t.Errorf("%d calls in a week of 3", len(calls))
		}
		for i := 1; i < len(calls); i++ {
			if calls[i].Sub(calls[i-1]) < 40*time.Minute {
				t.Errorf("%v after %v", calls[i], calls[i-1])
			}
		}
	})
}

// A call that took place still counts on its day and in its week.
func TestWhatTookPlaceCounts(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 1)
	change(w, 0, func(r *review.Reviewer) { r.DailyCalls = 1 })
	o := w.Denied()
	c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	at(d, c.StartsAt.Sub(dbtest.Clock))
	if _, err := w.Dial(c, "answered"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Record(c, peer.Said{Outcome: "upheld", Note: "Not shown."}); err != nil {
		t.Fatal(err)
	}
	other := w.Denied()
	s := w.Slots(w.Maria, other, nil)[0]
	if s.Start.In(w.Zone()).Day() == c.StartsAt.In(w.Zone()).Day() {
		t.Errorf("the day of a call that took place offers %v", s.Start)
	}
}
