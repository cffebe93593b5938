package attachment_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// note is a PDF of one page and of so many bytes.
func note(size int) []byte {
	short := pdf("Visit note", 0)
	return pdf("Visit note", size-len(short)-2)
}

// page is a PDF of one page that says text.
func page(text string) []byte { return pdf(text, 0) }

// pdf is a PDF of one page, with a comment of so many bytes in it.
func pdf(text string, filling int) []byte {
	content := "BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	b := bytes.NewBufferString("%PDF-1.4\n")
	if filling > 0 {
		b.WriteString("%" + strings.Repeat("x", filling) + "\n")
	}
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
