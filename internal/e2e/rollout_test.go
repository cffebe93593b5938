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
