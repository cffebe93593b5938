package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

// An office pastes the NPIs of its practitioners and reads an answer for each
// line; what is wrong stays to be mended. A favorite site is offered by the
// next request.
func TestProvidersByPaste(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := provider.SaveListings(ctx, tx, account.Program(), []provider.Listing{{NPI: "1306849450", Kind: "person", Name: "Theo Abara", First: "Theo", Last: "Abara", Credential: "NP"}})
				return err
			})
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit("/organization")
			d.silent("People")
			d.tab.Click("Add to the list")
			d.says("Enter the NPI")
			d.tab.Type("#npis", "1306849450\n1306849450\n1234567890\n12345")
			d.tab.Click("Add to the list")
			d.says("2 of 4 are on your list", "Line 1", "Added: Theo Abara, NP", "The same as a line above", "This NPI doesn't pass its check digit", "NPI must be 10 digits")
			d.holds("#npis", "1234567890")
			d.look("providers-" + name)
			d.tab.Click("Remove Theo Abara, NP")
			d.says("off your list")
			d.silent("Theo Abara")

			d.tab.Click("Favorite sites")
			d.tab.Type("#find", "nowhere")
			d.tab.Click("Find sites")
			d.says("No sites match")
			d.tab.Type("#find", "Valley")
			d.tab.Click("Find sites")
			var site string
			d.tab.Eval(`document.querySelector("main .lines strong").textContent`, &site)
			d.tab.Click("Add " + site)
			d.says("Requests offer the site from now on")
			d.look("favorites-" + name)
			d.visit(asked(t, h.as(t, h.world.Maria, "authenticator")) + "/providers")
			d.says(site)
			d.visit("/organization/" + h.world.Office.ID + "/sites")
			d.tab.Click("Remove " + site)
			d.says("no longer among your favorites")
			if a := h.as(t, h.world.Maria, "authenticator").get("/organization/" + h.world.Other.ID + "/providers"); a.status != 404 {
				t.Errorf("another's list: %d", a.status)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// A practice with 20 practitioners has them in one go, with 2 lines to mend.
func TestTwentyPractitionersByPaste(t *testing.T) {
	h := still(t, 1)
	var listings []provider.Listing
	var npis []string
	for n := 1500000000; len(npis) < 20; n++ {
		if npi := strconv.Itoa(n); provider.ValidNPI(npi) {
			npis = append(npis, npi)
			listings = append(listings, provider.Listing{NPI: npi, Kind: "person", Name: fmt.Sprintf("Theo Abara %d", len(npis)), First: "Theo", Last: fmt.Sprintf("Abara %d", len(npis)), Credential: "NP"})
		}
	}
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := provider.SaveListings(ctx, tx, account.Program(), listings)
		return err
	})
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/organization")
	d.tab.Type("#npis", strings.Join(append(npis, npis[3], "1500000001"), "\n"))
	d.tab.Click("Add to the list")
	d.says("21 of 22 are on your list", "Added: Theo Abara 1, NP", "Added: Theo Abara 20, NP", "Line 21", "The same as a line above", "Line 22", "This NPI doesn't pass its check digit")
	d.look("providers-twenty")
	d.visit("/organization")
	d.says("Theo Abara 20")
}
