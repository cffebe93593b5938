package inspect

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"parley/internal/infra/feed/feedtest"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		os.Exit(Child())
	}
	os.Exit(m.Run())
}

// look does what a check does: by how the file begins and ends, then in the
// process.
func look(t testing.TB, name string, file []byte) Report {
	t.Helper()
	ends := &Ends{}
	_, _ = ends.Write(file)
	kind, refusal := ends.Sniff(name)
	if refusal != "" {
		return refused(refusal)
	}
	if raceDetector { // under which the process takes a second to start; others here start it
		report, _ := do(Ask{Do: Look, Type: kind}, file)
		return report
	}
	r, err := NewReader().Run(context.Background(), Ask{Do: Look, Type: kind}, bytes.NewReader(file), nil)
	if err != nil {
		t.Fatal(name, err)
	}
	return r
}

// What each published file is found to be.
func TestPublishedFiles(t *testing.T) {
	for name, want := range map[string]Report{
		"guidelines-fy2026-many-pages.pdf": {Verdict: Fine, Pages: 121}, "guidelines-first10.pdf": {Verdict: Fine, Pages: 10},
		"note-1page.pdf": {Verdict: Fine, Pages: 1}, "note-300pages.pdf": {Verdict: Fine, Pages: 300},
		"encrypted-user-password.pdf": {Verdict: Protected, Why: noPassword}, "encrypted-owner-only.pdf": {Verdict: Fine, Pages: 1},
		"pdf-with-javascript.pdf": {Verdict: Refused, Why: hasScript}, "pdf-with-embedded-file.pdf": {Verdict: Refused, Why: hasFile},
		"pdf-truncated.pdf": {Verdict: Damaged, Why: broken}, "empty-0-bytes.pdf": {Verdict: Refused, Why: "The file is empty"},
		"text-renamed.pdf":          {Verdict: Refused, Why: "Its name ends in .pdf, but it isn’t a PDF file"},
		"html-renamed.jpg":          {Verdict: Refused, Why: "Its name ends in .jpg, but it isn’t a JPG file"},
		"polyglot-pdf-zip.pdf":      {Verdict: Refused, Why: twoKinds},
		"polyglot-html-in-pdf.pdf":  {Verdict: Refused, Why: "Its name ends in .pdf, but it isn’t a PDF file"},
		"polyglot-gif-js.gif":       {Verdict: Refused, Why: "We can’t take this type of file"},
		"svg-with-script.svg":       {Verdict: Refused, Why: "We can’t take this type of file"},
		"nist-usability-table.docx": {Verdict: Fine}, "note-minimal.docx": {Verdict: Fine},
		"macro-enabled-dummy.docm": {Verdict: Refused, Why: "We can’t take this type of file"}, "docm-renamed.docx": {Verdict: Refused, Why: hasMacros},
		"legacy-word97.doc":            {Verdict: Refused, Why: "It is in an older Word format. Save it as PDF or DOCX, and upload that"},
		"conversion-table-fy2026.xlsx": {Verdict: Refused, Why: "We can’t take this type of file"},
		"scan-page.png":                {Verdict: Fine, Pages: 1}, "scan-page.jpg": {Verdict: Fine, Pages: 1}, "small-photo.jpg": {Verdict: Fine, Pages: 1},
		"fax-5pages-g4.tif": {Verdict: Fine, Pages: 5}, "png-20000x20000-1bit.png": {Verdict: TooLarge, Why: tooManyPixels},
		"zip-ratio-1000.zip": {Verdict: Refused, Why: "We can’t take this type of file"},
	} {
		file, err := os.ReadFile(feedtest.Real(t, filepath.Join("uploads", name)))
		if err != nil {
			t.Fatal(err)
		}
		got := look(t, name, file)
		got.Text = ""
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// A small file of each kind, of our own, so that nothing here depends on
// others' files.
func TestASVS_5_2_2_FilesAreWhatTheyAreCalled(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want Verdict
	}{
		"note.pdf":     {pdf("Patient: Jane Roe", ""), Fine},
		"open.pdf":     {pdf("", "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), Refused},
		"launch.pdf":   {pdf("", "/OpenAction << /S /Launch /F (cmd.exe) >>"), Refused},
		"before.pdf":   {append([]byte("<html>"), pdf("", "")...), Refused},
		"behind.pdf":   {append(pdf("", ""), bytes.Repeat([]byte("MZ"), 2000)...), Refused},
		"half.pdf":     {pdf("", "")[:200], Damaged},
		"words.docx":   {docx(nil), Fine},
		"macro.docx":   {docx(map[string]string{"word/vbaProject.bin": "x"}), Refused},
		"object.docx":  {docx(map[string]string{"word/embeddings/oleObject1.bin": "x"}), Refused},
		"remote.docx":  {docx(map[string]string{"word/_rels/settings.xml.rels": `<Relationships><Relationship Type="x/attachedTemplate" Target="https://x.example/a.dotm" TargetMode="External"/></Relationships>`}), Refused},
		"link.docx":    {docx(map[string]string{"word/_rels/document.xml.rels": `<Relationships><Relationship Type="x/hyperlink" Target="https://x.example/" TargetMode="External"/></Relationships>`}), Fine},
		"entity.docx":  {docx(map[string]string{"word/footer.xml": `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`}), Refused},
		"bomb.docx":    {docx(map[string]string{"word/media/a.bmp": strings.Repeat("\x00", 8<<20)}), Refused},
		"up.docx":      {docx(map[string]string{"../../x": "x"}), Refused},
		"sheet.docx":   {archive(map[string]string{"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), Refused},
		"fax.tif":      {tiffOf(850, 1100, 3), Fine},
		"ring.tif":     {ring(), Damaged},
		"flood.tif":    {tiffOf(60_000, 60_000, 1), TooLarge},
		"behind.tif":   {append(tiffOf(10, 10, 1), docx(nil)...), Refused},
		"noheader.jpg": {[]byte("\xff\xd8\xff\xe0 nothing"), Damaged},
		"two.jpg":      {[]byte("\xff\xd8\xff\xe0%PDF-1.4"), Refused},
		"program.exe":  {[]byte("MZ"), Refused},
		"none":         {[]byte("x"), Refused},
		"page.html":    {[]byte("<script>alert(1)</script>"), Refused},
		"picture.svg":  {[]byte("<svg onload='alert(1)'/>"), Refused},
		"x.pdf":        {nil, Refused},
	} {
		if got := look(t, name, c.file); got.Verdict != c.want || got.Verdict != Fine && got.Why == "" {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

// Archives that unpack to far more than they are, by one entry, by many, or by
// how many they have.
func TestASVS_5_2_3_BombsAreRefused(t *testing.T) {
	many := map[string]string{}
	for i := range mostEntries + 1 {
		many["word/media/"+itoa(i)] = ""
	}
	for name, more := range map[string]map[string]string{
		"one": {"word/media/a.bmp": strings.Repeat("\x00", 8<<20)}, "entries": many, "part": {"word/big.xml": strings.Repeat("<a/>", mostPart/4+1)},
	} {
		if got := look(t, "bomb.docx", docx(more)); got != refused(hasBomb) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestASVS_5_2_6_PixelFloodsAreRefused(t *testing.T) {
	flood := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x01\x00\x00\x00\x00")
	flood = binary.BigEndian.AppendUint32(flood, crc32.ChecksumIEEE(flood[12:]))
	for name, file := range map[string][]byte{"flood.tif": tiffOf(60_000, 60_000, 1), "second.tif": append([]byte(nil), tiffOf(1, mostSide+1, 2)...), "flood.png": flood} {
		if got := look(t, name, file); got.Verdict != TooLarge {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTextOfAPage(t *testing.T) {
	if r := look(t, "note.pdf", pdf(`Patient: Jane Roe\054 DOB: 02/11/1950 \(copy\)`, "")); r.Pages != 1 || !strings.Contains(r.Text, "Patient: Jane Roe, DOB: 02/11/1950 (copy)") {
		t.Errorf("%+v", r)
	}
}

func TestPasswords(t *testing.T) {
	file, err := os.ReadFile(feedtest.Real(t, "uploads/encrypted-user-password.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	p := NewReader()
	var made bytes.Buffer
	r, err := p.Run(context.Background(), Ask{Do: Open, Type: PDF, Password: "testuser"}, bytes.NewReader(file), &made)
	if err != nil || r.Verdict != Fine || r.Pages != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := look(t, "made.pdf", made.Bytes()); got.Verdict != Fine {
		t.Errorf("the copy: %+v", got)
	}
	made.Reset()
	r, err = p.Run(context.Background(), Ask{Do: Open, Type: PDF, Password: "wrong"}, bytes.NewReader(file), &made)
	if err != nil || r.Verdict != Protected || made.Len() != 0 {
		t.Errorf("a wrong password: %+v, %v, %d bytes", r, err, made.Len())
	}
}

func TestPagesAlone(t *testing.T) {
	file, err := os.ReadFile(feedtest.Real(t, "uploads/note-300pages.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	r, err := NewReader().Run(context.Background(), Ask{Do: Select, Type: PDF, Pages: []int{1, 2, 3, 7}}, bytes.NewReader(file), &made)
	if err != nil || r.Verdict != Fine || r.Pages != 4 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := look(t, "made.pdf", made.Bytes()); got.Verdict != Fine || got.Pages != 4 || made.Len() > len(file)/10 {
		t.Errorf("%+v, %d bytes", got, made.Len())
	}
}

// A file that takes the process down, or for ever, is damaged, and this
// program's memory does not notice; a program that is not there is our own
// fault.
func TestTheProcessIsLimited(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes more memory than the limit is")
	}
	var before, after runtime.MemStats
	file := bomb(t)
	runtime.ReadMemStats(&before)
	if r := look(t, "bomb.pdf", file); r.Verdict != Damaged {
		t.Errorf("a bomb of %d bytes: %+v", len(file), r)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 64<<20 {
		t.Errorf("%d MB more memory here", grown>>20)
	}
	p := NewReader()
	p.Patience, p.Program = 300*time.Millisecond, filepath.Join(t.TempDir(), "forever")
	if err := os.WriteFile(p.Program, []byte("#!/bin/sh\nexec /bin/sleep 100\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r, err := p.Run(context.Background(), Ask{Do: Look, Type: PDF}, strings.NewReader("x"), nil)
	if err != nil || r.Verdict != Damaged {
		t.Errorf("without end: %+v, %v", r, err)
	}
	p.Program += ".none"
	if r, err = p.Run(context.Background(), Ask{Do: Look, Type: PDF}, strings.NewReader("x"), nil); err == nil {
		t.Errorf("without a program: %+v", r)
	}
	if r, err = p.Run(context.Background(), Ask{Do: Look, Type: PDF}, iotest.ErrReader(io.ErrNoProgress), nil); err == nil {
		t.Errorf("a store that fails: %+v", r)
	}
}

// bomb is a PDF of some kilobytes whose page unpacks to a gigabyte.
func bomb(t *testing.T) []byte {
	t.Helper()
	packed := pack(t, bytes.NewReader(pack(t, io.LimitReader(blanks{}, 1<<30))))
	file := string(pdf("x", ""))
	start, end := strings.Index(file, "<< /Length"), strings.Index(file, "endstream")
	return []byte(file[:start] + "<< /Filter [/FlateDecode /FlateDecode] /Length " + itoa(len(packed)) + " >>\nstream\n" + string(packed) + "\n" + file[end:])
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func pack(t *testing.T, r io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err == nil {
		_, err = io.Copy(w, r)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestASVS_5_4_1_NamesAreCleaned(t *testing.T) {
	for sent, want := range map[string]string{
		"mri.pdf": "mri.pdf", "C:\\Users\\maria\\mri.pdf": "mri.pdf", "../../etc/passwd": "passwd", "": "file", "..": "file", "/": "file",
		"a\x00b\r\n.pdf": "ab.pdf", "exe\u202Efdp.pdf": "exefdp.pdf", "\xff\xfea.pdf": "a.pdf", "a\"b<c>.pdf": "abc.pdf",
		strings.Repeat("x", 300) + ".pdf": strings.Repeat("x", 116) + ".pdf", "." + strings.Repeat("x", 300): strings.Repeat("x", 120), "Müller Röntgen.pdf": "Müller Röntgen.pdf",
	} {
		if got := Name(sent); got != want {
			t.Errorf("%q: %q, want %q", sent, got, want)
		}
	}
}

func TestEnds(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	for _, step := range []int{1000, 4096, 70_000, len(content)} {
		e := &Ends{}
		for at := 0; at < len(content); at += step {
			_, _ = e.Write(content[at:min(at+step, len(content))])
		}
		if e.Size != int64(len(content)) || !bytes.Equal(e.head, content[:headSize]) || !bytes.HasSuffix(e.tail, content[len(content)-tailSize:]) {
			t.Errorf("in steps of %d: %d bytes, %d and %d", step, e.Size, len(e.head), len(e.tail))
		}
	}
}

// Turned pages are turned in the copy, on top of how they were, and the others
// are as they were.
func TestPagesAreTurned(t *testing.T) {
	file, err := os.ReadFile(feedtest.Real(t, "uploads/guidelines-first10.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	turned := func(file []byte, degrees int, pages ...int) []byte {
		t.Helper()
		var made bytes.Buffer
		r, err := NewReader().Run(context.Background(), Ask{Do: Turn, Type: PDF, Pages: pages, Turn: degrees}, bytes.NewReader(file), &made)
		if err != nil || r.Verdict != Fine || r.Pages != 10 {
			t.Fatalf("%+v, %v", r, err)
		}
		return made.Bytes()
	}
	how := func(file []byte) (all []int) {
		ctx, err := api.ReadAndValidate(bytes.NewReader(file), configuration(model.VALIDATE, ""))
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= ctx.PageCount; n++ {
			_, _, inherited, err := ctx.PageDict(n, false)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, inherited.Rotate)
		}
		return all
	}
	was := how(file)
	now := how(turned(turned(file, 90, 1, 3), 270, 3, 10))
	for i, want := range map[int]int{0: 90, 1: 0, 2: 0, 8: 0, 9: 270} {
		if got := (now[i] - was[i] + 360) % 360; got != want {
			t.Errorf("page %d is turned by %d, want %d", i+1, got, want)
		}
	}
	if r, err := NewReader().Run(context.Background(), Ask{Do: Turn, Type: PDF, Pages: []int{1}, Turn: 45}, bytes.NewReader(file), &bytes.Buffer{}); err != nil || r.Verdict == Fine {
		t.Errorf("by 45 degrees: %+v, %v", r, err)
	}
}
