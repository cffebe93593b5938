package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzSniff(f *testing.F) {
	f.Add("a.pdf", pdf("x", ""))
	f.Add("a.docx", docx(nil))
	f.Add("a.tif", tiffOf(10, 10, 1))
	f.Add("a.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Fuzz(func(t *testing.T, name string, file []byte) {
		e := &Ends{}
		_, _ = e.Write(file)
		kind, refusal := e.Sniff(name)
		if (kind == "") != (refusal != "") && kind == "" {
			t.Errorf("%q is of no type and not refused", name)
		}
		if clean := Name(name); clean == "" || len([]rune(clean)) > longestName || strings.ContainsAny(clean, "/\\\x00\r\n") {
			t.Errorf("%q became %q", name, clean)
		}
	})
}

// Whatever comes, our own readers answer. The library that reads PDFs is not
// among them: it can be brought down, which is why it has a process of its own.
func FuzzLook(f *testing.F) {
	f.Add(uint8(1), docx(nil))
	f.Add(uint8(4), tiffOf(10, 10, 2))
	f.Add(uint8(4), ring())
	f.Fuzz(func(t *testing.T, kind uint8, file []byte) {
		if len(file) > 1<<20 {
			t.Skip()
		}
		report, made := do(Ask{Do: Look, Type: Types[1+int(kind)%(len(Types)-1)]}, file)
		if report.Verdict == "" || report.Verdict != Fine && report.Why == "" || made != nil {
			t.Errorf("%+v and %d bytes", report, len(made))
		}
	})
}

// The text of a page is never longer than the page.
func FuzzText(f *testing.F) {
	f.Add([]byte(`BT /F1 12 Tf (Patient: Jane \(Roe\)\054 \) x) Tj T* [(a) -120 (b)] TJ ET % (c`))
	f.Add([]byte("(((\\"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if text := shown(content); len(text) > 2*len(content) || !utf8.ValidString(text) {
			t.Errorf("%d bytes became %d", len(content), len(text))
		}
	})
}

// pdf is a PDF of one page that says text, with more in its catalog.
func pdf(text, catalog string) []byte {
	content := "BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"
	objects := []string{"<< /Type /Catalog /Pages 2 0 R " + catalog + " >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Length " + itoa(len(content)) + " >>\nstream\n" + content + "\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	b := bytes.NewBufferString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		b.WriteString(itoa(i+1) + " 0 obj\n" + o + "\nendobj\n")
	}
	start := b.Len()
	b.WriteString("xref\n0 6\n0000000000 65535 f \n")
	for _, n := range at {
		b.WriteString(strings.Repeat("0", 10-len(itoa(n))) + itoa(n) + " 00000 n \n")
	}
	b.WriteString("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + itoa(start) + "\n%%EOF\n")
	return b.Bytes()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func docx(more map[string]string) []byte {
	all := map[string]string{"[Content_Types].xml": `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/document.xml": "<w:document/>"}
	for name, text := range more {
		all[name] = text
	}
	return archive(all)
}

func archive(all map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// tiffOf is pages with nothing in them but their size.
func tiffOf(width, height uint32, pages int) []byte {
	b := []byte("II*\x00")
	b = binary.LittleEndian.AppendUint32(b, 8)
	for n := range pages {
		b = binary.LittleEndian.AppendUint16(b, 2)
		for tag, value := range map[uint16]uint32{256: width, 257: height} {
			b = binary.LittleEndian.AppendUint16(b, tag)
			b = binary.LittleEndian.AppendUint16(b, 4)
			b = binary.LittleEndian.AppendUint32(b, 1)
			b = binary.LittleEndian.AppendUint32(b, value)
		}
		next := uint32(len(b) + 4)
		if n == pages-1 {
			next = 0
		}
		b = binary.LittleEndian.AppendUint32(b, next)
	}
	return b
}

// ring is a TIFF whose only page says that it is followed by itself.
func ring() []byte {
	b := tiffOf(10, 10, 1)
	binary.LittleEndian.PutUint32(b[len(b)-4:], 8)
	return b
}
