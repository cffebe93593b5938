package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
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
	maria.says("Booking online is turned off for the moment.", "Por el momento no se puede reservar en línea. Sus llamadas reservadas se mantienen. Llame al (800) 555-0100.")
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
	omar.tab.Type("#percent", "100")
	omar.tab.Click("See what it touches")
	omar.says("It is for 2 of 2 organizations.", "Which organizations")
	omar.tab.Click("Which organizations")
	omar.says("Birch Cardiology", "Cedar Orthopedics")
	omar.look("wave-share")
	omar.tab.Type("#organizations", "Birch Cardiology")
	omar.tab.Click("See what it touches")
	omar.says("Name organizations or choose a share of them, not both")
	omar.tab.Type("#percent", "")
	omar.tab.Type("#instead", "Fax your questions to (800) 555-0188 for now.")
	omar.tab.Click("See what it touches")
	omar.says("Enter what offices read instead in both languages, or in neither")
	omar.tab.Type("#instead_es", "Por ahora mande sus preguntas por fax al (800) 555-0188.")
	omar.tab.Click("See what it touches")
	omar.says("What it touches", "Usted está entre los primeros para Musculoskeletal, Harbor Health Plan: puede escribirnos en línea sobre una solicitud.", "So far every office has this for the plan and the program.")
	omar.look("wave-messages")
	omar.tab.Click("Save")
	omar.says("Write to us about an order online", "Birch Cardiology", "Pilot")

	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	maria.says("Fax your questions to (800) 555-0188 for now. Call (800) 555-0142.")
	maria.silent("Ask about this order")
	maria.look("order-no-messages")
	maria.tab.Eval(`document.querySelector("form[action='/language'] button").click()`, nil)
	maria.says("Por ahora mande sus preguntas por fax al (800) 555-0188.")
	maria.tab.Eval(`document.querySelector("form[action='/language'] button").click()`, nil)
	maria.says("Fax your questions to (800) 555-0188 for now.")
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

// Calls can't be put on before anybody has hours for them; the timeline says by
// date what begins and ends.
func TestTheTimelineAndItsConflict(t *testing.T) {
	h := still(t, 1)
	w := h.world
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		if _, err := plan.SaveProgram(ctx, tx, account.Program(), plan.Program{Code: "car", Name: "Cardiology", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10}); err != nil {
			return err
		}
		for _, r := range []plan.Rollout{
			{Stage: plan.Announced, From: civil.Date{Year: 2026, Month: time.October, Day: 1}, To: civil.Date{Year: 2026, Month: time.December, Day: 31}},
			{Stage: plan.On, From: civil.Date{Year: 2027, Month: time.January, Day: 4}},
		} {
			r.Feature, r.PlanID, r.ProgramID = plan.MessagesFeature, w.Plan.ID, w.Program.ID
			if err := plan.RollOut(ctx, tx, account.Program(), r); err != nil {
				return err
			}
		}
		return nil
	})
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/rollout/new")
	omar.tab.Eval(`const choose = (id, text) => { const s = document.querySelector(id); s.selectedIndex = [...s.options].findIndex(o => o.text == text) }; choose("#plan", "Harbor Health Plan"); choose("#program", "Cardiology"); document.querySelector("[name=stage][value=on]").checked = true; document.querySelector("#from").value = "2026-12-01"`, nil)
	omar.tab.Click("Save")
	const refused = "Peer-to-peer can't be On for Cardiology before a call session exists. Add sessions or choose Announced."
	omar.says(refused)
	omar.look("wave-conflict")
	omar.tab.Eval(`document.querySelector("[name=stage][value=announced]").checked = true`, nil)
	omar.tab.Click("Save")
	omar.says("Harbor Health Plan, Cardiology")

	omar.visit("/admin/config/wave/new")
	omar.tab.Eval(`const choose = (id, text) => { const s = document.querySelector(id); s.selectedIndex = [...s.options].findIndex(o => o.text == text) }; choose("#plan", "Harbor Health Plan"); choose("#program", "Cardiology"); document.querySelector("#stage").value = "on"; document.querySelector("#from").value = "2026-12-01"`, nil)
	omar.tab.Click("Save the draft")
	omar.says(refused)

	omar.visit("/admin/rollout")
	omar.tab.Click("Timeline")
	omar.says("Timeline of the roll-out", "Book peer-to-peer calls online", "Today, Mon, Nov 23, 2026", "Last day of", "Until Thu, Dec 31, 2026.")
	omar.look("timeline")
	omar.tab.Eval(`document.querySelector("#program").selectedIndex = 1`, nil)
	omar.tab.Click("Show")
	omar.says("Harbor Health Plan, Cardiology")
	omar.silent("Harbor Health Plan, Musculoskeletal")
}

// What ends says so on the pages where it still is, and that it was put off.
func TestWhatEndsSaysUntilWhen(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	tab := browser.New(t)
	admin := h.person(t, "Omar", account.Admin)
	omar := h.desk(t, tab, admin)
	omar.visit("/admin/rollout/new")
	omar.tab.Eval(`document.querySelector("#feature").value = "messages"; document.querySelector("#plan").selectedIndex = 1; document.querySelector("#program").selectedIndex = 1`, nil)
	omar.tab.Eval(`document.querySelector("#from").value = "2026-11-20"; document.querySelector("#to").value = "2026-12-31"`, nil)
	omar.tab.Click("Ending")
	omar.tab.Click("Save")
	maria := h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	maria.says("This will end", "you can write to us about an order online until Thu, Dec 31.", "Ask about this order")
	maria.look("order-ending")

	omar = h.desk(t, tab, admin)
	omar.visit("/admin/rollout")
	omar.tab.Eval(`[...document.querySelectorAll("a[href^='/admin/rollout/rll']")].find(a => a.textContent.includes("write to us")).click()`, nil)
	omar.says("Turn off now")
	omar.tab.Eval(`document.querySelector("#to").value = "2027-01-31"`, nil)
	omar.tab.Click("Save")
	maria = h.desk(t, tab, h.world.Maria)
	maria.visit("/orders/" + o.Number)
	maria.says("until Sun, Jan 31, not only until Thu, Dec 31 as we said before.")
	maria.visit("/")
	maria.says("until Sun, Jan 31, not only until Thu, Dec 31 as we said before.")
}
