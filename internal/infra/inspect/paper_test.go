package inspect

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parley/internal/infra/inspect/inspecttest"
)

// noisy is a page as a bad line brings it: specks everywhere.
func noisy(m *image.Gray) *image.Gray {
	r := rand.New(rand.NewPCG(1, 2))
	made := image.NewGray(m.Bounds())
	copy(made.Pix, m.Pix)
	for range len(made.Pix) / 40 {
		i := r.IntN(len(made.Pix))
		made.Pix[i] = 255 - made.Pix[i]
	}
	return made
}

// skewed is a page that went in a little crooked: by one dot in 30.
func skewed(m *image.Gray) *image.Gray {
	made := image.NewGray(m.Bounds())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			made.SetGray(x, y, color.Gray{Y: 255})
			if from := image.Pt(x+y/30-20, y-x/30+30); from.In(m.Bounds()) {
				made.SetGray(x, y, m.GrayAt(from.X, from.Y))
			}
		}
	}
	return made
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asPDF is a scan as a PDF, made as Split makes it.
func asPDF(t testing.TB, m image.Image) []byte {
	t.Helper()
	report, made := do(Ask{Do: Split, Type: PNG, Pages: []int{1}, Turns: []int{0}}, asPNG(t, m))
	if report.Verdict != Fine || report.Pages != 1 {
		t.Fatalf("%+v", report)
	}
	return made
}

const coded = "1369306954"

// The number of a cover sheet is read however the sheet comes.
func TestTheCodeOfACoverSheet(t *testing.T) {
	page := inspecttest.Sheet(t, coded)
	for name, m := range map[string]image.Image{
		"straight": page, "upside down": turned(page, 180), "to the right": turned(page, 90), "to the left": turned(page, 270),
		"noisy": noisy(page), "noisy and turned": turned(noisy(page), 90), "crooked": skewed(page),
	} {
		for kind, file := range map[Type][]byte{TIFF: inspecttest.TIFF(t, m), PNG: asPNG(t, m), PDF: asPDF(t, m)} {
			report, made := do(Ask{Do: Codes, Type: kind, Pages: []int{1}}, file)
			all, err := CodesOf(made)
			if err != nil || report.Verdict != Fine || len(all) != 1 || all[0].Text != coded {
				t.Errorf("%s as %s: %+v, %+v, %v", name, kind, report, all, err)
			}
		}
	}
}

// A page without a code has none, and one that is drawn says that nobody
// could look.
func TestPagesWithoutACode(t *testing.T) {
	for name, c := range map[string]struct {
		kind Type
		file []byte
		want Code
	}{
		"text":         {TIFF, inspecttest.TIFF(t, noisy(inspecttest.Sheet(t, ""))), Code{}},
		"drawn":        {PDF, pdf("Patient: Jane Roe", ""), Code{Unread: true}},
		"cut off":      {TIFF, inspecttest.TIFF(t, inspecttest.Sheet(t, coded))[:4000], Code{Unread: true}},
		"no dimension": {TIFF, tiffOf(850, 1100, 1), Code{Unread: true}},
	} {
		report, made := do(Ask{Do: Codes, Type: c.kind, Pages: []int{1}}, c.file)
		if report.Verdict == Damaged {
			continue
		}
		all, err := CodesOf(made)
		if err != nil || !slices.Equal(all, []Code{c.want}) {
			t.Errorf("%s: %+v, %+v, %v", name, report, all, err)
		}
	}
}

// Some pages become a PDF, turned as said, of a TIFF and of a PDF.
func TestPagesAreSplit(t *testing.T) {
	three := inspecttest.Join(inspecttest.TIFF(t, inspecttest.Sheet(t, coded)), inspecttest.TIFF(t, inspecttest.Sheet(t, "")), inspecttest.TIFF(t, inspecttest.Sheet(t, "1111111111")))
	report, made := do(Ask{Do: Split, Type: TIFF, Pages: []int{1, 3}, Turns: []int{90, 0}}, bytes.Clone(three))
	if report.Verdict != Fine || report.Pages != 2 {
		t.Fatalf("%+v", report)
	}
	for page, want := range map[int]string{1: coded, 2: "1111111111"} {
		_, found := do(Ask{Do: Codes, Type: PDF, Pages: []int{page}}, made)
		if all, err := CodesOf(found); err != nil || all[0].Text != want {
			t.Errorf("page %d: %+v, %v", page, all, err)
		}
	}
	if w, h := shape(t, PDF, made, 1); w <= h {
		t.Errorf("page 1 is %d by %d and was turned", w, h)
	}
	report, again := do(Ask{Do: Split, Type: PDF, Pages: []int{2}, Turns: []int{270}}, made)
	if report.Verdict != Fine || report.Pages != 1 {
		t.Fatalf("%+v", report)
	}
	if w, h := shape(t, PDF, again, 1); w <= h {
		t.Errorf("it is %d by %d and was turned", w, h)
	}
	for name, ask := range map[string]Ask{"none": {}, "beyond": {Pages: []int{4}, Turns: []int{0}}, "no turns": {Pages: []int{1}}, "backwards": {Pages: []int{2, 1}, Turns: []int{0, 0}}} {
		ask.Do, ask.Type = Split, TIFF
		if report, made := do(ask, bytes.Clone(three)); report.Verdict == Fine || made != nil {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

// A fax in standard resolution has half as many rows an inch as dots in a row,
// and is shown as tall as the paper was.
func TestAFaxInStandardResolution(t *testing.T) {
	file := inspecttest.TIFF(t, inspecttest.Sheet(t, ""))
	le := binary.LittleEndian
	at := le.Uint32(file[4:])
	for e := at + 2; e < at+2+12*uint32(le.Uint16(file[at:])); e += 12 {
		if tag := le.Uint16(file[e:]); tag == 282 || tag == 283 {
			to := le.Uint32(file[e+8:])
			le.PutUint32(file[to:], map[uint16]uint32{282: 204, 283: 98}[tag])
			le.PutUint32(file[to+4:], 1)
		}
	}
	if w, h := shape(t, TIFF, file, 1); w != 1728 || h != 4400 {
		t.Errorf("it is %d by %d", w, h)
	}
}

func shape(t testing.TB, kind Type, file []byte, page int) (w, h int) {
	t.Helper()
	report, made := do(Ask{Do: Show, Type: kind, Pages: []int{page}}, file)
	c, err := png.DecodeConfig(bytes.NewReader(made))
	if err != nil {
		t.Fatalf("%+v, %v", report, err)
	}
	return c.Width, c.Height
}

// A page is shown turned, and one that is drawn says why it isn't shown.
func TestAPageIsShownTurned(t *testing.T) {
	for kind, file := range map[Type][]byte{TIFF: inspecttest.TIFF(t, inspecttest.Sheet(t, "")), PNG: asPNG(t, inspecttest.Sheet(t, "")), PDF: asPDF(t, inspecttest.Sheet(t, ""))} {
		_, made := do(Ask{Do: Show, Type: kind, Pages: []int{1}, Turn: 90}, file)
		c, err := png.DecodeConfig(bytes.NewReader(made))
		if err != nil || c.Width <= c.Height {
			t.Errorf("%s: %+v, %v", kind, c, err)
		}
	}
	if report, made := do(Ask{Do: Show, Type: PDF, Pages: []int{1}}, pdf("Patient: Jane Roe", "")); report.Verdict != Refused || report.Why != NoPicture || made != nil {
		t.Errorf("%+v", report)
	}
	if report, _ := do(Ask{Do: Show, Type: DOCX, Pages: []int{1}}, docx(nil)); report.Verdict != Refused || !strings.Contains(report.Why, "type of file") {
		t.Errorf("%+v", report)
	}
}
