package e2e

import (
	"context"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// An office's administrator goes through who has access, in two sittings, and
// removes one; an operator does so for staff.
func TestAccessIsReviewedEachQuarter(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			office, tab := h.world.Office.ID, browser.New(t, options...)
			admin, jess := h.colleague("Dana", "Cole", account.OrgAdmin), h.colleague("Jess", "Ortiz", account.OfficeStaff)
			operator := h.person(t, "Omar", account.Admin)

			dana := h.desk(t, tab, admin)
			dana.visit("/organization/" + office + "/people")
			dana.tab.Click("Access reviews")
			dana.says("The review of this quarter has not been begun.", "No access reviews yet.")
			dana.look("access-reviews-" + name)
			dana.tab.Click("Begin a review")
			dana.says("Access review", "Begun by Dana Cole", "Dana Cole: you. Nobody reviews their own access.", "Did not sign in for 3 months")
			dana.tab.Click("label[for=access_" + string(h.world.Maria.ID) + "]")
			dana.tab.Click("Save and go on later")
			dana.says("Saved.")
			dana.tab.Click("Finish the review")
			dana.says("There is a problem", "Select keep or remove for Jess Ortiz")
			dana.silent("Select keep or remove for Maria Chen")
			dana.look("access-review-open-" + name)
			dana.tab.Click("label[for=access_" + string(jess.ID) + "-2]")
			dana.tab.Click("Finish the review")
			dana.says("Finished by Dana Cole", "Jess Ortiz", "Removed", "Kept")
			dana.look("access-review-done-" + name)
			review := dana.tab.URL()
			h.removed(t, jess)

			d := h.as(t, admin, "authenticator")
			if a := d.get(strings.TrimPrefix(review, h.url) + "/csv"); !strings.Contains(a.body, "Jess Ortiz") || !strings.Contains(a.body, "remove") {
				t.Errorf("the file says %s", a.body)
			}
			if a := h.as(t, h.world.Stranger, "authenticator").get(strings.TrimPrefix(review, h.url)); a.status == 200 {
				t.Error("a stranger reads it")
			}

			omar := h.desk(t, tab, operator)
			omar.visit("/admin/users")
			omar.tab.Click("Access reviews")
			omar.tab.Click("Begin a review")
			omar.says("Omar", "Reviewer Number000", "Sam Brooks")
			omar.look("admin-access-review-" + name)
			omar.visit("/admin/access-reviews/" + office)
			omar.says("We can't find that organization.")
		})
	}
}

// removed fails unless somebody's account is closed.
func (h *house) removed(t testing.TB, who account.Actor) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		if _, err := account.Act(ctx, tx, who.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s still has an account: %v", who.Name, err)
		}
		return nil
	})
}
