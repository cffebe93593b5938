package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/tiff"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/scene"
)

// letters is a PDF with a line of text on each page.
func letters(lines ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj %s endobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	var kids strings.Builder
	for i := range lines {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object(fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(lines), kids.String()))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	for i, line := range lines {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>", 5+2*i))
		text := "BT /F 24 Tf 72 700 Td (" + line + ") Tj ET"
		object(fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(text), text))
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

// scanned is a gray picture with a black bar.
func scanned() image.Image {
	m := image.NewGray(image.Rect(0, 0, 300, 400))
	for i := range m.Pix {
		m.Pix[i] = 235
	}
	for x := 40; x < 260; x++ {
		for y := 60; y < 80; y++ {
			m.SetGray(x, y, color.Gray{})
		}
	}
	return m
}

// order is the order with a number, as the program reads it.
func (h *house) order(number string) (o order.Order) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.Get(ctx, tx, account.Program(), number)
		return err
	})
	return o
}

// enclose puts a file with an order.
func (h *house) enclose(o order.Order, name, kind string, pages int, content []byte) (f attachment.File) {
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		ref, err := h.Files.Put(ctx, bytes.NewReader(content))
		if err != nil {
			return err
		}
		f, err = attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: name, MediaType: kind, Size: ref.Size, SHA256: ref.SHA256, BlobKey: ref.Key, Kind: "Office note", Pages: pages})
		return err
	})
	return f
}

// readings counts how often a file was read.
func (h *house) readings(t testing.TB, f attachment.File) (n int) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from audit where action = 'file.opened' and detail = $1`, f.ID)
		return err
	})
	return n
}

// shown waits until the viewer says something.
func (d *desk) shown(words string) {
	d.Helper()
	var got string
	for range 100 {
		d.tab.Eval(`document.querySelector("[data-viewer]").innerText + document.querySelector("[data-v=stage]").textContent + document.querySelector("[data-v=page]").value`, &got)
		if strings.Contains(plain(got), words) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.Fatalf("the viewer doesn't say %q but %q", words, got)
}

// A reviewer reads what was enclosed beside the criteria: turns pages, finds a
// word, and enters the page as evidence. Each file that is read is on record.
func TestFilesAreReadBesideTheCriteria(t *testing.T) {
	h := still(t, 1)
	o := h.order(gaps(h))
	var picture, fax bytes.Buffer
	if err := png.Encode(&picture, scanned()); err != nil {
		t.Fatal(err)
	}
	if err := tiff.Encode(&fax, scanned(), nil); err != nil {
		t.Fatal(err)
	}
	note := h.enclose(o, "note.pdf", "application/pdf", 3, letters("Seen for low back pain", "Six weeks of therapy", "Therapy did not help"))
	h.enclose(o, "knee.png", "image/png", 1, picture.Bytes())
	faxed := h.enclose(o, "fax.tif", "image/tiff", 1, fax.Bytes())
	h.enclose(o, "words.txt", "text/plain", 0, []byte("Typed by hand."))
	tab := browser.New(t)
	d := h.desk(t, tab, h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number)
	d.look("viewer-closed")
	d.tab.Click("note.pdf")
	d.shown("Seen for low back pain")
	var focused string
	if d.tab.Eval(`document.activeElement.textContent`, &focused); focused != "note.pdf" {
		t.Errorf("focus is at %q", focused)
	}
	d.tab.Type("#viewer-find", "therapy")
	d.tab.Press("Enter")
	d.shown("Match 1 of 2, page 2.")
	d.tab.Eval("scrollTo(0, 0)", nil) // what the strip hides can't be looked at
	d.look("viewer-found")
	d.tab.Click("[data-v=after]")
	d.shown("Match 2 of 2, page 3.")
	d.tab.Click("[data-v=turn]")
	d.tab.Click("[data-v=in]")
	d.shown("125%")
	d.tab.Click("All pages")
	d.shown("Page 1")
	d.tab.Eval("scrollTo(0, 0)", nil)
	d.look("viewer-pages")
	d.tab.Click("[data-v=evidence]")
	d.shown("Choose the criterion first")
	d.tab.Click("Mark criterion 1")
	d.tab.Click("#criterion-1 label[for=says_1]")
	d.tab.Click("[data-v=evidence]")
	d.shown("Page 3 is entered as evidence for criterion 1.")
	d.tab.Click("#criterion-1 button")
	d.says("note.pdf, page 3")
	if n := h.readings(t, note); n != 1 {
		t.Errorf("the file was read once, and on record %d times", n)
	}
	d.tab.Click("#criterion-1 a")
	d.shown("Therapy did not help")
	for name, says := range map[string]string{"knee.png": "of 1", "fax.tif": "of 1", "words.txt": "Typed by hand."} {
		d.tab.Click(name)
		d.shown(says)
		d.shown(name)
	}
	d.tab.Click("fax.tif")
	d.shown("fax.tif")
	var label string
	for range 100 {
		d.tab.Eval(`document.querySelector(".viewer-sheet canvas")?.getAttribute("aria-label") || ""`, &label)
		if label == "Page 1 of fax.tif, a picture" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if label != "Page 1 of fax.tif, a picture" {
		t.Errorf("the fax shows as %q", label)
	}
	if h.readings(t, faxed) == 0 {
		t.Error("nobody is on record for reading the fax")
	}

	alone := h.desk(t, tab.Person(browser.NoScript()), h.world.Reviewers[0])
	alone.visit("/review/cases/" + o.Number)
	alone.look("viewer-plain")
	alone.tab.Click("note.pdf")
	alone.says("Download this file", "The page to look at is page 1")
	alone.visit("/review/cases/" + o.Number + "/files/" + faxed.ID)
	alone.says("Page 1 of 1")
	alone.look("viewer-plain-fax")
	page := h.as(t, h.world.Reviewers[0], "authenticator").get("/orders/" + o.Number + "/files/" + faxed.ID + "/pages/1")
	if m, err := png.Decode(strings.NewReader(page.body)); err != nil || m.Bounds() != scanned().Bounds() {
		t.Errorf("the fax is no picture: %v", err)
	}
	d.visit("/review/cases/" + o.Number + "/files/" + note.ID + "?page=2")
	d.shown("Six weeks of therapy")
	d.look("viewer-own")
}

// Who comes back to a case reads first what came meanwhile, and sees it
// outlined.
func TestWhatCameMeanwhile(t *testing.T) {
	h := still(t, 2)
	o := h.order(gaps(h))
	d := h.desk(t, browser.New(t), h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number)
	d.silent("Since ", "New\n")
	h.at(time.Hour)
	h.enclose(o, "later.pdf", "application/pdf", 1, letters("Later"))
	other := h.as(t, h.world.Reviewers[1], "authenticator")
	note := url.Values{"words": {"Ask for the therapy notes."}}
	if a := other.post("/review/cases/"+o.Number+"/notes", note); a.status != 303 {
		t.Fatal(a.status)
	}
	d = h.desk(t, d.tab, h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number)
	d.says("Since Mon, Nov 23, 9:00 AM CT: 1 file, 1 note", "New")
	d.tab.Click(".is-new summary")
	d.says("later.pdf", "By "+h.world.Reviewers[1].Name)
	d.look("case-news")
	other.post("/review/cases/"+o.Number+"/notes", url.Values{"words": {"Done."}})
	d.visit("/review/cases/" + o.Number)
	d.says("1 file, 2 notes")
	h.at(2 * time.Hour)
	d = h.desk(t, d.tab, h.world.Reviewers[0])
	d.visit("/review/cases/" + o.Number)
	d.silent("Since ")
}

// A supervisor and an auditor look back at what lay before who decided;
// reviewers can't.
func TestACaseIsLookedBackAt(t *testing.T) {
	h := still(t, 1)
	o := h.order(gaps(h))
	h.enclose(o, "note.pdf", "application/pdf", 1, letters("Note"))
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		if err := review.SaveMark(ctx, tx, h.world.Reviewers[0], o, review.Mark{Guideline: "Lumbar spine MRI 2026.1", Criterion: "treated", Says: review.MarkNotShown, Note: "No dates."}); err != nil {
			return err
		}
		_, err := review.Decide(ctx, tx, h.world.Reviewers[0], scene.Denial(o))
		return err
	})
	h.at(time.Hour)
	h.enclose(o, "later.pdf", "application/pdf", 1, letters("Later"))
	d := h.desk(t, browser.New(t), h.person(t, "Priya", account.Supervisor))
	d.visit("/review/cases/" + o.Number)
	d.tab.Click("As it stood when it was decided")
	d.says("From the record made with the determination, Mon, Nov 23, 9:00 AM CT", "note.pdf", "No dates.", "Files (1)", "Guideline 1, section 2", "Rosa Canarywell")
	d.silent("later.pdf")
	d.look("replay")
	d.visit("/review/cases/" + o.Number + "/replay?at=2026-11-23T14:59:59Z")
	d.says("Nothing had been decided then.")
	lee := h.desk(t, d.tab, h.person(t, "Lee", account.Auditor))
	lee.visit("/admin/audit")
	lee.tab.Type("#order", order.Spaced(o.Number))
	lee.tab.Click("Apply filters")
	lee.tab.Click("As it stood when it was decided")
	lee.says("From the record made with the determination", "No dates.")
	lee.look("replay-auditor")
	if a := h.as(t, h.world.Reviewers[0], "authenticator").get("/review/cases/" + o.Number + "/replay"); a.status != 403 && a.status != 404 {
		t.Errorf("a reviewer looks back: %d", a.status)
	}
}

// Where the program asks for it, who opens a case that isn't theirs says why,
// on the case, the order and its files; supervisors read it.
func TestOpeningACaseOfSomebodyElse(t *testing.T) {
	h := still(t, 1)
	o := h.order(gaps(h))
	f := h.enclose(o, "note.pdf", "application/pdf", 1, letters("Note"))
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		p, err := plan.GetProgram(ctx, tx, h.world.Program.ID)
		if err != nil {
			return err
		}
		p.Reviewing.AskReason = true
		_, err = plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
	nurse := h.person(t, "Aisha", account.Nurse)
	as := h.as(t, nurse, "authenticator")
	for _, path := range []string{"/review/cases/" + o.Number + "/decide", "/review/cases/" + o.Number + "/files/" + f.ID, "/orders/" + o.Number, "/orders/" + o.Number + "/answers", "/orders/" + o.Number + "/files/" + f.ID} {
		if a := as.get(path); a.status != 403 || strings.Contains(a.body, "Canarywell") {
			t.Errorf("%s opens without a reason: %d", path, a.status)
		}
	}
	for _, tab := range []*browser.Tab{browser.New(t), browser.New(t, browser.NoScript())} {
		d := h.desk(t, tab, nurse)
		if tab.Scripted() {
			d.visit("/review/cases/" + o.Number)
			d.says("This case isn't assigned to you")
			d.silent("Canarywell")
			d.tab.Click("Open the case")
			d.says("Select why you open this case")
			d.look("open-wrong")
			d.tab.Click("I stand in for a colleague")
			d.tab.Click("Open the case")
		} else {
			d.visit("/review/cases/" + o.Number)
		}
		d.says("Criteria", "How it came in", "Through this site, Mon, Nov 23, 9:00 AM CT. Sent by Maria Chen.")
	}
	if a := as.get("/orders/" + o.Number); a.status != 200 {
		t.Errorf("the order stays shut: %d", a.status)
	}
	d := h.desk(t, browser.New(t), h.person(t, "Priya", account.Supervisor))
	d.visit("/ops")
	d.says("Cases opened by others", "I stand in for a colleague", "Aisha Person")
	d.look("ops-openings")
}
