package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// An operator lets an office make keys; its administrator makes one, which a
// system comes in by, and ends it.
func TestAnOfficeMakesAKeyForItsSystem(t *testing.T) {
	h := still(t, 1)
	office, tab := h.world.Office.ID, browser.New(t)
	operator, admin := h.person(t, "Omar", account.Admin), h.colleague("Dana", "Cole", account.OrgAdmin)
	status := func(key string) int {
		t.Helper()
		q, err := http.NewRequest("GET", h.url+"/fhir/Task", nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+key)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}

	dana := h.desk(t, tab, admin)
	dana.visit("/organization/" + office)
	dana.silent("Systems")
	omar := h.desk(t, tab, operator)
	omar.visit("/admin/organizations/" + office)
	omar.says("Its administrators can't make keys. 0 keys hold now.")
	omar.tab.Click("Let them make keys")
	omar.says("Saved. It counts at once.", "Its administrators make keys themselves.")
	omar.look("admin-organization-keys")

	dana = h.desk(t, tab, admin)
	dana.visit("/organization/" + office)
	dana.tab.Click("Systems")
	dana.says("Keys of your systems", "No keys yet.")
	dana.tab.Click("Make the key")
	dana.says("There is a problem", "Say which system the key is for")
	dana.look("systems-wrong")
	dana.tab.Type("#name", "Cedar EHR")
	dana.tab.Click("90 days")
	dana.tab.Click("Make the key")
	dana.says("The new key", "We show it only this once")
	dana.look("systems-key")
	var key string
	dana.tab.Eval(`document.querySelector("main code").textContent`, &key)
	if !strings.HasPrefix(key, "parley_") {
		t.Fatalf("the key is %q", key)
	}
	dana.tab.Click("I have entered it")
	dana.says("The key holds from now on.", "Cedar EHR", "Acts as Dana Cole", "Not used yet")
	dana.visit("/organization/" + office + "/systems/made")
	dana.silent(key)
	if got := status(key); got != http.StatusOK {
		t.Fatalf("by the key: %d", got)
	}
	dana.visit("/organization/" + office + "/systems")
	dana.says("Last used")
	dana.look("systems")

	omar = h.desk(t, tab, operator)
	omar.visit("/admin/integrations")
	omar.says("Cedar Orthopedics", "Cedar EHR", "Dana Cole")
	omar.look("admin-keys")
	omar.visit("/admin/audit?q=key.made")

	dana = h.desk(t, tab, admin)
	dana.visit("/organization/" + office + "/systems")
	dana.tab.Click("form[action$='/end'] button")
	dana.says("The key is ended.", "Ended")
	if got := status(key); got != http.StatusUnauthorized {
		t.Errorf("by an ended key: %d", got)
	}
}
