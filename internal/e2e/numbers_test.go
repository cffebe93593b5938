package e2e

import (
	"context"
	"regexp"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/provider"
	"parley/internal/infra/db"
)

var readOut = regexp.MustCompile(`this code: (\d{6})`)

// An administrator confirms the fax number by a test fax, and the phone number
// by a code that staff read out.
func TestNumbersAreConfirmed(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.Web.Settings.Faxes, h.Desk.Faxes = true, "fax.example"
			dana := h.colleague("Dana", "Cole", account.OrgAdmin)
			h.world.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := provider.KeepLocation(ctx, tx, dana, provider.Location{ID: h.world.North.ID, OrganizationID: h.world.Office.ID, Name: "North", Line: "1 Sample Street", City: "Exampleville", State: "TX", ZIP: "00001", Phone: "5555550147", Fax: "5555550148", TimeZone: "America/Chicago"})
				return err
			})
			d := h.desk(t, browser.New(t, options...), dana)
			d.visit("/organization")
			d.tab.Click("Locations")
			d.says("Not confirmed")
			d.tab.Click("Confirm the fax number of North")
			d.tab.Click("Send test fax")
			d.says("The test fax is on its way", "Waits for the code")
			h.drain(t)
			faxes := h.mail.All()
			if len(faxes) != 1 || faxes[0].To.Email != "5555550148@fax.example" {
				t.Fatalf("%+v", faxes)
			}
			d.tab.Type("#code", "12")
			d.tab.Click("Confirm the number")
			d.says("Code must be 6 digits")
			d.look("number-fax-" + name)
			d.tab.Type("#code", sixDigits.FindStringSubmatch(faxes[0].Text)[1])
			d.tab.Click("Confirm the number")
			d.says("The number is confirmed, for a year", "Confirmed Mon, Nov 23, 2026")
			d.look("numbers-" + name)
			d.tab.Click("Check the fax number of North")
			d.tab.Click("Yes, it is still right")
			d.says("The number counts for another year")
			d.tab.Click("Confirm the phone number of North")
			d.tab.Click("Ask for a call")
			d.says("We will call")

			staff := h.desk(t, browser.New(t, options...), h.world.Reviewers[0])
			staff.visit("/review/letters")
			staff.tab.Click("Phone numbers that offices want confirmed")
			staff.says("Cedar Orthopedics, North", "(555) 555-0147")
			staff.tab.Click("I am on the phone: show the code for Cedar Orthopedics, North")
			staff.says("Read this code")
			staff.look("numbers-staff-" + name)
			d.tab.Type("#code", readOut.FindStringSubmatch(staff.tab.Text("main"))[1])
			d.tab.Click("Confirm the number")
			d.says("The number is confirmed, for a year")
			if a := h.as(t, h.world.Maria, "authenticator").get("/review/numbers"); a.status != 403 {
				t.Errorf("an office reads the list: %d", a.status)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
