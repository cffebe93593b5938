package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// A wave is prepared, looked at as an office, and turned off while somebody
// wants a call.
func TestARollOutIsLedAndTurnedOff(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/rollout")
	omar.says("Harbor Health Plan, Musculoskeletal", "On")
	omar.look("rollout")
	omar.tab.Type("#office", "Cedar Orthopedics")
	omar.tab.Click("Show")
	omar.says("What Cedar Orthopedics would see on Mon, Nov 23, 2026", "Harbor Health Plan, Musculoskeletal, Commercial, TX")
	omar.look("rollout-seen")
	omar.visit("/admin/rollout?office=Nobody&day=x")
	omar.says("There is no organization of this name", "Enter a date")
	omar.visit("/admin/rollout")
	omar.tab.Click("New wave")
	omar.look("wave-new")
	omar.tab.Click("Pilot")
	omar.tab.Click("Save")
	omar.says("Choose a plan", "Choose a program", "A pilot is for some organizations")
	omar.look("wave-wrong")
	omar.tab.Eval(`document.querySelector("#plan").selectedIndex = 1; document.querySelector("#program").selectedIndex = 1`, nil)
	omar.tab.Type("#organizations", "Cedar Orthopedics")
	omar.tab.Click("See what it touches")
	omar.says("What it touches", "1 office with 1 person", "1 of them denied", "You are among the first")
	omar.look("wave-touches")
	omar.tab.Click("Save")
	omar.says("Pilot", "Cedar Orthopedics")

	omar.tab.Click(`a[href^="/admin/rollout/rll"]`)
	omar.tab.Click("Turn off now")
	omar.says("Say why it is turned off")
	omar.tab.Type("#reason", "Calls were lost.")
	omar.tab.Click("Turn off now")
	omar.says("Turned off", "Calls were lost.", "Turn on again")
	omar.look("wave-off")
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number + "/p2p")
	maria.says("Booking online is turned off for the moment. Your calls stay booked. Call (800) 555-0100.")
	maria.visit("/")
	maria.says("Booking online is turned off for the moment.")
	maria.look("home-off")
}

// A pilot takes messages and files of their own accord from offices that aren't
// in it: a wave is looked at, started and stopped, and who answers offices can
// tell why.
func TestAFeatureThatWasThereIsRolledOutAnew(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	admin, intake := h.person(t, "Omar", account.Admin), h.person(t, "Rosa", account.Intake)
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	maria.says("Ask about this order")

	omar := h.desk(t, tab, admin)
	omar.visit("/admin/rollout/new")
	omar.tab.Eval(`document.querySelector("#feature").value = "messages"; document.querySelector("#plan").selectedIndex = 1; document.querySelector("#program").selectedIndex = 1; document.querySelector("#from").value = "2026-11-23"`, nil)
	omar.tab.Click("Pilot")
	omar.tab.Type("#organizations", "Birch Cardiology")
	omar.tab.Type("#instead", "Fax your questions to (800) 555-0188 for now.")
	omar.tab.Click("See what it touches")
	omar.says("What it touches", "So far every office has this for the plan and the program.")
	omar.look("wave-messages")
	omar.tab.Click("Save")
	omar.says("Write to us about an order online", "Birch Cardiology", "Pilot")

	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	maria.says("Fax your questions to (800) 555-0188 for now. Call (800) 555-0142.")
	maria.silent("Ask about this order")
	maria.look("order-no-messages")
	maria.visit("/messages/new?order=" + o.Number)
	maria.tab.Eval(`document.querySelector("input[name=topic]").checked = true`, nil)
	maria.tab.Type("#text", "Is anything missing?")
	maria.tab.Click("Send message")
	maria.says("Fax your questions to (800) 555-0188 for now.")
	maria.holds("#text", "Is anything missing?")

	rosa := h.desk(t, tab, intake)
	rosa.visit("/assist")
	rosa.tab.Click("Why doesn’t an office see a button?")
	rosa.look("offered-ask")
	rosa.tab.Click("Show")
	rosa.says("There is no organization of this name")
	rosa.tab.Type("#office", "Cedar Orthopedics")
	rosa.tab.Click("Show")
	rosa.says("Cedar Orthopedics on Mon, Nov 23, 2026", "Write to us about an order online", "No wave reaches this office on that day.", "Book peer-to-peer calls online")
	rosa.look("offered")

	omar = h.desk(t, tab, admin)
	omar.visit("/admin/rollout?office=Birch+Cardiology&day=2026-11-23&feature=messages")
	omar.says("What Birch Cardiology would see", "You are among the first")
	omar.visit("/admin/rollout")
	omar.tab.Eval(`[...document.querySelectorAll("a[href^='/admin/rollout/rll']")].find(a => a.textContent.includes("write to us")).click()`, nil)
	omar.says("Turn off now")
	omar.tab.Type("#reason", "Lost messages.")
	omar.tab.Click("Turn off now")
	omar.says("Turned off", "Lost messages.", "Turn on again")
	omar.visit("/admin/rollout?office=Birch+Cardiology&day=2026-11-23&feature=messages")
	omar.says("Lost messages. Offices read: Fax your questions")
}
