package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// A rule of a state is written on screen, previewed with the calls that lack
// what it asks, held by a test case, live, and turned off again.
func TestARuleOfAStateIsSetOnScreen(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				r, err := review.Get(ctx, tx, w.Reviewers[0].ID)
				if err != nil {
					return err
				}
				r.Licenses = []review.License{{State: "OH", Number: "O1", Expires: r.Licenses[0].Expires}}
				return review.Save(ctx, tx, account.Program(), r)
			})
			o := w.Denied()
			if _, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0]); err != nil {
				t.Fatal(err)
			}
			omar := h.desk(t, browser.New(t, options...), h.person(t, "Omar", account.Admin))
			omar.visit("/admin/index")
			omar.tab.Click("Rules about calls")
			omar.says("Rules of states", "None yet.", "Most calls in a day and a week", "Reminders before a call")
			omar.look("rules-none-" + name)
			omar.tab.Click("New rule")
			omar.tab.Click("Save the draft")
			omar.says("There is a problem", "Choose a state", "Enter the first day")
			omar.look("rule-wrong-" + name)
			omar.tab.Eval(`document.querySelector("#state").value = "TX"; document.querySelector("#from").value = "2026-01-01"`, nil)
			omar.tab.Type("#code", "tx_match")
			omar.tab.Type("#sentence", "Texas asks for a Texas license.")
			omar.tab.Type("#statement", "The physician wants to go ahead")
			omar.tab.Type("#citation", "28 TAC §19.1710")
			omar.tab.Click("Save the draft")
			omar.says("Preview of TX: tx_match", "It is about 1 call to come.", "1 of them doesn't have what the rule asks.", "Musculoskeletal: 0 of 1 reviewer match", "Same specialty, licensed elsewhere", "Texas asks for a Texas license. The physician wants to go ahead")
			omar.look("rule-preview-" + name)
			omar.tab.Click("See and add test cases")
			omar.tab.Eval(`document.querySelector("#line").value = "commercial"; document.querySelector("#day").value = "2026-11-24"; document.querySelector("#reviewer").value = "2"; document.querySelector("#expected").value = "stated"`, nil)
			omar.tab.Click("Add the test case")
			omar.says("Expected: Can be booked once the office states it.", "Passes")
			omar.look("rule-cases-" + name)
			omar.tab.Click("TX: tx_match")
			omar.tab.Click("Preview")
			omar.tab.Type("#why", "The law holds.")
			omar.tab.Click("Go live")
			omar.says("Version 1", "The law holds.", "1 test case. All pass.", "28 TAC §19.1710")
			omar.look("rule-" + name)
			omar.tab.Click("Rules about calls")
			omar.says("1 rule, by state", "TX: tx_match", "The same specialty, with a license of the office's state", "From Thu, Jan 1, 2026", "Live")
			omar.look("rules-" + name)
			omar.tab.Click("TX: tx_match")
			omar.tab.Click("Change")
			omar.tab.Click("label[for=used]")
			omar.tab.Click("Save the draft")
			omar.says("0 of them don't have what the rule asks; by the rule as it is now, 1.", "Nothing: the rule is turned off.", "Fails")
			omar.look("rule-off-" + name)
		})
	}
}
