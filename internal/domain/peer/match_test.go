package peer_test

import (
	"context"
	"slices"
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

// texas and ohio are rules as an installation has them; the engine knows
// neither by name.
var (
	texas = peer.Rule{State: "TX", Line: "commercial", Code: "tx_match", From: long, NeedsTier: peer.TierLicensed, Citation: "28 TAC §19.1710",
		Sentence: "Texas asks for a Texas license and the same specialty.", Statement: "The physician knows and wants to go ahead"}
	consent = peer.Rule{State: "TX", Code: "consent", From: long, Citation: "R.C. 3923.041", Sentence: "The state asks for the member’s consent before this call.", Statement: "The member consents"}
)

func rule(w *scene.World, r peer.Rule) {
	w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.SaveRule(ctx, tx, account.Program(), r) })
}

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

func goAhead(w *scene.World, o order.Order, moving *peer.Call, yes bool) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err == nil {
			err = peer.GoAhead(ctx, tx, w.Maria, o, st, moving, yes)
		}
		return err
	})
}

func offer(t *testing.T, w *scene.World, o order.Order) (f peer.Offer) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err == nil {
			f, err = peer.Offers(ctx, tx, w.Maria, o, st, nil)
		}
		return err
	})
	return f
}

// Invariant 25: without a match nothing is to be had, offered or not, until
// the office states that it wants to go ahead; the statement stays.
func TestNoMatchNeedsAStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		orderedBy(w, "Orthopedic surgery")
		rule(w, texas)
		change(w, 1, func(r *review.Reviewer) { r.Licenses[0].State = "OH" })
		o := w.Denied()
		s := w.Slots(w.Maria, o, nil)
		if f := offer(t, w, o); f.Unmatched || slices.ContainsFunc(s, func(s peer.Slot) bool { return s.Tier != peer.TierLicensed }) {
			t.Errorf("with a match at hand: unmatched %v, %v", f.Unmatched, s)
		}
		change(w, 0, func(r *review.Reviewer) { r.Licenses[0].State = "OH" })
		f := offer(t, w, o)
		if !f.Unmatched || f.Lower == 0 || len(f.Slots) != 0 {
			t.Fatalf("without a match: %v, %d lower, %d offered", f.Unmatched, f.Lower, len(f.Slots))
		}
		if _, err := w.Book(w.Maria, o, s[4]); !fault.Is(err, fault.Conflict) {
			t.Errorf("booked without the statement: %v", err)
		}
		if err := goAhead(w, o, nil, false); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty box: %v", err)
		}
		if err := goAhead(w, o, nil, true); err != nil {
			t.Fatal(err)
		}
		if got := w.Slots(w.Maria, o, nil); len(got) != f.Lower || got[0].Tier != peer.TierSame {
			t.Errorf("%d offered after the statement, want %d", len(got), f.Lower)
		}
		c, err := w.Book(w.Maria, o, s[4])
		if err != nil || c.Tier != peer.TierSame {
			t.Fatalf("tier %d, %v", c.Tier, err)
		}
		said := statements(w, c)
		if len(said) != 1 || said[0].Code != "tx_match" || said[0].Citation != texas.Citation || said[0].Words != texas.Sentence+" "+texas.Statement ||
			said[0].PersonID != w.Maria.ID || !said[0].At.Equal(dbtest.Clock) {
			t.Errorf("stored %+v", said)
		}
		// It stands for moving the call, too.
		if moved := move(t, w, c, o, w.Slots(w.Maria, o, &c)[8]); moved.Tier != peer.TierSame {
			t.Errorf("moved with tier %d", moved.Tier)
		}
		// Where a match turns up, it alone is offered, and what was stated for
		// another order does not stay with a call that has it.
		other := w.Denied()
		if err := goAhead(w, other, nil, true); err != nil {
			t.Fatal(err)
		}
		change(w, 0, func(r *review.Reviewer) { r.Licenses[0].State = "TX" })
		c, err = w.Book(w.Maria, other, w.Slots(w.Maria, other, nil)[0])
		if err != nil || c.Tier != peer.TierLicensed || len(statements(w, c)) != 0 {
			t.Errorf("tier %d, stated %v, %v", c.Tier, statements(w, c), err)
		}
	})
}

// Taken back, the statement takes with it the time that was held.
func TestTakingTheStatementBack(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 1)
	orderedBy(w, "Cardiology")
	rule(w, texas)
	o := w.Denied()
	if err := goAhead(w, o, nil, true); err != nil {
		t.Fatal(err)
	}
	s := w.Slots(w.Maria, o, nil)[2]
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err == nil {
			_, err = peer.Hold(ctx, tx, w.Maria, o, st, nil, s)
		}
		return err
	})
	if err := goAhead(w, o, nil, false); err != nil || claims(t, d) != 0 || len(w.Slots(w.Maria, o, nil)) != 0 {
		t.Errorf("%v, %d claims, %d times", err, claims(t, d), len(w.Slots(w.Maria, o, nil)))
	}
}

func statements(w *scene.World, c peer.Call) (said []peer.Statement) {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		said, err = peer.Statements(ctx, tx, c)
		return err
	})
	return said
}

// What a rule or a fact makes apply is asked, checked and kept; the rest is
// not asked.
func TestCallNotes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		o := w.Denied()
		answer := func(answers ...peer.Answer) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				st, err := peer.Stand(ctx, tx, w.Maria, o)
				if err == nil {
					err = peer.SaveAnswers(ctx, tx, w.Maria, o, st, answers)
				}
				return err
			})
		}
		today := civil.DateIn(dbtest.Clock, w.Zone())
		if err := answer(); err != nil {
			t.Errorf("nothing is asked: %v", err)
		}
		rule(w, consent)
		o.Urgency = order.Retrospective
		filed := dbtest.Clock
		o.AppealAt = &filed
		for field, answers := range map[string][]peer.Answer{
			"consent":       nil,
			"consent_day":   {{Code: "consent"}},
			"performed_day": {{Code: "consent", Day: today}, {Code: peer.Performed, Day: today.AddDays(1)}},
		} {
			if err := answer(answers...); fault.Of(err).Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		plain := w.Denied()
		if _, err := w.Book(w.Maria, plain, w.Slots(w.Maria, plain, nil)[0]); !fault.Is(err, fault.Conflict) {
			t.Errorf("booked without consent: %v", err)
		}
		if err := answer(peer.Answer{Code: "consent", Day: today}, peer.Answer{Code: peer.Performed, Day: today.AddDays(-3)}, peer.Answer{Code: peer.AppealLetter}); err != nil {
			t.Fatal(err)
		}
		c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[5])
		if err != nil {
			t.Fatal(err)
		}
		days := map[string]civil.Date{}
		for _, s := range statements(w, c) {
			days[s.Code] = s.Day
		}
		if len(days) != 3 || days["consent"] != today || days[peer.Performed] != today.AddDays(-3) {
			t.Errorf("stored %v", days)
		}
	})
}

// A rule holds for its state, its line and its days only; one for the line
// goes before one for all.
func TestWhichRuleHolds(t *testing.T) {
	d := dbtest.SQLite(t)
	w := scene.New(t, d, 1)
	orderedBy(w, "Cardiology")
	o := w.Denied()
	later, past, elsewhere, otherLine := texas, texas, texas, texas
	later.From = civil.DateIn(dbtest.Clock, w.Zone()).AddDays(1)
	past.From, past.To = long.AddDays(1), long.AddDays(9)
	elsewhere.State, otherLine.Line = "OH", "medicaid"
	for _, r := range []peer.Rule{later, past, elsewhere, otherLine} {
		rule(w, r)
		if offer(t, w, o).Rule != nil {
			t.Errorf("%+v holds", r)
		}
	}
	all := texas
	all.Line, all.NeedsTier = "", 3
	rule(w, all)
	if f := offer(t, w, o); f.Rule == nil || f.Rule.NeedsTier != 3 {
		t.Errorf("found %+v", f.Rule)
	}
	rule(w, texas)
	if f := offer(t, w, o); f.Rule == nil || f.Rule.NeedsTier != 1 {
		t.Errorf("found %+v", f.Rule)
	}
	for _, bad := range []peer.Rule{{}, {State: "TX", Code: "x", From: long, Citation: "c", Sentence: "s"}, {State: "TX", Code: "x", From: long, NeedsTier: 4, Citation: "c", Sentence: "s"}} {
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return peer.SaveRule(ctx, tx, account.Program(), bad) }); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return peer.SaveRule(ctx, tx, w.Maria, texas) }); !fault.Is(err, fault.Denied) {
		t.Errorf("an office made law: %v", err)
	}
}

// Invariant 13: a full week offers nothing and takes nothing, also under
// contention, and minutes between calls are kept; when a call is canceled the
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
		if got := w.Slots(w.Maria, other, nil); !slices.ContainsFunc(got, func(s peer.Slot) bool { return week(s.Start) == week(first.StartsAt) }) {
			t.Error("the week is not open again")
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
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := peer.Record(ctx, tx, account.Program(), c, o, "upheld", "")
		return err
	})
	other := w.Denied()
	s := w.Slots(w.Maria, other, nil)[0]
	if s.Start.In(w.Zone()).Day() == c.StartsAt.In(w.Zone()).Day() {
		t.Errorf("the day of a call that took place offers %v", s.Start)
	}
}
