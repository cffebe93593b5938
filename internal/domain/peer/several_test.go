package peer_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// with does f with a draft's order as it stands now.
func with(w *scene.World, o order.Order, f func(context.Context, *db.Tx, peer.Standing) error) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error {
		st, err := peer.Stand(ctx, tx, w.Maria, o)
		if err != nil {
			return err
		}
		return f(ctx, tx, st)
	})
}

func addTo(w *scene.World, o order.Order, others ...order.Order) error {
	return with(w, o, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
		var numbers []string
		for _, other := range others {
			numbers = append(numbers, other.Number)
		}
		return peer.AddOrders(ctx, tx, w.Maria, o, st, numbers)
	})
}

func byNumberTo(w *scene.World, o order.Order, number string, born civil.Date) error {
	return with(w, o, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
		return peer.AddByNumber(ctx, tx, w.Maria, o, st, number, born)
	})
}

// together books a call about several orders, at the nth time offered.
func together(t testing.TB, w *scene.World, nth int, o order.Order, others ...order.Order) peer.Call {
	t.Helper()
	if err := addTo(w, o, others...); err != nil {
		t.Fatal(err)
	}
	c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[nth])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func subjects(t testing.TB, w *scene.World, by account.Actor, c peer.Call) (all []peer.Subject, hidden int) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, hidden, err = peer.SubjectsSeen(ctx, tx, by, c)
		return err
	})
	return all, hidden
}

func result(t testing.TB, w *scene.World, o order.Order) (st peer.Standing) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if o, err = order.ByID(ctx, tx, account.Program(), o.ID); err == nil {
			st, err = peer.Stand(ctx, tx, w.Maria, o)
		}
		return err
	})
	return st
}

func number(t testing.TB, w *scene.World, query string, args ...any) (n int) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, query, args...)
		return err
	})
	return n
}

// elsewhere is another member's order, ordered by nobody on file.
func elsewhere(t testing.TB, w *scene.World) order.Order {
	t.Helper()
	mine, doctor := w.Member, w.Doctor
	defer func() { w.Member, w.Doctor = mine, doctor }()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		w.Member, err = member.Save(ctx, tx, account.Program(), member.Member{First: "Jorge", Last: "Ortiz", Born: civil.Date{Year: 1970, Month: 2, Day: 3}})
		return err
	})
	w.Doctor.ID = ""
	return w.Denied()
}

// A call about several orders is the live call of each of them: no other can
// be booked about any, all are told of it, and it takes the next length.
func TestSeveralOrdersHaveOneCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b, c := w.Denied(), elsewhere(t, w), w.Denied()
		call := together(t, w, 3, a, b, c)
		if call.Minutes() != 60 || claims(t, d) != 12 {
			t.Errorf("%d minutes, %d claims; want 60 and 12", call.Minutes(), claims(t, d))
		}
		all, _ := subjects(t, w, w.Maria, call)
		if len(all) != 3 || all[0].Order.ID != a.ID {
			t.Fatalf("about %+v", all)
		}
		for _, s := range all {
			if s.Effect != peer.CanChange || s.ValidUntil == nil {
				t.Errorf("for %s: %s until %v", s.Order.Number, s.Effect, s.ValidUntil)
			}
			st := result(t, w, s.Order)
			if st.Result != peer.AlreadyBooked || st.Call.ID != call.ID {
				t.Errorf("%s stands as %s", s.Order.Number, st.Result)
			}
			if n := number(t, w, `select count(*) from order_event where order_id = $1 and kind = 'call'`, string(s.Order.ID)); n != 1 {
				t.Errorf("%d lines in the timeline of %s", n, s.Order.Number)
			}
		}
		if n := number(t, w, `select count(*) from audit where action = 'call.booked'`); n != 2 {
			t.Errorf("%d audit rows for two members", n)
		}
		other := w.Denied()
		if err := addTo(w, other, b); field(t, err, "add") == "" || !strings.Contains(field(t, err, "add"), "booked already") {
			t.Errorf("an order that is booked was added: %v", err)
		}
	})
}

// Invariant 3: of two calls about one order, whichever of theirs it is, one
// is booked; the other is told which order is in the way.
func TestOneLiveCallForEachOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		a, b, c := w.Denied(), w.Denied(), w.Denied()
		if err := addTo(w, a, b); err != nil {
			t.Fatal(err)
		}
		call := together(t, w, 3, c, b)
		slots := w.Slots(w.Maria, a, nil)
		_, err := w.Book(w.Maria, a, slots[9])
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), order.Spaced(b.Number)) {
			t.Errorf("a second call about %s: %v", order.Spaced(b.Number), err)
		}
		// The index refuses it too, whatever was asked before.
		e := w.Denied()
		alone, err := w.Book(w.Maria, e, w.Slots(w.Maria, e, nil)[40])
		if err != nil {
			t.Fatal(err)
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into call_order (call_id, order_id, active) values ($1, $2, $3)`, string(alone.ID), string(b.ID), true)
			return err
		})
		if err == nil {
			t.Error("an order has two live calls")
		}
		if n := number(t, w, `select count(*) from call_order where active`); n != 3 || call.ID == "" {
			t.Errorf("%d orders have a call, want 3", n)
		}
	})
}

// The same, when both are booked in one moment.
func TestTwoCallsRaceForOneOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 3)
		shared := w.Denied()
		firsts := []order.Order{w.Denied(), w.Denied(), w.Denied()}
		for _, o := range firsts {
			if err := addTo(w, o, shared); err != nil {
				t.Fatal(err)
			}
		}
		slots := w.Slots(w.Maria, firsts[0], nil)
		var wg sync.WaitGroup
		var won atomic.Int32
		for i, o := range firsts {
			wg.Go(func() {
				_, err := w.Book(w.Maria, o, slots[8*i])
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || number(t, w, `select count(*) from call`) != 1 || claims(t, d) != 12 {
			t.Errorf("%d were booked; %d calls, %d claims", won.Load(), number(t, w, `select count(*) from call`), claims(t, d))
		}
	})
}

// What can be added: orders of the office by a program that goes with the
// first's, each with a call to be had; those of the same practitioner first.
func TestWhichOrdersCanBeAdded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, other, mine, booked := w.Denied(), elsewhere(t, w), w.Denied(), w.Denied()
		w.Order() // not decided
		if _, err := w.Book(w.Maria, booked, w.Slots(w.Maria, booked, nil)[0]); err != nil {
			t.Fatal(err)
		}
		addable := func() (ids []order.ID) {
			err := with(w, a, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
				draft, err := peer.FindDraft(ctx, tx, w.Maria, a, "")
				if err != nil {
					return err
				}
				all, err := peer.Addable(ctx, tx, w.Maria, a, st, draft)
				for _, m := range all {
					ids = append(ids, m.Order.ID)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if got := addable(); !slices.Equal(got, []order.ID{mine.ID, other.ID}) {
			t.Errorf("offered %v, want %v and %v", got, mine.ID, other.ID)
		}
		if err := addTo(w, a, mine); err != nil {
			t.Fatal(err)
		}
		if got := addable(); !slices.Equal(got, []order.ID{other.ID}) {
			t.Errorf("with one added: %v", got)
		}
		if err := addTo(w, a, other, booked); err == nil {
			t.Error("four orders in a call of three")
		}
		if err := addTo(w, a, other); err != nil {
			t.Fatal(err)
		}
		if got := addable(); len(got) != 0 {
			t.Errorf("with the call full: %v", got)
		}
		if err := addTo(w, a, w.Denied()); field(t, err, "add") != "One call can be about 3 orders at most" {
			t.Error(err)
		}
		if err := addTo(w, a); field(t, err, "add") != "Select an order to add" {
			t.Error(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update orders set organization_id = $1 where id = $2`, w.Other.ID, string(booked.ID))
			return err
		})
		if err := addTo(w, a, booked); !fault.Is(err, fault.NotFound) {
			t.Errorf("another organization's order: %v", err)
		}
	})
}

// Whoever types a number and a birth date learns nothing from being wrong.
func TestAddingByNumberTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b, foreign := w.Denied(), w.Denied(), w.Denied()
		born := w.Member.Born
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update orders set organization_id = $1 where id = $2`, w.Other.ID, string(foreign.ID))
			return err
		})
		field(t, byNumberTo(w, a, " ", born), "number")
		field(t, byNumberTo(w, a, b.Number, civil.Date{}), "born")
		tries := func(number string, born civil.Date) string {
			var text string
			w.Do(func(ctx context.Context, tx *db.Tx) error { // the page keeps the try
				st, err := peer.Stand(ctx, tx, w.Maria, a)
				if err == nil {
					text = field(t, peer.AddByNumber(ctx, tx, w.Maria, a, st, number, born), "number")
				}
				return err
			})
			return text
		}
		first := tries("1234567890", born)
		for name, got := range map[string]string{"a wrong birth date": tries(b.Number, born.AddDays(1)), "another organization's": tries(foreign.Number, born)} {
			if got != first {
				t.Errorf("%s: %q, else %q", name, got, first)
			}
		}
		if err := byNumberTo(w, a, order.Spaced(b.Number), born); err != nil {
			t.Fatal(err)
		}
		if got := tries(b.Number, born); !strings.Contains(got, "in this call already") {
			t.Errorf("added twice: %q", got)
		}
		for range 20 {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				st, err := peer.Stand(ctx, tx, w.Maria, a)
				if err == nil {
					_ = peer.AddByNumber(ctx, tx, w.Maria, a, st, "1234567890", born)
				}
				return err
			})
		}
		if err := byNumberTo(w, a, "1234567890", born); !fault.Is(err, fault.TooMany) {
			t.Errorf("after many tries: %v", err)
		}
	})
}

// A held time is let go when the call becomes longer, and when it becomes
// shorter; it stays while the length does.
func TestAHeldTimeIsOfTheCallsLength(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b, c := w.Denied(), w.Denied(), w.Denied()
		hold := func() {
			t.Helper()
			slot := w.Slots(w.Maria, a, nil)[4]
			err := with(w, a, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
				_, err := peer.Hold(ctx, tx, w.Maria, a, st, nil, slot)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		remove := func(o order.Order) {
			t.Helper()
			err := with(w, a, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
				return peer.RemoveOrder(ctx, tx, w.Maria, a, st, o.Number)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		hold()
		if held(t, d) != 6 {
			t.Fatalf("%d held", held(t, d))
		}
		if err := addTo(w, a, b, c); err != nil {
			t.Fatal(err)
		}
		if held(t, d) != 0 {
			t.Error("half an hour is held for a call of one")
		}
		if _, err := w.Book(w.Maria, a, peer.Slot{Start: w.Slots(w.Maria, a, nil)[4].Start, Minutes: 30}); !fault.Is(err, fault.Conflict) {
			t.Errorf("booked too short: %v", err)
		}
		hold()
		remove(b)
		if held(t, d) != 12 {
			t.Errorf("%d held after one of three was removed, want 12", held(t, d))
		}
		remove(c)
		if held(t, d) != 0 {
			t.Error("an hour is held for a call of half of one")
		}
	})
}

// One reviewer must fit every order: that a plan's panel or another's specialty
// rules out for one of them it rules out for the call.
func TestTheReviewerFitsEveryOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		orderedBy(w, "Orthopedic surgery")
		a, b := w.Denied(), w.Denied()
		w.Do(func(ctx context.Context, tx *db.Tx) error { // b was decided by the other one
			_, err := tx.Exec(ctx, `update determination set person_id = $1 where order_id = $2`, string(w.Reviewers[1].ID), string(b.ID))
			return err
		})
		policy(w, "not_decider")
		if len(w.Slots(w.Maria, a, nil)) == 0 || len(w.Slots(w.Maria, b, nil)) == 0 {
			t.Fatal("each by itself has times")
		}
		if err := addTo(w, a, b); err != nil {
			t.Fatal(err)
		}
		if got := w.Slots(w.Maria, a, nil); len(got) != 0 {
			t.Errorf("%d times with nobody who may take both", len(got))
		}
		policy(w, "any")
		change(w, 0, func(r *review.Reviewer) { r.Specialty = "Radiology" })
		c, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[5])
		if err != nil || c.ReviewerID != w.Reviewers[1].ID || c.Tier != peer.TierLicensed {
			t.Errorf("%s has it with tier %d, %v", c.ReviewerID, c.Tier, err)
		}
	})
}
