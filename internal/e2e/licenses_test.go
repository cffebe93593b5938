package e2e

import (
	"context"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Who keeps licenses sees which end soon and the calls after an end, and
// changes them with what is wrong said at the field. A reviewer doesn't.
func TestLicensesAreKeptInOnePlace(t *testing.T) {
	h := still(t, 2)
	w := h.world
	o := w.Denied()
	slots := w.Slots(w.Maria, o, nil)
	c, err := w.Book(w.Maria, o, slots[len(slots)-1])
	if err != nil {
		t.Fatal(err)
	}
	omar := h.person(t, "Omar", account.Admin)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		last := civil.DateIn(c.StartsAt, w.Zone()).AddDays(-1)
		return review.ChangeLicense(ctx, tx, omar, c.ReviewerID, review.License{State: "TX", Number: "TX-1", Expires: last})
	})
	tab := browser.New(t)
	d := h.desk(t, tab, omar)
	d.visit("/admin/index")
	tab.Click("Licenses")
	d.says("Calls after the end of a license", "Call "+c.Number, "the TX license holds until", "days left", "Holds")
	d.silent("Canarywell", "Move or give to somebody else")
	d.look("licenses")
	tab.Click(w.Holder(c).Name)
	d.says("Licenses of "+w.Holder(c).Name, "Call "+c.Number)
	tab.Click("Add it")
	d.says("Enter a state with its two letters, like TX", "Enter the license number", "Enter the last day it holds")
	d.look("license-wrong")
	tab.Type("#state", "ok")
	tab.Type("#number", "OK-77")
	tab.Eval(`document.querySelector("#expires").value = "2027-11-30"`, nil)
	tab.Click("Add it")
	d.says("The license is added.", "OK OK-77", "until Nov 30, 2027")
	tab.Click("Change the TX license")
	tab.Eval(`document.querySelector("#expires-TX").value = ""`, nil)
	tab.Click("Save the TX license")
	d.says("Enter the last day it holds")
	d.look("license-change")
	tab.Eval(`document.querySelector("#expires-TX").value = "2028-05-31"`, nil)
	tab.Click("Save the TX license")
	d.says("The license is changed.", "until May 31, 2028")
	d.silent("Calls after the end")
	tab.Click("Change the OK license")
	tab.Click("Remove the OK license")
	d.says("The license is removed.")
	d.silent("OK-77")
	if a := h.as(t, w.Reviewers[0], "authenticator").get("/board/licenses"); a.status != 403 {
		t.Errorf("a reviewer: %d", a.status)
	}
	if a := h.as(t, w.Scheduler, "authenticator").get("/board/licenses/" + string(c.ReviewerID)); a.status != 403 {
		t.Errorf("a scheduler: %d", a.status)
	}
}
