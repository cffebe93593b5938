package peer_test

import (
	"context"
	"slices"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// texas and consent are rules as an installation has them; the engine knows
// neither by name.
var (
	texas = peer.Rule{State: "TX", Line: "commercial", Code: "tx_match", From: long, NeedsTier: peer.TierLicensed, Citation: "28 TAC §19.1710",
		Sentence: "Texas asks for a Texas license and the same specialty.", Statement: "The physician knows and wants to go ahead"}
	consent = peer.Rule{State: "TX", Code: "consent", From: long, Citation: "R.C. 3923.041", Sentence: "The state asks for the member’s consent before this call.", Statement: "The member consents"}
)

func rule(w *scene.World, r peer.Rule) {
	w.Do(func(ctx context.Context, tx *db.Tx) error { return peer.SaveRule(ctx, tx, account.Program(), r) })
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
		if len(offer(t, w, o).Rules) > 0 {
			t.Errorf("%+v holds", r)
		}
	}
	all := texas
	all.Line, all.NeedsTier = "", 3
	rule(w, all)
	if f := offer(t, w, o); len(f.Rules) != 1 || f.Rules[0].NeedsTier != 3 {
		t.Errorf("found %+v", f.Rules)
	}
	rule(w, texas)
	if f := offer(t, w, o); len(f.Rules) != 1 || f.Rules[0].NeedsTier != 1 {
		t.Errorf("found %+v", f.Rules)
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
