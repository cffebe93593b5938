// Package inspecttest makes pages as fax machines send them.
package inspecttest

import (
	"bytes"
	"encoding/binary"
	"image"
	"testing"

	"github.com/boombuler/barcode/code128"
	"golang.org/x/image/tiff"
)

// Sheet is a page of a fax in fine resolution: our cover sheet, with the
// strokes of a number across it, or with "" lines of text alone.
func Sheet(t testing.TB, number string) *image.Gray {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 1728, 2200))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	black := func(x0, y0, x1, y1 int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				m.Pix[y*m.Stride+x] = 0
			}
		}
	}
	for line := range 30 {
		for x := 150; x < 1500; x += 22 + 7*(x%3) {
			black(x, 700+line*40, x+12, 720+line*40)
		}
	}
	if number == "" {
		return m
	}
	code, err := code128.Encode(number)
	if err != nil {
		t.Fatal(err)
	}
	const module, left = 7, 250
	for x := range code.Bounds().Dx() {
		if c, _, _, _ := code.At(x, 0).RGBA(); c == 0 {
			black(left+x*module, 300, left+(x+1)*module, 500)
		}
	}
	return m
}

// Fax is a TIFF of pages: a cover sheet for each number, and a page of text for
// each "".
func Fax(t testing.TB, numbers ...string) []byte {
	t.Helper()
	var all [][]byte
	for _, n := range numbers {
		all = append(all, TIFF(t, Sheet(t, n)))
	}
	return Join(all...)
}

// TIFF is a picture as a file of one page.
func TIFF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, m, &tiff.Options{Compression: tiff.Deflate}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Join is a TIFF of the pages of others: each directory and its pixels follow
// those before, which lead to it (TIFF 6.0, section 2).
func Join(pages ...[]byte) (all []byte) {
	last := 4 // where it stands which directory comes next
	for _, b := range pages {
		by := uint32(len(all))
		le := binary.LittleEndian
		at := le.Uint32(b[4:])
		for e := at + 2; e < at+2+12*uint32(le.Uint16(b[at:])); e += 12 {
			size := map[uint16]uint32{1: 1, 2: 1, 3: 2, 4: 4, 5: 8}[le.Uint16(b[e+2:])] * le.Uint32(b[e+4:])
			if size > 4 || le.Uint16(b[e:]) == 273 { // an offset: of what has no room here, or of the pixels
				le.PutUint32(b[e+8:], le.Uint32(b[e+8:])+by)
			}
		}
		all = append(all, b...)
		le.PutUint32(all[last:], at+by)
		last = int(at+by) + 2 + 12*int(le.Uint16(b[at:]))
	}
	return all
}
