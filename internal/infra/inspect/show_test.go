package inspect

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	xtiff "golang.org/x/image/tiff"

	"parley/internal/infra/feed/feedtest"
	"parley/internal/infra/inspect/inspecttest"
)

// twoPages is a TIFF of a dark page and a lighter one.
func twoPages(t *testing.T) []byte {
	t.Helper()
	var all [][]byte
	for _, shade := range []uint8{10, 200} {
		m := image.NewGray(image.Rect(0, 0, 8, 4))
		for i := range m.Pix {
			m.Pix[i] = shade
		}
		var one bytes.Buffer
		if err := xtiff.Encode(&one, m, nil); err != nil {
			t.Fatal(err)
		}
		all = append(all, one.Bytes())
	}
	return inspecttest.Join(all...)
}

// Each page of a TIFF is shown as it is, in the process.
func TestATIFFIsShownPageByPage(t *testing.T) {
	file := twoPages(t)
	for page, want := range map[int]uint8{1: 10, 2: 200} {
		report, made := do(Ask{Do: Show, Type: TIFF, Pages: []int{page}}, bytes.Clone(file))
		m, err := png.Decode(bytes.NewReader(made))
		if err != nil || report.Verdict != Fine || report.Pages != 2 {
			t.Fatalf("page %d: %+v, %v", page, report, err)
		}
		if got := color.GrayModel.Convert(m.At(3, 2)).(color.Gray).Y; got != want || m.Bounds().Dx() != 8 {
			t.Errorf("page %d is %d, not %d", page, got, want)
		}
	}
	for _, none := range [][]int{nil, {0}, {3}, {1, 2}} {
		if report, made := do(Ask{Do: Show, Type: TIFF, Pages: none}, bytes.Clone(file)); report.Verdict != Refused || made != nil {
			t.Errorf("pages %v are shown: %+v", none, report)
		}
	}
	if report, _ := do(Ask{Do: Show, Type: TIFF, Pages: []int{1}}, tiffOf(10, 10, 1)); report.Verdict != Damaged {
		t.Errorf("a page without pixels is shown: %+v", report)
	}
}

// A fax as machines send it, with the compression of faxes (ITU-T T.6).
func TestAFaxIsShown(t *testing.T) {
	file, err := os.ReadFile(feedtest.Real(t, "uploads/fax-5pages-g4.tif"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []int{1, 5} {
		var made bytes.Buffer
		report, err := NewReader().Run(context.Background(), Ask{Do: Show, Type: TIFF, Pages: []int{page}}, bytes.NewReader(file), &made)
		if err != nil || report.Verdict != Fine {
			t.Fatalf("page %d: %+v, %v", page, report, err)
		}
		if m, err := png.Decode(&made); err != nil || m.Bounds().Dx() < 500 || m.Bounds().Dy() < 500 {
			t.Errorf("page %d: %v, %v", page, report, err)
		}
	}
}
