package peer_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// An order that is approved leaves its call, which goes on about the rest and
// ends with the last. (5.6)
func TestAnApprovedOrderLeavesItsCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b := w.Denied(), elsewhere(t, w)
		c := together(t, w, 3, a, b)
		approve := func(o order.Order) {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `update orders set status = 'approved' where id = $1`, string(o.ID)); err != nil {
					return err
				}
				return peer.Follow(ctx, tx, review.Decided{OrderID: string(o.ID)})
			})
		}
		approve(a)
		now, first := read(t, w, c.Number)
		if now.Status != peer.Scheduled || !now.StartsAt.Equal(c.StartsAt) || now.ReviewerID != c.ReviewerID || first.ID != b.ID || now.OrderID != b.ID || now.Version == c.Version {
			t.Errorf("%s at %v about %s", now.Status, now.StartsAt, first.Number)
		}
		if all, hidden := subjects(t, w, w.Maria, now); len(all) != 1 || hidden != 0 {
			t.Errorf("still about %d orders", len(all))
		}
		if n := number(t, w, `select count(*) from audit where action = 'call.order_taken_out' and member_id = $1`, a.MemberID); n != 1 {
			t.Errorf("%d audit rows", n)
		}
		approve(b)
		if now, _ = read(t, w, c.Number); now.Status != peer.Cancelled || claims(t, d) != 0 {
			t.Errorf("about nothing it is %s, with %d claims", now.Status, claims(t, d))
		}
	})
}

// The office takes an order out of a booked call: the time stays, the order
// can have another call, and the last one stays in.
func TestAnOrderIsTakenOutOfItsCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b, other := w.Denied(), w.Denied(), w.Denied()
		c := together(t, w, 3, a, b)
		out := func(by account.Actor, o order.Order) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err == nil {
					_, err = peer.TakeOut(ctx, tx, by, now, o.Number)
				}
				return err
			})
		}
		if err := out(w.Maria, other); !fault.Is(err, fault.NotFound) {
			t.Errorf("an order that isn't the call's: %v", err)
		}
		if err := out(w.Stranger, b); err == nil {
			t.Error("a stranger took an order out")
		}
		if err := out(w.Maria, a); err != nil {
			t.Fatal(err)
		}
		if err := out(w.Maria, b); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last one: %v", err)
		}
		now, first := read(t, w, c.Number)
		if first.ID != b.ID || !now.StartsAt.Equal(c.StartsAt) || !now.EndsAt.Equal(c.EndsAt) || claims(t, d) != 12 {
			t.Errorf("about %s, %v to %v, %d claims", first.Number, now.StartsAt, now.EndsAt, claims(t, d))
		}
		if result(t, w, a).Result != peer.Available {
			t.Errorf("the order stands as %s", result(t, w, a).Result)
		}
		if n := number(t, w, `select count(*) from job where kind = 'peer.order_taken_out'`); n != 1 {
			t.Errorf("%d announcements", n)
		}
		if _, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[30]); err != nil {
			t.Errorf("another call about it: %v", err)
		}
	})
}

// Moving, canceling and putting back keep all orders; once one of them has
// another call, or was approved, nothing is put back.
func TestUndoBringsBackEveryOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 2)
		a, b := w.Denied(), w.Denied()
		c := together(t, w, 3, a, b)
		active := func() int {
			return number(t, w, `select count(*) from call_order where call_id = $1 and active`, string(c.ID))
		}
		moved := move(t, w, c, b, w.Slots(w.Maria, b, &c)[30])
		if moved.Minutes() != 60 || active() != 2 {
			t.Errorf("moved: %d minutes, %d orders", moved.Minutes(), active())
		}
		back, err := putBack(w, moved, a)
		if err != nil || !back.StartsAt.Equal(c.StartsAt) || active() != 2 || claims(t, d) != 12 {
			t.Errorf("put back: %v, %v, %d orders", back.StartsAt, err, active())
		}
		gone := cancel(t, w, back, a)
		if active() != 0 || result(t, w, b).Result != peer.Available {
			t.Errorf("canceled: %d orders, and one stands as %s", active(), result(t, w, b).Result)
		}
		if back, err = putBack(w, gone, a); err != nil || active() != 2 {
			t.Errorf("put back: %v, %d orders", err, active())
		}
		gone = cancel(t, w, back, a)
		if _, err := w.Book(w.Maria, b, w.Slots(w.Maria, b, nil)[3]); err != nil {
			t.Fatal(err)
		}
		if _, err := putBack(w, gone, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("put back beside another call about one of its orders: %v", err)
		}
	})
}

// Who sees only one of the orders sees the call by it, and of the others only
// that they are there.
func TestWhoSeesOneOrderSeesTheCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b := w.Denied(), elsewhere(t, w)
		c := together(t, w, 3, a, b)
		var own account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if own, err = w.Person(ctx, tx, "Ola", "Reyes", w.Office.ID, account.OfficeStaff); err != nil {
				return err
			}
			for i := range own.Seats {
				own.Seats[i].Sees = "own"
			}
			_, err = tx.Exec(ctx, `update orders set created_by = $1 where id = $2`, string(own.ID), string(b.ID))
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, o, err := peer.Get(ctx, tx, own, c.Number)
			if err != nil || o.ID != b.ID {
				t.Errorf("sees the call by %s: %v", o.Number, err)
			}
			list, err := peer.List(ctx, tx, own, "upcoming")
			if len(list) != 1 || list[0].OrderNumber != b.Number || list[0].More != 1 {
				t.Errorf("listed %+v", list)
			}
			if err != nil {
				return err
			}
			_, err = peer.TakeOut(ctx, tx, own, c, a.Number)
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("took out an order they don't see: %v", err)
			}
			_, _, err = peer.Get(ctx, tx, w.Stranger, c.Number)
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("a stranger: %v", err)
			}
			return nil
		})
		if all, hidden := subjects(t, w, own, c); len(all) != 1 || all[0].Order.ID != b.ID || hidden != 1 {
			t.Errorf("sees %d orders, %d hidden", len(all), hidden)
		}
		if all, hidden := subjects(t, w, w.Reviewers[0], c); len(all) != 2 || hidden != 0 {
			t.Errorf("who has the call sees %d orders", len(all))
		}
	})
}

// The call uses up one call of each order's decision, whose outcome is its own.
func TestACallIsUsedByEveryOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		a, b := w.Denied(), w.Denied()
		c := together(t, w, 3, a, b)
		w.Do(func(ctx context.Context, tx *db.Tx) error { // for b it became a discussion
			_, err := tx.Exec(ctx, `update call_order set effect = 'discussion', valid_until = null where order_id = $1`, string(b.ID))
			return err
		})
		d.Now = func() time.Time { return c.StartsAt }
		if _, err := w.Dial(c, peer.Answered); err != nil {
			t.Fatal(err)
		}
		record := func(second peer.Said) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				now, err := peer.ByID(ctx, tx, c.ID)
				if err == nil {
					_, err = peer.Record(ctx, tx, w.Reviewers[0], now, map[order.ID]peer.Said{a.ID: {Outcome: peer.Overturned}, b.ID: second})
				}
				return err
			})
		}
		field(t, record(peer.Said{Outcome: peer.Overturned}), "outcome_"+b.Number)
		if err := record(peer.Said{Outcome: peer.Upheld, Note: "Not shown."}); err != nil {
			t.Fatal(err)
		}
		for _, o := range []order.Order{a, b} {
			if got := result(t, w, o).Result; got != peer.Used {
				t.Errorf("%s stands as %s", o.Number, got)
			}
		}
	})
}

// What is asked of the office is asked for each order, and its laws hold for
// each.
func TestEachOrderHasItsQuestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		rule(w, consent)
		a, b := w.Denied(), w.Denied()
		if err := addTo(w, a, b); err != nil {
			t.Fatal(err)
		}
		answer := func(codes ...string) error {
			return with(w, a, func(ctx context.Context, tx *db.Tx, st peer.Standing) error {
				var all []peer.Answer
				for _, c := range codes {
					all = append(all, peer.Answer{Code: c, Day: civil.DateIn(tx.Now(), w.Zone())})
				}
				return peer.SaveAnswers(ctx, tx, w.Maria, a, st, all)
			})
		}
		second := "consent_" + b.Number
		field(t, answer("consent"), second)
		slot := w.Slots(w.Maria, a, nil)[3]
		if _, err := w.Book(w.Maria, a, slot); !fault.Is(err, fault.Conflict) {
			t.Errorf("booked with one member's consent of two: %v", err)
		}
		if err := answer("consent", second); err != nil {
			t.Fatal(err)
		}
		c, err := w.Book(w.Maria, a, slot)
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, w, `select count(*) from call_statement where call_id = $1`, string(c.ID)); n != 2 {
			t.Errorf("%d statements are kept", n)
		}
	})
}
