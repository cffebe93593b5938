package e2e

import (
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

// Resume a colleague's draft, answer what is asked, enclose two files, and
// have the answer at once: approved, with what it covers. On a phone.
func TestAColleaguesDraftBecomesAnApproval(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.world.Publish("lumbar-mri")
	jess := h.colleague("Jess", "Ng", account.OfficeStaff)
	path := asked(t, h.as(t, jess, "authenticator"))
	h.drain(t) // what runs once a day runs now: by the house's clock files that come today are old
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.tab.Width(375)
	d.visit("/drafts")
	d.says("Rosa Canarywell", "Jess Ng")
	d.tab.Click("Rosa Canarywell")
	d.tab.Click("main .usa-button")
	d.tab.Click("Numbness in the saddle area, or new trouble with bladder or bowel")
	d.tab.Click("Continue")
	d.tab.Click("[name='q.earlier_mri'][value=no] + label")
	d.tab.Click("Continue")
	d.says("Files", "The latest office note")
	d.tab.Upload("#files_note", onDisk(t, "note.pdf", note("visit", 0)), onDisk(t, "exam.pdf", note("examination", 0)))
	d.until("note.pdf", "exam.pdf")
	for try := 0; strings.Count(d.tab.Text("main"), "Accepted") < 2; try++ {
		if try == 100 {
			t.Fatalf("two files don't become accepted:\n%s", d.tab.Text("main"))
		}
		h.drain(t)
		time.Sleep(100 * time.Millisecond)
	}
	d.tab.Click("Continue")
	d.says("Check your answers and send", "note.pdf (Accepted)", "exam.pdf (Accepted)")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Approved", "Authorization number", "1 of 1 approved", "Nov 23, 2026 to Feb 21, 2027")
	if !strings.Contains(d.tab.URL(), "/submitted") {
		t.Errorf("the answer stands at %s", d.tab.URL())
	}
	h.drain(t)
	d.visit(strings.Replace(path, "/requests/", "/orders/", 1))
	d.says("Approved", "note.pdf", "exam.pdf", "Decision notice: approved", "The answers meet the criteria of Lumbar spine MRI 2026.1.")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
