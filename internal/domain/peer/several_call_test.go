package peer_test

import (
	"context"
	"testing"
	"time"

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
		changes(t, w, own, c, b)
		if all, hidden := subjects(t, w, own, c); len(all) != 1 || all[0].Order.ID != b.ID || hidden != 1 {
			t.Errorf("sees %d orders, %d hidden", len(all), hidden)
		}
		if all, hidden := subjects(t, w, w.Reviewers[0], c); len(all) != 2 || hidden != 0 {
			t.Errorf("who has the call sees %d orders", len(all))
		}
	})
}

// changes has somebody who sees only the order o try to change all of c.
func changes(t *testing.T, w *scene.World, own account.Actor, c peer.Call, o order.Order) {
	t.Helper()
	slots := w.Slots(w.Maria, o, &c)
	for what, change := range map[string]func(context.Context, *db.Tx) error{
		"moving": func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, own, o)
			if err == nil {
				_, err = peer.Reschedule(ctx, tx, own, c, o, st, slots[0], w.Zone())
			}
			return err
		},
		"holding": func(ctx context.Context, tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, own, o)
			if err == nil {
				_, err = peer.Hold(ctx, tx, own, o, st, &c, slots[0])
			}
			return err
		},
		"canceling": func(ctx context.Context, tx *db.Tx) error {
			_, err := peer.Cancel(ctx, tx, own, c, o, "other", "")
			return err
		},
		"wanting an earlier time for": func(ctx context.Context, tx *db.Tx) error {
			return peer.WantEarlier(ctx, tx, own, c, o, peer.Alert{Notice: 2})
		},
	} {
		if err := w.Try(change); !fault.Is(err, fault.Denied) {
			t.Errorf("%s a call of which one order isn't theirs to see: %v", what, err)
		}
	}
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
