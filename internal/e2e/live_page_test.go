package e2e

import (
	"slices"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db/dbtest"
)

// Two people look at the same times. One books; the other sees it go, stays
// where they were, and is told only because it was the one they had chosen.
func TestATimeGoesWhileItIsLookedAt(t *testing.T) {
	h := still(t, 1)
	w := h.world
	a, b := w.Denied(), w.Denied()
	maria := h.desk(t, browser.New(t), w.Maria)
	maria.toTimes(a)
	slots := w.Slots(w.Maria, a, nil)
	var ids []string
	maria.tab.Eval(`[...document.querySelectorAll("[data-slots] input")].map(e => e.id)`, &ids)
	at := func(i int) peer.Slot {
		n := slices.IndexFunc(slots, func(s peer.Slot) bool { return s.Key() == ids[i] })
		return slots[n]
	}
	maria.says("This page updates by itself.")
	maria.tab.Eval(`document.getElementById("`+ids[1]+`").focus()`, nil)
	maria.tab.Press(" ")
	sam := h.desk(t, maria.tab.Person(), w.Scheduler)
	sam.visit("/board")
	sam.silent("change")

	book := func(o order.Order, s peer.Slot) peer.Call {
		t.Helper()
		c, err := w.Book(w.Maria, o, s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	book(b, at(3))
	maria.waits(`document.getElementById("` + ids[3] + `").disabled`)
	maria.says("Just taken")
	maria.silent("was just taken")
	var focus string
	maria.tab.Eval(`document.activeElement.id`, &focus)
	if focus != ids[1] {
		t.Errorf("the focus went to %q", focus)
	}
	sam.waits(`document.querySelector("[data-live-said]").textContent.includes("change")`)
	sam.look("board-changes")

	book(w.Denied(), at(1))
	maria.waits(`document.querySelector("[data-live-said]").textContent.includes("was just taken")`)
	maria.tab.Eval(`document.activeElement.id + document.activeElement.checked`, &focus)
	if focus != ids[1]+"true" {
		t.Errorf("the focus went to %q", focus)
	}
	maria.look("time-just-taken")
	maria.tab.Click("Continue")
	maria.says("That time was just taken")
	sam.tab.Click("Show")
	sam.says("Today (2)")

	// Paused, it stays as it is, and catches up afterwards.
	maria.tab.Click("Pause updates")
	maria.says("Updates are paused.")
	maria.tab.Eval(`[...document.querySelectorAll("[data-slots] input")].map(e => e.id)`, &ids)
	book(w.Denied(), at(4))
	time.Sleep(300 * time.Millisecond)
	maria.silent("Just taken")
	maria.tab.Click("Resume updates")
	maria.waits(`document.getElementById("` + ids[4] + `").disabled`)
	if all := h.faults(); all != "" {
		t.Error(all)
	}
}

// The office's list changes where it stands; what would move the rest waits
// until it is asked for.
func TestACallChangesInTheList(t *testing.T) {
	h := still(t, 1)
	w := h.world
	c, err := w.Book(w.Maria, w.Denied(), w.Slots(w.Maria, w.Denied(), nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	h.at(c.StartsAt.Sub(dbtest.Clock))
	d := h.desk(t, browser.New(t), w.Maria)
	d.visit("/p2p")
	d.says(c.Reference(), "Confirmed")
	if _, err := w.Dial(c, peer.Answered); err != nil {
		t.Fatal(err)
	}
	d.waits(`document.body.innerText.includes("In progress")`)
	d.silent("Confirmed", "Show")
	o := w.Denied()
	other, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
	if err != nil {
		t.Fatal(err)
	}
	d.waits(`document.querySelector("[data-live-said]").textContent.includes("1 change.")`)
	d.silent(other.Reference())
	d.look("calls-change")
	d.tab.Click("Show")
	d.says(other.Reference(), c.Reference())
}

// waits until the page says that something is so.
func (d *desk) waits(so string) {
	d.Helper()
	for until := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var is bool
		if d.tab.Eval(so, &is); is {
			return
		}
		if time.Now().After(until) {
			d.Fatalf("it never came that %s\n%s", so, plain(d.tab.Text("body")))
		}
	}
}
