package e2e

import (
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/peer"
)

// An office says once when a physician can usually talk, and the page of times
// and that of the office's own times follow.
func TestUsualTimesNarrowThePageOfTimes(t *testing.T) {
	h := still(t, 1)
	w := h.world
	o := w.Denied()
	d := h.desk(t, browser.New(t), w.Maria)
	d.toTimes(o)
	d.silent("Usual times")
	d.tab.Click("Set usual times of the ordering physician")
	d.says("When can Ada Okafor, MD usually talk?")
	d.tab.Click("Save and show these times")
	d.says("There is a problem", "Select at least one day", "Choose when the time starts")
	d.look("usual-error")
	d.tab.Click("Tuesday")
	d.tab.Click("Thursday")
	d.tab.Choose("#from", "780")
	d.tab.Choose("#to", "900")
	d.tab.Click("Save and show these times")
	d.says("Usual times", "Change usual times")
	var starts []string
	d.tab.Eval(`[...document.querySelectorAll('input[name=slot]')].map(i => i.id)`, &starts)
	if len(starts) == 0 {
		t.Fatal("no usual times are shown")
	}
	for _, key := range starts {
		slot, ok := peer.ParseSlot(key)
		local := slot.Start.In(w.Zone())
		if day := local.Weekday(); !ok || day != time.Tuesday && day != time.Thursday || local.Hour() < 13 || slot.End().In(w.Zone()).Hour() > 15 {
			t.Errorf("%v is shown as a usual time", local)
		}
	}
	d.look("usual-times")
	d.visit("/orders/" + o.Number + "/p2p/windows")
	if got := d.tab.Value("#day_0") + " " + d.tab.Value("#from_0") + " " + d.tab.Value("#to_1"); got != "2026-11-24 780 900" {
		t.Errorf("the office's times begin as %s", got)
	}
	if got := d.tab.Value("#day_1"); got != "2026-12-01" { // Thursday is Thanksgiving
		t.Errorf("the second day is %s", got)
	}
	d.visit("/orders/" + o.Number + "/p2p/usual")
	d.says("Saved by Maria Chen")
	d.look("usual")
	d.tab.Click("Forget them")
	d.says("Set usual times of the ordering physician")
}
