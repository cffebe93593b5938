package e2e

import (
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// A supervisor keeps items that are asked for again and again; whoever asks
// finds them, filled in.
func TestTheMessageLibrary(t *testing.T) {
	h := still(t, 1)
	o := h.world.Order()
	d := h.desk(t, browser.New(t), h.person(t, "Sol", account.Supervisor))
	d.visit("/ops")
	d.tab.Click("Message library")
	d.says("None yet.", "Items that come with Parley", "Treatments tried")
	d.look("library-empty")
	d.tab.Type("#ask_0", "Send the sleep study of {{member}}.")
	d.tab.Click("Save item")
	d.says("Enter a name", "{{member}} isn't available here")
	d.look("library-errors")
	d.tab.Type("#name", "Sleep study")
	d.tab.Type("#ask_0", "Send the sleep study before {{service}}.")
	d.tab.Click("Save item")
	d.says("Sleep study", "Send the sleep study before {{service}}.")
	d.look("library")
	d.tab.Click("Change Sleep study")
	d.says("Change an item")
	d.tab.Type("#name", "A sleep study")
	d.tab.Click("Save item")
	nurse := h.desk(t, browser.New(t), h.person(t, "Aisha", account.Nurse))
	nurse.visit("/review/cases/" + o.Number + "/ask")
	nurse.tab.Eval(`(s => { s.value = [...s.options].find(o => o.text === "A sleep study").value; })(document.querySelector("#template"))`, nil)
	nurse.tab.Click("Add an item")
	nurse.holds("#ask_2", "Send the sleep study before MRI, lower back.")
	d.tab.Click("Retire A sleep study")
	d.says("None yet.")
	if a := h.as(t, h.world.Maria, "authenticator").get("/ops/library"); a.status != 404 && a.status != 403 {
		t.Errorf("an office reads the library: %d", a.status)
	}
}
