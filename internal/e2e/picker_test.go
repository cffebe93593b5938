package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/order"
)

// chart is a PDF of four pages that share their resources: pictures too, of
// which each of two pages draws one. The second leads to the third by a link.
func chart() []byte {
	page := func(contents int, more string) string {
		return fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R %s >>", contents, more)
	}
	stream := func(dict, content string) string {
		return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
	}
	text := func(words, more string) string {
		return stream("", "BT /F1 14 Tf 72 700 Td ("+words+") Tj ET "+more)
	}
	image := func(pixels string) string {
		return stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", len(pixels)), pixels)
	}
	const draw = "q 200 0 0 100 72 500 cm /%s Do Q"
	return written([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R 6 0 R] /Count 4 /Resources << /Font << /F1 7 0 R >> /XObject << /Im1 8 0 R /Im2 9 0 R >> /Pattern << /P1 14 0 R >> >> >>",
		page(10, ""), page(11, "/Annots [<< /Type /Annot /Subtype /Link /Rect [72 690 300 715] /Dest [5 0 R /Fit] >>]"), page(12, ""), page(13, ""),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		image("CANARYPICTUREONE"), image("CANARYPICTURETWO"),
		text("CANARYFIRST office note", fmt.Sprintf(draw, "Im1")), text("CANARYSECOND see the next page", ""),
		text("CANARYTHIRD of somebody else", fmt.Sprintf(draw, "Im2")), text("CANARYFOURTH call Secretname at noon", ""),
		stream("/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << >>", "% CANARYPATTERN"),
	}, 0)
}

// spy keeps what leaves the browser as pieces of files.
const spy = `(() => { const real = fetch; window.left = []; window.fetch = async (to, o) => { if (o && o.method === "PATCH") { const b = new Uint8Array(await o.body.arrayBuffer()); window.left.push(btoa(Array.from(b, (c) => String.fromCharCode(c)).join(""))) } return real(to, o) } })()`

func (d *desk) left() string {
	d.Helper()
	var pieces []string
	d.tab.Eval("window.left", &pieces)
	var all strings.Builder
	for _, p := range pieces {
		b, err := base64.StdEncoding.DecodeString(p)
		if err != nil {
			d.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

const (
	chooser = `form[data-upload] input[type=file][hidden]`
	sheets  = `[data-p=sheets] > li`
)

// Of a PDF only the chosen pages leave the office, and nothing of what was
// covered.
func TestPagesThatStayInTheOffice(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Eval(spy, nil)
	d.tab.Upload(chooser, onDisk(t, "chart.pdf", chart()))
	d.shows("You're sharing 4 of 4 pages.")
	d.look("picker")
	d.tab.Type("#picker-pages", "1-9")
	d.tab.Click("Share these pages")
	d.shows("Write page numbers from 1 to 4, such as 1-3, 7")
	d.look("picker-wrong")
	d.tab.Type("#picker-pages", "1-4")
	d.tab.Press("Enter")
	d.tab.Click("label[for=picker-page-3]")
	d.shows("You're sharing 3 of 4 pages.")
	if got := d.tab.Value("#picker-pages"); got != "1-2, 4" {
		t.Errorf("the pages are written %q", got)
	}
	d.tab.Type("#picker-find", "secretname")
	d.tab.Click("Cover it on every page")
	d.shows("“secretname” is on page 4: 1 place is covered. Look at each page before you share it.", "1 part covered")
	d.tab.Click("Turn page 1")
	d.shows("Page 1 is turned by 90 degrees.")
	d.tab.Click("Cover parts of page 2")
	d.shows("Cover parts of page 2")
	d.tab.Click("Add a box")
	d.tab.Press("ArrowDown", "ArrowRight")
	d.look("picker-cover")
	d.tab.Click("Done")
	d.shows("1 part covered")
	d.tab.Click("Cover parts of page 2")
	d.tab.Click(".picker-box")
	d.tab.Press("Delete")
	d.shows("The box is gone.")
	d.tab.Click("Done")
	d.tab.Click("Share these pages")
	d.until("chart.pdf", "Accepted", "3 pages")
	got := d.left()
	for _, kept := range []string{"CANARYFIRST", "CANARYSECOND", "CANARYPICTUREONE"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s was lost", kept)
		}
	}
	for _, secret := range []string{"CANARYTHIRD", "CANARYPICTURETWO", "CANARYPATTERN", "CANARYFOURTH", "Secretname"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s left the office", secret)
		}
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// What can't be read in the browser says so and sends nothing; Escape and
// Cancel send nothing either.
func TestAPickerThatGivesUp(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Eval(spy, nil)
	d.tab.Upload(chooser, onDisk(t, "damaged.pdf", []byte("%PDF-1.4 and nothing else")))
	d.until("The pages of this file can't be chosen here. Upload it whole")
	d.look("picker-cannot")
	d.tab.Upload(chooser, onDisk(t, "chart.pdf", chart()))
	d.shows("You're sharing 4 of 4 pages.")
	d.tab.Press("Escape")
	if d.tab.Has("dialog[open]") {
		t.Error("Escape leaves the dialog open")
	}
	if got := d.left(); got != "" {
		t.Errorf("%d bytes were sent", len(got))
	}
	d.tab.Upload(chooser, onDisk(t, "chart.pdf", chart()))
	d.shows("You're sharing 4 of 4 pages.")
	d.tab.FocusVisible()
	d.tab.Click("Share these pages")
	d.until("chart.pdf", "Accepted", "4 pages")
	if got := d.left(); got != string(chart()) {
		t.Error("a file of which nothing was taken was changed")
	}
}

// shows waits for words in the dialog.
func (d *desk) shows(words ...string) {
	d.Helper()
	var got string
	for range 100 {
		missing := false
		if got = ""; d.tab.Has("dialog[open]") {
			got = plain(d.tab.Text("dialog[open]"))
		}
		for _, w := range words {
			missing = missing || !strings.Contains(got, plain(w))
		}
		if !missing {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.Fatalf("the dialog never says %q but\n%s", words, got)
}
