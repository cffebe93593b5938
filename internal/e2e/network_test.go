package e2e

import (
	"context"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

// networked gives the world's plan a network with one of two sites in it, and
// says where they and the office are.
func (h *house) networked(t *testing.T) {
	t.Helper()
	w, by := h.world, account.Program()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		office := w.Office
		office.NPI = "1992999990"
		if _, err := account.SaveOrganization(ctx, tx, by, office); err != nil {
			return err
		}
		for _, s := range []struct {
			name, npi string
			at        provider.Point
			in        bool
		}{
			{"Birch Street Imaging", "1245319599", provider.Point{Latitude: 29_760_000, Longitude: -95_400_000}, true},
			{"Aspen Imaging", "1234567893", provider.Point{Latitude: 29_760_000, Longitude: -95_370_000}, false},
			{"", "1992999990", provider.Point{Latitude: 29_760_000, Longitude: -95_360_000}, false},
		} {
			if s.name != "" {
				o, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "site", Name: s.name, NPI: s.npi})
				if err != nil {
					return err
				}
				if _, err := provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: o.ID, Name: s.name, City: "Exampleville", State: "TX", ZIP: "00001"}); err != nil {
					return err
				}
			}
			if _, err := provider.Put(ctx, tx, by, s.npi, "", s.at); err != nil {
				return err
			}
			if s.in {
				if _, err := plan.Join(ctx, tx, by, []plan.Participation{{PlanID: w.Plan.ID, NPI: s.npi, From: civil.Date{Year: 2026, Month: time.January, Day: 1}}}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// A site that is out of network is shown as such, and chosen only by somebody
// who has read what that means and which site is in.
func TestAnOutOfNetworkSite(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			h.networked(t)
			path := asked(t, h.as(t, h.world.Maria, "authenticator"))
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit(path + "/providers")
			d.tab.Click("Search for a site")
			d.tab.Type("#site_search", "imaging")
			d.tab.Click("Find sites")
			d.says("Birch Street Imaging", "2.4 miles from your office · in network", "Aspen Imaging", "less than a mile from your office · out of network")
			d.look("network-search-" + name)
			d.tab.Click("Aspen Imaging")
			d.tab.Click("Continue")
			d.says("Aspen Imaging is out of network", "The patient may pay more, or all of it", "Nearest in network: Birch Street Imaging")
			d.look("network-out-" + name)
			d.tab.Click("Use Birch Street Imaging")
			d.says("Check your answers and send", "Birch Street Imaging, in network")

			d.visit(path + "/providers")
			d.tab.Click("Search for a site")
			d.tab.Type("#site_search", "aspen")
			d.tab.Click("Find sites")
			d.tab.Click("Aspen Imaging")
			d.tab.Click("Continue")
			d.tab.Click("Keep Aspen Imaging")
			d.says("Check your answers and send", "Aspen Imaging, out of network")
			d.visit(path + "/providers")
			d.tab.Click("Continue") // it was kept: nobody is asked again
			d.says("Check your answers and send")
			d.look("network-review-" + name)
			d.tab.Click("label[for=attested]")
			d.tab.Click("Send request")
			d.tab.Click("Open the order")
			d.says("Aspen Imaging")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
