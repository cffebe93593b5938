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

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
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
	return written(objects, filling)
}

// written is a PDF of objects, the first of which is its catalog.
func written(objects []string, filling int) []byte {
	b := bytes.NewBufferString("%PDF-1.4\n%" + strings.Repeat("x", filling) + "\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
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
