package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
)

// A typist works by Tab, Space, Enter, arrows and letters alone.
type typist struct {
	*desk
	stops int // of Tab, in all
}

// at is an expression over e, the element that has the focus, its words and
// those of its label.
const at = `(() => {
	const e = document.activeElement, words = n => (n ? n.textContent : "").replace(/\s+/g, " ").trim();
	const label = e.labels && e.labels.length ? words(e.labels[0]) : "";
	return %s;
})()`

func (k *typist) is(what string) (yes bool) {
	k.Helper()
	k.tab.Eval(fmt.Sprintf(at, what), &yes)
	return yes
}

// reach goes on by Tab until something holds of the element with the focus,
// which must be one that a person can see.
func (k *typist) reach(what string) {
	k.Helper()
	for range 60 {
		k.tab.Press("Tab")
		k.stops++
		if k.is("e === document.body") {
			k.Fatalf("%s: Tab comes to the end before %s", k.tab.URL(), what)
		}
		if k.is(what) {
			return
		}
	}
	k.Fatalf("%s: Tab never reaches %s", k.tab.URL(), what)
}

// press goes to a link or button with these words and presses it.
func (k *typist) press(words string) {
	k.Helper()
	k.reach(fmt.Sprintf("words(e) === %q && !!e.matches('a, button, summary')", words))
	k.tab.Press("Enter")
}

// enter types into the field with this id, in place of what it holds.
func (k *typist) enter(id, text string) {
	k.Helper()
	k.reach(fmt.Sprintf("e.id === %q", id))
	k.tab.Press(text)
}

// pick chooses by its label: a check box by Space, a radio by arrows.
func (k *typist) pick(label string) {
	k.Helper()
	k.reach(fmt.Sprintf(`!!e.form && [...e.form.elements].some(o => o.type === e.type && o.name === e.name && /radio|checkbox/.test(o.type) && o.labels.length && words(o.labels[0]) === %q && (o.type === "radio" || o === e))`, label))
	if k.is(`e.type === "checkbox"`) {
		k.tab.Press("Space")
		return
	}
	k.tab.Press("Space")
	for range 20 {
		if k.is(fmt.Sprintf("label === %q && e.checked", label)) {
			return
		}
		k.tab.Press("ArrowDown")
	}
	k.Fatalf("%s: arrows never reach %q", k.tab.URL(), label)
}

// T1 of the core tasks by keyboard alone, on a desk: an MRI of the lower back
// with two files, approved as it is sent. The files themselves are put into
// the field that has the focus, as the system's own window would.
func TestAnMRIIsApprovedByKeyboardAlone(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.world.Publish("lumbar-mri")
	h.drain(t) // what runs once a day runs now: by the house's clock files that come today are old
	k := &typist{desk: h.desk(t, browser.New(t), h.world.Maria)}
	k.tab.Width(1280)
	k.visit("/")
	k.press("Start a request")
	for id, text := range dated("service", "12", "1", "2026") {
		k.enter(id, text)
	}
	k.enter("number", "HBR400100200")
	for id, text := range dated("born", "4", "28", "1986") {
		k.enter(id, text)
	}
	k.press("Continue")
	k.says("Is this the patient?")
	k.pick("Rosa Canarywell, Harbor Health Plan")
	k.press("Continue")
	k.enter("service", "72148")
	k.enter("diagnosis", "M54.50")
	k.reach(`e.name === "urgency"`)
	k.tab.Press("Space")
	k.press("Continue")
	k.pick("Ada Okafor, MD")
	k.enter("contact_phone", "555-555-0147")
	k.pick("Not decided yet")
	k.press("Continue")
	k.pick("Numbness in the saddle area, or new trouble with bladder or bowel")
	k.press("Continue")
	k.pick("No")
	k.press("Continue")
	k.reach(`e.id === "files_note"`)
	k.tab.Upload("#files_note", onDisk(t, "note.pdf", note("visit", 0)), onDisk(t, "exam.pdf", note("examination", 0)))
	for try := 0; strings.Count(k.tab.Text("main"), "Accepted") < 2; try++ {
		if try == 100 {
			t.Fatalf("two files don't become accepted:\n%s", k.tab.Text("main"))
		}
		h.drain(t)
		time.Sleep(100 * time.Millisecond)
	}
	k.press("Continue")
	k.pick("The information is accurate, is about this patient, and is supported by the patient’s medical record")
	k.press("Send request")
	k.says("Approved", "Authorization number", "1 of 1 approved")
	t.Logf("%d stops of Tab", k.stops)
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// dated are the boxes of a date with what is typed into each, in their order.
func dated(name, month, day, year string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		_ = yield(name+"_month", month) && yield(name+"_day", day) && yield(name+"_year", year)
	}
}
