package e2e

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/feed/feedtest"
	"parley/internal/infra/scan"
	"parley/internal/infra/scan/scantest"
)

// The page of files asks the database the same number of things whatever is
// on it.
func TestFilesPageTakesFewStatements(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	maria := h.as(t, h.world.Maria, "authenticator")
	took := 0
	h.Web.Ran = func(pattern string, statements int) {
		if pattern == "GET /requests/{request}/files" {
			took = statements
		}
	}
	for range 2 { // policy is remembered after the first time
		maria.get("/requests/" + q.Number + "/files")
	}
	empty := took
	for i := range 12 {
		maria.form("/requests/"+q.Number+"/files", nil, map[string][]byte{fmt.Sprintf("n%d.pdf", i): note(strconv.Itoa(i), 0)})
	}
	h.drain(t)
	maria.get("/requests/" + q.Number + "/files")
	t.Logf("%d statements", took)
	if took != empty || took > 14 {
		t.Errorf("%d statements with nothing there, %d with 12 files", empty, took)
	}
}

// Walking through the page with a script and without one.
func TestTheFilesPage(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := filed(t)
			scanner, err := scan.Open(scantest.Server(t))
			if err != nil {
				t.Fatal(err)
			}
			h.Looks.Scanner = scanner
			q := h.draft(t, order.Urgent)
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit("/requests/" + q.Number + "/files")
			d.says("Files", "Your files", "PDF, DOCX, JPG, PNG or TIFF, up to 100 MB each")
			d.look("files-empty-" + name)
			d.upload(name, onDisk(t, "office-note.pdf", note("Patient: Rosa Canarywell", 0)))
			d.until("office-note.pdf", "Accepted")
			d.upload(name, onDisk(t, "other.pdf", note("Patient: Jane Roe, DOB: 02/11/1950", 0)))
			d.until("This looks like it belongs to another patient: “Jane Roe, 02/11/1950” appears on page 1")
			d.upload(name, onDisk(t, "bad.pdf", append(note("x", 0), []byte(scantest.EICAR())...)))
			d.until("Not accepted: a virus was found")
			d.upload(name, onDisk(t, "words.txt", []byte("x")))
			d.until("The file must be a PDF, DOCX, JPG, PNG or TIFF")
			d.look("files-" + name)
			d.visit("/requests/" + q.Number + "/files")
			d.tab.Click("Delete other.pdf")
			d.says("Delete other.pdf?")
			d.look("files-delete-" + name)
			d.tab.Click("Delete other.pdf")
			d.says("other.pdf was deleted.")
			d.look("files-deleted-" + name)
			d.tab.Click("Undo deleting other.pdf")
			d.says("Jane Roe")
			d.tab.Click("Continue")
			d.says("Check your answers and send", "office-note.pdf (Accepted)")
			d.look("files-check-" + name)
			d.tab.Click("label[for=attested]")
			d.tab.Click("Send request")
			d.says("Request sent")
			d.tab.Click("Open the order")
			d.says("office-note.pdf", "Maria Chen")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// upload chooses a file, and without a script sends it.
func (d *desk) upload(name, path string) {
	d.Helper()
	d.tab.Upload("#files", path)
	if name == "noscript" {
		d.tab.Click("Upload files for this request")
	}
}

// until waits for words, with the work being done meanwhile.
func (d *desk) until(words ...string) {
	d.Helper()
	var got string
	for range 60 {
		d.h.drain(d.T)
		got = plain(d.tab.Text("main"))
		missing := false
		for _, w := range words {
			missing = missing || !strings.Contains(got, plain(w))
		}
		if !missing {
			return
		}
		time.Sleep(200 * time.Millisecond)
		if !d.scripted() && d.tab.Has("[data-file=checking] a") {
			d.tab.Click("[data-file=checking] a")
		}
	}
	d.Fatalf("the page never says %q but\n%s", words, got)
}

func (d *desk) scripted() bool { return !d.tab.Has("form[data-upload] button[type=submit]") }

// A browser that closes half-way goes on where it stopped, when the same file
// is chosen again.
func TestAnUploadGoesOnAfterAReload(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	d := h.desk(t, browser.New(t), h.world.Maria)
	content := note("long", 9<<20)
	path := onDisk(t, "long.pdf", content)
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Eval(`(() => { const real = fetch; let came = 0; window.fetch = async (to, o) => { const piece = o && o.method === "PATCH"; if (piece && came) throw new TypeError("offline"); const answer = await real(to, o); if (piece && answer.ok) came++; return answer } })()`, nil)
	d.tab.Upload("#files", path)
	for tries := 0; !d.tab.Has(`progress[value="44"]`); tries++ { // the first piece is kept, were it sent twice
		if tries == 100 {
			t.Fatalf("the first piece is never kept: %s", h.faults())
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.until("Paused — you’re offline")
	d.look("files-paused")
	d.tab.Eval(`window.parleyUploads.hand = () => {}, window.parleyUploads.counts(() => 0)`, nil) // the browser closes
	d.visit("/requests/" + q.Number + "/files")
	d.says("Uploading, 44%", "Choose the same file again, and it goes on from there.")
	d.look("files-stopped")
	d.tab.Eval(`(() => { const real = fetch; window.first = ""; window.fetch = (to, o) => { if (o && o.method === "PATCH" && !window.first) window.first = o.headers["Upload-Offset"]; return real(to, o) } })()`, nil)
	d.tab.Upload("#files", path)
	d.until("Accepted")
	var first string
	if d.tab.Eval("window.first", &first); first != strconv.Itoa(4<<20) {
		t.Errorf("it went on from byte %q", first)
	}
}

// A PDF with a password: asked for, wrong, right; then some of its pages.
func TestPasswordAndPages(t *testing.T) {
	locked, err := os.ReadFile(feedtest.Real(t, "uploads/encrypted-user-password.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	long, err := os.ReadFile(feedtest.Real(t, "uploads/note-300pages.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	h := filed(t)
	q := h.draft(t, order.Standard)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.upload("", onDisk(t, "locked.pdf", locked))
	d.until("Couldn’t be read: it’s password protected")
	d.look("files-password")
	d.tab.Type("input[type=password]", "wrong")
	d.tab.Click("Open the file locked.pdf")
	d.says("This password doesn't open the file")
	d.look("files-password-wrong")
	d.tab.Type("input[type=password]", "testuser")
	d.tab.Click("Open the file locked.pdf")
	d.until("Accepted")
	d.upload("", onDisk(t, "long.pdf", long))
	d.until("long.pdf", "300 pages")
	d.tab.Click("Share only some pages")
	d.tab.Type("input[name=pages]", "1-3, 900")
	d.tab.Click("Share these pages of long.pdf")
	d.says("Pages must be between 1 and 300")
	d.look("files-pages-wrong")
	d.tab.Type("input[name=pages]", "1-3, 7")
	d.tab.Click("Share these pages of long.pdf")
	d.until("You’re sharing 4 of 300 pages")
	d.look("files-pages")
	d.turn()
	if n := stored(t, h); n != 2 {
		t.Errorf("%d files are stored, so an original is left", n)
	}
}

// turn turns pages of the second file: what is wrong is said at the field, and
// the copy with turned pages takes the place of the file.
func (d *desk) turn() {
	d.Helper()
	const form = `form[action$="/turn"]:has(input[name=turned])`
	open := `document.querySelector('` + form + `').closest("details").open = true`
	d.tab.Eval(open, nil)
	d.tab.Click("Turn the pages of long.pdf")
	d.says("Select how to turn the pages")
	d.look("files-turn-wrong")
	d.tab.Click(form + ` input[value=left] + label`)
	d.tab.Type(form+` input[name=turned]`, "2")
	d.tab.Click("Turn the pages of long.pdf")
	d.until("long.pdf", "Accepted", "You’re sharing 4 of 300 pages")
}

// By keyboard alone every stop on the page can be seen.
func TestFilesByKeyboard(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	maria := h.as(t, h.world.Maria, "authenticator")
	maria.form("/requests/"+q.Number+"/files", nil, map[string][]byte{"a.pdf": note("a", 0)})
	h.drain(t)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.tab.FocusVisible()
}

// The cover sheet is of one request, and names no patient.
func TestFaxCoverSheet(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	maria := h.as(t, h.world.Maria, "authenticator")
	if got := maria.get("/requests/" + q.Number + "/fax"); got.status != 303 {
		t.Errorf("without a fax number: %d", got.status)
	}
	h.fax(t, "(800) 555-0177")
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Click("Fax instead")
	d.tab.Click("Print a cover sheet for this request")
	d.says("Fax cover sheet", order.Spaced(q.Number), "(800) 555-0177", "For this request only")
	for _, c := range canaries {
		d.silent(c)
	}
	d.look("fax")
}

// fax gives the program a number.
func (h *house) fax(t testing.TB, number string) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		p := h.world.Program
		p.Fax = number
		_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
}
