package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// Where no call can change a denial, the office is heard before it: it is told
// what is missing, books a call inside the decision's clock, and the order is
// approved. The call has lost its point and is called off.
func TestACallBeforeTheDecisionEndsInApproval(t *testing.T) {
	h := still(t, 1)
	w := h.world
	line := w.Line
	line.CallEffect, line.PreDecisionHours = "discussion", 48
	w.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), line) })
	o := w.Order()
	tab := browser.New(t)
	doctor := h.desk(t, tab, w.Reviewers[0])
	maria := h.desk(t, tab.Person(), w.Maria)
	maria.visit("/orders/" + o.Number)
	maria.silent("about to decide", "Request peer-to-peer")

	doctor.visit("/review/cases/" + o.Number + "/decide")
	doctor.says("This plan hears the office before a clinical denial")
	doctor.look("decide-unheard")
	doctor.tab.Click("Tell the office what is missing")
	doctor.says("Tell the office before a denial", "Due by")
	doctor.tab.Click("Tell the office")
	doctor.says("Say what is missing")
	doctor.look("intent-error")
	doctor.tab.Type("#points", "6 weeks of treatment are not shown.")
	doctor.tab.Click("Tell the office")
	doctor.says("Before a denial", "It can talk to a reviewer until Wed, Nov 25, 9:00 AM CT", "6 weeks of treatment are not shown.")
	doctor.look("case-intent")

	// No denial before the office had its time.
	err := w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := review.Decide(ctx, tx, w.Reviewers[0], scene.Denial(o))
		return err
	})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "can talk to a reviewer until") {
		t.Errorf("denied while the office can still talk: %v", err)
	}

	h.drain(t)
	told := h.mail.All()
	if len(told) != 1 || !strings.Contains(told[0].Text, "until Wed, Nov 25, 9:00 AM CT") || strings.Contains(told[0].Text, "treatment") {
		t.Errorf("the office was told: %+v", told)
	}
	maria.visit("/orders/" + o.Number)
	maria.says("We're about to decide", "6 weeks of treatment are not shown.", "Request peer-to-peer")
	maria.look("order-intent")
	maria.tab.Click("Request peer-to-peer")
	maria.says("We're about to decide. A call can help before we do, until Wed, Nov 25, 9:00 AM CT.", "What is missing")
	maria.look("before")
	maria.tab.Click("Choose a time")
	maria.says("No times are shown after your deadline, Wed, Nov 25, 9:00 AM CT")
	maria.choose(4)
	maria.tab.Click("Continue")
	maria.tab.Type("#phone", "555-555-0131")
	maria.tab.Click("Continue")
	maria.tab.Click("Confirm this call")
	maria.says("Your call is confirmed.")

	doctor.visit("/review/cases/" + o.Number + "/decide")
	doctor.tab.Click("label[for=outcome_1]")
	doctor.tab.Click("label[for=attested]")
	doctor.tab.Click("Send determination")
	doctor.says("Approved")
	h.at(review.UndoFor)
	h.drain(t)
	maria.visit("/p2p?show=past")
	maria.tab.Click(`a[href^="/p2p/"]:not([href*="?"])`)
	maria.says("This call is canceled.", "The order was approved.")
	maria.look("call-called-off")
	maria.visit("/orders/" + o.Number)
	maria.says("Approved")
	maria.silent("about to decide")
}

// A denial that had to be announced: what it is for the calls, and when it may
// follow.
func TestADenialFollowsTheTimeForACall(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		line := w.Line
		line.CallEffect, line.PreDecisionHours = "discussion", 24
		w.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), line) })
		o := w.Order()
		decide := func(d review.Decision) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := review.Decide(ctx, tx, w.Reviewers[0], d)
				return err
			})
		}
		announce := func(by account.Actor, version int, points string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := review.Announce(ctx, tx, by, o, version, points)
				return err
			})
		}
		if err := decide(scene.Denial(o)); !fault.Is(err, fault.Conflict) {
			t.Errorf("denied unheard: %v", err)
		}
		for who, err := range map[string]error{
			"a scheduler": announce(w.Scheduler, o.Version, "x"), "the office": announce(w.Maria, o.Version, "x"),
			"a stale page": announce(w.Reviewers[0], o.Version-1, "x"), "nothing said": announce(w.Reviewers[0], o.Version, ""),
		} {
			if err == nil {
				t.Errorf("%s announced a denial", who)
			}
		}
		if err := announce(w.Reviewers[0], o.Version, "Not shown."); err != nil {
			t.Fatal(err)
		}
		if err := announce(w.Reviewers[0], o.Version, "Not shown."); !fault.Is(err, fault.Conflict) {
			t.Errorf("announced twice: %v", err)
		}
		slots := w.Slots(w.Maria, o, nil)
		c, err := w.Book(w.Maria, o, slots[len(slots)-1])
		if err != nil || c.Effect != peer.CanChange {
			t.Fatalf("%s, %v", c.Effect, err)
		}
		administrative := scene.Denial(o)
		administrative.Kind = "administrative"
		h.at(25 * time.Hour) // the time for a call is over
		if err := decide(scene.Denial(o)); err != nil {
			t.Fatalf("after its time: %v", err)
		}
		h.drain(t)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := peer.Of(ctx, tx, o)
			if err == nil && all[0].Effect != peer.Discussion && all[0].Status.Live() {
				t.Errorf("after the denial the call is %s, %s", all[0].Status, all[0].Effect)
			}
			now, err2 := order.ByID(ctx, tx, account.Program(), o.ID)
			if now.Status != order.Denied {
				t.Errorf("the order is %s", now.Status)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		if err := decide(administrative); err == nil {
			t.Error("decided twice")
		}
	})
}
