package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
	"parley/internal/infra/feed/feedtest"
	"parley/internal/infra/inspect"
	"parley/internal/infra/scan"
	"parley/internal/infra/scan/scantest"
)

// The program looks at files in a process that is itself: here that is this
// test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == inspect.Command {
		os.Exit(inspect.Child())
	}
	os.Exit(m.Run())
}

// draft is a request with everything said but its files.
func (h *house) draft(t testing.TB, urgency order.Urgency) (r request.Request) {
	t.Helper()
	w := h.world
	service := civil.Date{Year: 2026, Month: time.December, Day: 1}
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		cover, err := db.One(ctx, tx, db.Value[string], `select id from coverage where member_id = $1`, string(w.Member.ID))
		if err != nil {
			return err
		}
		if r, err = request.Begin(ctx, tx, w.Maria); err != nil {
			return err
		}
		r, err = request.Save(ctx, tx, w.Maria, r, request.ProvidersPart, r.Version, func(c *request.Content) {
			c.Patient = request.Patient{Typed: request.Typed{Service: service}, MemberID: string(w.Member.ID), CoverageID: cover, Number: "HBR400100200", First: w.Member.First, Last: w.Member.Last,
				Born: w.Member.Born, PlanID: w.Plan.ID, Line: w.Line.Code, PlanName: w.Plan.Name}
			c.Order = request.Ordered{Services: []request.Service{{System: "CPT", Code: "72148", Wording: "MRI, lower back", Units: 1}}, Diagnoses: []request.Diagnosis{{Code: "M54.50", Wording: "Low back pain"}},
				ProgramID: w.Program.ID, Urgency: urgency, Urgent: "pain", Why: "Pain"}
			c.Providers = request.Providers{PractitionerID: w.Doctor.ID, Practitioner: w.Doctor.Name(), LocationID: w.North.ID, Location: w.North.Name, SiteOpen: true,
				Contact: order.Contact{Name: "Maria Chen", Phone: "(555) 555-0147", Email: w.Maria.Email}}
		})
		return err
	})
	return r
}

// filed is a small world with what requests are made from.
func filed(t testing.TB) *house {
	h := still(t, 1)
	h.world.Lists()
	return h
}

// onDisk is a file for a browser to choose.
func onDisk(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// note is a PDF of one page that says text, with a comment of so many bytes.
func note(text string, filling int) []byte {
	content := "BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	b := bytes.NewBufferString("%PDF-1.4\n%" + strings.Repeat("x", filling) + "\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	b.WriteString("xref\n0 6\n0000000000 65535 f \n")
	for _, n := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(b, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// send sends a request with a body of its own.
func (r reader) send(method, path string, body io.Reader, headers map[string]string) answer {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, r.h.url+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: r.cookie})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(text), res.Header}
}

// begin begins an upload by tus.
func (r reader) begin(q request.Request, name string, size int) answer {
	r.t.Helper()
	b := base64.StdEncoding.EncodeToString
	return r.send("POST", "/requests/"+q.Number+"/uploads", nil, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": strconv.Itoa(size),
		"Upload-Metadata": "filename " + b([]byte(name)) + ",mark " + b([]byte(name+" 1"))})
}

func (r reader) patch(place string, at int, body io.Reader) answer {
	r.t.Helper()
	return r.send("PATCH", place, body, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": strconv.Itoa(at), "Content-Type": "application/offset+octet-stream"})
}

// form sends files as a browser without scripts does.
func (r reader) form(path string, fields map[string]string, files map[string][]byte) answer {
	r.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			r.t.Fatal(err)
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		r.t.Fatal(err)
	}
	return r.send("POST", path, &body, map[string]string{"Content-Type": w.FormDataContentType()})
}

// From a draft to an order with its files: in pieces, whole, and late.
func TestFilesGoWithTheirRequest(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		q := h.draft(t, order.Urgent)
		maria := h.as(t, h.world.Maria, "authenticator")
		path := "/requests/" + q.Number
		if got := maria.get(path + "/review"); got.to != path+"/files" {
			t.Fatalf("an urgent request goes to %q before its files are asked for", got.to)
		}
		page := maria.get(path + "/files")
		if page.status != 200 || !strings.Contains(page.body, "PDF, DOCX, JPG, PNG or TIFF, up to 100 MB each, 20 files in all, 500 pages in a file") {
			t.Fatalf("%d\n%s", page.status, text(page.body))
		}
		if got := maria.post(path+"/files/done", url.Values{}); got.to != path+"/review" {
			t.Fatalf("%d %s", got.status, got.to)
		}
		sent := maria.post(path+"/review", url.Values{"attested": {"yes"}})
		if sent.status != 422 || !strings.Contains(sent.body, "Upload at least one file to ask for an urgent review, or change to standard") {
			t.Fatalf("without a file: %d\n%s", sent.status, text(sent.body))
		}
		if got := maria.form(path+"/files", nil, map[string][]byte{"whole.pdf": note("whole", 0), "wrong.txt": []byte("x")}); got.status != 422 ||
			!strings.Contains(got.body, "wrong.txt: The file must be a PDF, DOCX, JPG, PNG or TIFF") || !strings.Contains(got.body, "whole.pdf") {
			t.Fatalf("a good and a bad file: %d\n%s", got.status, text(got.body))
		}
		if got := maria.form(path+"/files", nil, map[string][]byte{"whole.pdf": note("whole", 0)}); got.status != 422 || !strings.Contains(got.body, "You’ve already uploaded this file") {
			t.Errorf("the same again: %d\n%s", got.status, text(got.body))
		}
		h.drain(t)
		late := note("late", 200_000)
		made := maria.begin(q, "late.pdf", len(late))
		if made.status != 201 || made.header.Get("Upload-Offset") != "0" {
			t.Fatalf("%d %v", made.status, made.header)
		}
		if got := maria.patch(made.to, 0, bytes.NewReader(late[:100_000])); got.status != 204 || got.header.Get("Upload-Offset") != "100000" {
			t.Fatalf("%d %v %s", got.status, got.header, got.body)
		}
		if got := maria.patch(made.to, 0, bytes.NewReader(late[:100_000])); got.status != 409 || got.header.Get("Upload-Offset") != "100000" {
			t.Errorf("the same piece again: %d %v", got.status, got.header)
		}
		if sent = maria.post(path+"/review", url.Values{"attested": {"yes"}}); sent.status != 303 {
			t.Fatalf("%d\n%s", sent.status, text(sent.body))
		}
		o := "/orders/" + q.Number
		if got := maria.get(o); !strings.Contains(got.body, "whole.pdf") || !strings.Contains(got.body, "Uploading, 49%") {
			t.Errorf("the order before its late file\n%s", text(got.body))
		}
		if got := maria.patch(made.to, 100_000, bytes.NewReader(late[100_000:])); got.status != 204 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		h.drain(t)
		got := maria.get(o)
		if !strings.Contains(got.body, "late.pdf") || !strings.Contains(got.body, "A file came after the request and was added.") || !strings.Contains(got.body, "Not scanned for viruses") {
			t.Errorf("the order with its late file\n%s", text(got.body))
		}
		link := regexp.MustCompile(`/orders/\d+/files/fil_[0-9a-f]+`).FindAllString(got.body, -1)
		if len(link) != 2 {
			t.Fatalf("%q", link)
		}
		file := maria.get(link[1])
		if file.body != string(late) && file.body != string(note("whole", 0)) {
			t.Errorf("%d bytes came back", len(file.body))
		}
		for name, want := range map[string]string{"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Content-Type": "application/pdf"} {
			if !strings.HasPrefix(file.header.Get(name), want) {
				t.Errorf("%s: %q", name, file.header.Get(name))
			}
		}
		if bad := h.faults(); bad != "" {
			t.Error(bad)
		}
	})
}

// A line that breaks at 99 % keeps what came, and the rest follows.
func TestABrokenLine(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	maria := h.as(t, h.world.Maria, "authenticator")
	content := note("broken", 300_000)
	made := maria.begin(q, "broken.pdf", len(content))
	cut := &breaking{content: content[:297_000]}
	maria.patch(made.to, 0, cut)
	var at string
	for range 50 {
		if at = maria.send("HEAD", made.to, nil, nil).header.Get("Upload-Offset"); at != "0" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	n, err := strconv.Atoi(at)
	if err != nil || n == 0 || n > 297_000 {
		t.Fatalf("%q has come", at)
	}
	if again := maria.begin(q, "broken.pdf", len(content)); again.to != made.to || again.header.Get("Upload-Offset") != at {
		t.Fatalf("begun again: %s at %s", again.to, again.header.Get("Upload-Offset"))
	}
	if got := maria.patch(made.to, n, bytes.NewReader(content[n:])); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	h.drain(t)
	if got := maria.get("/requests/" + q.Number + "/uploads"); !strings.Contains(got.body, `"Accepted"`) {
		t.Error(got.body)
	}
}

// breaking is a body that never ends as it should.
type breaking struct {
	content []byte
	at      int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.at == len(b.content) {
		time.Sleep(50 * time.Millisecond)
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, b.content[b.at:])
	b.at += n
	return n, nil
}

func TestStrangersAndFiles(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	maria, stranger := h.as(t, h.world.Maria, "authenticator"), h.as(t, h.world.Stranger, "authenticator")
	content := note("x", 1000)
	made := maria.begin(q, "canarywell.pdf", len(content))
	file := strings.Replace(made.to, "/uploads/", "/files/", 1)
	for name, got := range map[string]answer{
		"the page": stranger.get("/requests/" + q.Number + "/files"), "the list": stranger.get("/requests/" + q.Number + "/uploads"), "a file": stranger.get(made.to),
		"a new file": stranger.begin(q, "x.pdf", 10), "a piece": stranger.patch(made.to, 0, bytes.NewReader(content)), "a form": stranger.form("/requests/"+q.Number+"/files", nil, map[string][]byte{"x.pdf": content}),
		"deleting": stranger.post(file+"/delete", url.Values{}), "pages": stranger.post(file+"/pages", url.Values{"pages": {"1"}}), "a password": stranger.post(file+"/password", url.Values{"password": {"x"}}),
		"earlier files": stranger.post("/requests/"+q.Number+"/files/earlier", url.Values{}), "the cover sheet": stranger.get("/requests/" + q.Number + "/fax"),
	} {
		if got.status != 404 || strings.Contains(got.body, "canarywell") {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := (reader{t: t, h: h}).form("/requests/"+q.Number+"/files", nil, map[string][]byte{"x.pdf": content}); got.status != 303 || got.to != "/sign-in" {
		t.Errorf("nobody: %d %s", got.status, got.to)
	}
	if n := stored(t, h); n != 0 {
		t.Errorf("%d files are stored", n)
	}
}

func stored(t testing.TB, h *house) (n int) {
	t.Helper()
	_ = filepath.WalkDir(h.Files.Path, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

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
	d.tab.Eval(`(() => { const real = fetch; let n = 0; window.fetch = (to, o) => o && o.method === "PATCH" && ++n > 1 ? Promise.reject(new TypeError("offline")) : real(to, o) })()`, nil)
	d.tab.Upload("#files", path)
	d.until("Paused — you’re offline")
	d.look("files-paused")
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
	if n := stored(t, h); n != 2 {
		t.Errorf("%d files are stored, so an original is left", n)
	}
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
