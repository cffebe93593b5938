package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"pgregory.net/rapid"
)

func sample(large bool) Document {
	return Document{
		Title: "Decisión sobre su solicitud", Lang: "es-US", Letterhead: Letterhead{Lines: []string{"Harbor Health Plan", "PO Box 12, Austin, TX 78701"}},
		Footer: "Orden 136 930 6954", PageOf: "Página %s de %s", Large: large, At: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC),
		Blocks: []Block{
			{Kind: Lines, Items: []string{"Rosa Canarywell", "12 Main St", "Austin, TX 78701"}},
			{Kind: Title, Text: "Decisión sobre su solicitud"},
			{Kind: Paragraph, Text: strings.Repeat("El plan revisó lo que envió el consultorio. ", 30)},
			{Kind: Heading, Text: "Lo que se pidió"},
			{Kind: Table, Rows: [][]string{{"Servicio", "Decisión"}, {"Resonancia magnética de la columna lumbar, sin contraste", "No aprobado"}, {"Terapia física", "Aprobado"}}},
			{Kind: Heading, Text: "Sus derechos"},
			{Kind: List, Items: []string{"Puede apelar.", strings.Repeat("Puede pedir copias sin costo. ", 60)}},
		},
	}
}

// picture is a logo as plans have it.
func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 600, 100))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for x := range 600 {
		m.Set(x, x/6, color.RGBA{R: 242, G: 169, A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A logo stands on the first page alone, is not read aloud, and moves nothing
// out of its place.
func TestALogoStandsAboveTheName(t *testing.T) {
	d := sample(false)
	d.Letterhead.Logo, d.Letterhead.Ink, d.Letterhead.Rule = picture(t), RGB{154, 108, 0}, RGB{242, 169, 0}
	for range 80 {
		d.Blocks = append(d.Blocks, Block{Kind: Paragraph, Text: "More."})
	}
	content, err := Draw(d)
	if err != nil {
		t.Fatal(err)
	}
	if out := run(t, content, "qpdf", "--check"); !strings.Contains(out, "No syntax or stream encoding errors found") {
		t.Errorf("qpdf: %s", out)
	}
	if out := run(t, content, "pdfimages", "-list"); strings.Count(out, "image") != 2 || !strings.Contains(out, "600   100") { // the heading has the word too
		t.Errorf("the pictures are\n%s", out)
	}
	if out := run(t, content, "pdfinfo", "-struct-text"); !strings.Contains(out, `"Harbor Health Plan`) || strings.Contains(out, "Figure") {
		t.Errorf("what is read aloud: %s", out)
	}
	d.Letterhead.Logo = []byte("no picture")
	if _, err := Draw(d); err == nil {
		t.Error("what is no picture is drawn")
	}
}

// run has one of the programs that others use on PDFs say what it thinks.
func run(t testing.TB, content []byte, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, append(args, path)...).CombinedOutput() //nolint:gosec // the test's own file
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestDraw(t *testing.T) {
	for _, large := range []bool{false, true} {
		content, err := Draw(sample(large))
		if err != nil {
			t.Fatal(err)
		}
		if out := run(t, content, "qpdf", "--check"); !strings.Contains(out, "No syntax or stream encoding errors found") {
			t.Errorf("qpdf: %s", out)
		}
		if err := api.Validate(bytes.NewReader(content), settings()); err != nil {
			t.Errorf("pdfcpu: %v", err)
		}
		if out := run(t, content, "pdfinfo"); !strings.Contains(out, "Tagged:          yes") || !strings.Contains(out, "Decisión sobre su solicitud") {
			t.Errorf("pdfinfo: %s", out)
		}
		structure := run(t, content, "pdfinfo", "-struct-text")
		at := 0
		for _, want := range []string{`"Harbor Health Plan`, "Rosa Canarywell", "H1", `"Decisión sobre su solicitud`, "H2", "Lo que se pidió", "Table", "TR", "TH", "Servicio", "TD", "Terapia física", "H2", "Sus derechos", "L (block)", "LI", "LBody", "Puede apelar."} {
			i := strings.Index(structure[at:], want)
			if i < 0 {
				t.Fatalf("%q doesn't follow in\n%s", want, structure)
			}
			at += i
		}
		if strings.Contains(structure, "Página") {
			t.Error("the foot of the page is read aloud")
		}
	}
}

// Whatever is written comes out: no word is lost at a line's or a page's end.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9áéñ¿?’.,-]{1,120}`), 1, 400).Draw(rt, "words")
		d := Document{Title: "T", Lang: "en-US", PageOf: "%s/%s", Blocks: []Block{{Kind: Paragraph, Text: strings.Join(words, " ")}}, Large: rapid.Bool().Draw(rt, "large")}
		w := &lines{}
		d.Blocks = append(d.Blocks, Block{Kind: List, Items: words[:min(3, len(words))]})
		content, err := Draw(d)
		if err != nil {
			rt.Fatal(err)
		}
		w.read(t, content)
		want := strings.Join(words, "")
		if !strings.HasPrefix(strings.NewReplacer(" ", "", "\n", "", "\f", "").Replace(w.text), want) {
			rt.Fatalf("%q was drawn of %q", w.text, want)
		}
	})
}

type lines struct{ text string }

func (l *lines) read(t testing.TB, content []byte) {
	out := run(t, content, "pdfinfo", "-struct-text")
	for _, line := range strings.Split(out, "\n") {
		if s := strings.TrimSpace(line); strings.HasPrefix(s, `"`) {
			l.text += strings.Trim(s, `"`)
		}
	}
}

func TestJoin(t *testing.T) {
	one, err := Draw(sample(false))
	if err != nil {
		t.Fatal(err)
	}
	both, err := Join([][]byte{one, one})
	if err != nil {
		t.Fatal(err)
	}
	pages := func(content []byte) (n int) {
		n, err := api.PageCount(bytes.NewReader(content), settings())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if pages(both) != 2*pages(one) {
		t.Errorf("%d pages of twice %d", pages(both), pages(one))
	}
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := Draw(sample(false)); err != nil {
			b.Fatal(err)
		}
	}
}
