package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// An administrator sees what would move before two records become one, types
// the name of the one that goes, and where their numbers differ a second
// administrator agrees. The old record's addresses lead to the new one.
func TestTwoRecordsBecomeOne(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	double := account.Organization{Kind: "office", Name: "Cedar Orthopedics", NPI: "1234567893"}
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if double, err = account.SaveOrganization(ctx, tx, account.Program(), double); err != nil {
			return err
		}
		w.Other.NPI = "1679576722"
		w.Other, err = account.SaveOrganization(ctx, tx, account.Program(), w.Other)
		return err
	})
	tab := browser.New(t)
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	tab.Click("Organizations")
	omar.says("Cedar Orthopedics", "Birch Cardiology", "1234567893", "Runs the service")
	omar.look("organizations")
	omar.visit("/admin/organizations/" + w.Office.ID)
	omar.says("These have the same name, NPI or tax ID:", "Everybody sees all orders")
	omar.look("organization")
	tab.Click("Merge this record into another")
	omar.says("With the same name, NPI or tax ID", "NPI 1234567893")
	omar.look("merge-choose")
	tab.Click("See what would move to Cedar Orthopedics 1234567893")
	omar.says("Merge Cedar Orthopedics into Cedar Orthopedics", "Orders", "each says in its history whose record it was", "Locations")
	omar.look("merge-preview")
	tab.Click("Merge them")
	omar.says("Say why, for those who look at it later", "Enter the name of the record that goes: Cedar Orthopedics")
	omar.look("merge-wrong")
	tab.Type("#reason", "Registered twice")
	tab.Type("#confirm", "cedar orthopedics")
	tab.Click("Merge them")
	omar.says("This is one record now", "Records that became part of it", "Registered twice", "organization.merged")
	omar.look("merged")
	omar.visit("/admin/organizations/" + w.Office.ID + "/merge?into=" + double.ID)
	omar.says("These two can't be merged", "This is one record already.")
	omar.visit("/admin/organizations/" + w.Office.ID)
	omar.says("Records that became part of it")

	maria := h.as(t, w.Maria, "authenticator")
	if a := maria.get("/orders/" + o.Number); a.status != 200 {
		t.Errorf("her order: %d", a.status)
	}
	if a := maria.get("/organization/" + w.Office.ID + "/providers"); a.status != 303 || a.to != "/organization/"+double.ID+"/providers" {
		t.Errorf("the old address: %d %s", a.status, a.to)
	}
	if a := h.as(t, w.Stranger, "authenticator").get("/organization/" + w.Office.ID + "/providers"); a.status != 404 {
		t.Errorf("a stranger at the old address: %d", a.status)
	}

	// numbers that differ need two
	omar.visit("/admin/organizations/" + double.ID + "/merge?into=" + w.Other.ID)
	omar.says("Their numbers differ")
	tab.Type("#reason", "Birch took it over; letter of Nov 20")
	tab.Type("#confirm", "Cedar Orthopedics")
	tab.Click("Ask a second administrator")
	omar.says("Merging waits for a second administrator")
	omar.silent("Agree and merge")
	omar.look("merge-asked")
	bea := h.desk(t, tab, h.person(t, "Bea", account.Admin))
	bea.visit("/admin/organizations")
	bea.says("Waiting for a second administrator", "asked by Omar Person")
	tab.Click("Look at the request for Cedar Orthopedics")
	bea.says("Birch took it over", "Its people would see no more than now.")
	bea.look("merge-agree")
	tab.Click("Agree and merge")
	bea.says("Birch Cardiology", "This is one record now", "asked by Omar Person", "Registered twice")
}
