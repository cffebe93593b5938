package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// today is the day of the tests' clock.
var today = civil.Date{Year: 2026, Month: time.November, Day: 23}

// standings are all the answers to whether a call is to be had (ux P-50): how
// each comes about, what the page says, and the one thing to press on it.
var standings = []struct {
	name  string
	make  func(h *house) order.Order
	words []string
	press string // "" where there is only the phone
	leads string
}{
	{"available", denied, []string{"Choose a time for the peer-to-peer call", "This call can change the decision, until"}, "", ""},
	{"discussion-by-line", lineSays(func(l *plan.Line) { l.CallEffect = "discussion" }), []string{"for discussion only", "allows no change by a call", "(800) 555-0142"}, "Book a discussion call", "Choose a time"},
	{"discussion-by-appeal", appealed, []string{"for discussion only", "an appeal was filed on Mon, Nov 23"}, "Book a discussion call", "Choose a time"},
	{"discussion-by-window", windowEnded, []string{"for discussion only", "the window ended"}, "Book a discussion call", "Choose a time"},
	{"discussion-by-plan", doneBy(plan.Utilization, plan.ThePlan), []string{"for discussion only", "Harbor Health Plan decides this"}, "Book a discussion call", "Choose a time"},
	{"booked", booked, []string{"A call is booked for"}, "Manage peer-to-peer", "Arranged by"},
	{"used", used, []string{"A call took place on Mon, Nov 23", "one call per decision", "(800) 555-0142"}, "See the call", "This call took place."},
	{"not-open", notOpen, []string{"can be booked here from Tue, Jan 12", "(800) 555-0142", "Soon for knees too"}, "", ""},
	{"plan-handles", doneBy(plan.PeerToPeer, plan.ThePlan), []string{"Harbor Health Plan runs its own calls", "(800) 555-0142"}, "", ""},
	{"not-offered", doneBy(plan.PeerToPeer, plan.Nobody), []string{"offers no peer-to-peer calls", "(800) 555-0142"}, "", ""},
	{"administrative", administrative, []string{"administrative reason, not a clinical one", "coverage"}, "", ""},
	{"nothing-denied", func(h *house) order.Order { return h.world.Order() }, []string{"offered when a service is denied", "(800) 555-0142"}, "", ""},
}

func TestEveryAnswerToWhetherACallIsToBeHad(t *testing.T) {
	for _, s := range standings {
		t.Run(s.name, func(t *testing.T) {
			h := still(t, 1)
			o := s.make(h)
			d := h.desk(t, browser.New(t), h.world.Maria)
			d.visit("/orders/" + o.Number)
			d.look("order-" + s.name)
			d.visit("/orders/" + o.Number + "/p2p")
			d.says(s.words...)
			d.look("standing-" + s.name)
			if s.press != "" {
				d.tab.Click(s.press)
				d.says(s.leads)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func denied(h *house) order.Order { return h.world.Denied() }

func lineSays(change func(*plan.Line)) func(h *house) order.Order {
	return func(h *house) order.Order {
		l := h.world.Line
		change(&l)
		h.world.Do(func(ctx context.Context, tx *db.Tx) error { return plan.SaveLine(ctx, tx, account.Program(), l) })
		return h.world.Denied()
	}
}

func doneBy(f plan.Function, by plan.Doer) func(h *house) order.Order {
	return func(h *house) order.Order {
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			return plan.Delegate(ctx, tx, account.Program(), plan.Delegation{PlanID: h.world.Plan.ID, Line: "commercial", Function: f, By: by, From: today})
		})
		return h.world.Denied()
	}
}

func appealed(h *house) order.Order {
	o := h.world.Denied()
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.Appealed(ctx, tx, account.Program(), o, tx.Now())
		return err
	})
	return o
}

func windowEnded(h *house) order.Order {
	h.at(-60 * 24 * time.Hour)
	defer h.at(0)
	return h.world.Denied()
}

func booked(h *house) order.Order {
	o := h.world.Denied()
	if _, err := h.world.Book(h.world.Maria, o, h.world.Slots(h.world.Maria, o, nil)[9]); err != nil {
		panic(err)
	}
	return o
}

func used(h *house) order.Order {
	o := h.world.Denied()
	c, err := h.world.Book(h.world.Maria, o, h.world.Slots(h.world.Maria, o, nil)[0])
	if err != nil {
		panic(err)
	}
	h.at(c.StartsAt.Sub(dbtest.Clock))
	defer h.at(0)
	if _, err := h.world.Dial(c, peer.Answered); err != nil {
		panic(err)
	}
	if _, err := h.world.Record(c, peer.Said{Outcome: peer.Upheld, Note: "Not shown."}); err != nil {
		panic(err)
	}
	return o
}

func notOpen(h *house) order.Order {
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		r := plan.Rollout{Feature: plan.CallsFeature, ProgramID: w.Program.ID, PlanID: w.Plan.ID, Stage: plan.Announced, From: today, Notice: "Soon for knees too."}
		if err := plan.RollOut(ctx, tx, account.Program(), r); err != nil {
			return err
		}
		r.Stage, r.From, r.Notice = plan.On, civil.Date{Year: 2027, Month: time.January, Day: 12}, ""
		return plan.RollOut(ctx, tx, account.Program(), r)
	})
	return w.Denied()
}

func administrative(h *house) order.Order {
	w := h.world
	o := w.Order()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		d := scene.Denial(o)
		d.Kind = "administrative"
		_, err := review.Decide(ctx, tx, w.Reviewers[0], d)
		return err
	})
	return o
}
