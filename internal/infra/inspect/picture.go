package inspect

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/jpeg" // headers of JPEG
	_ "image/png"  // and PNG
)

// Pictures beyond this are not what a scanner or a phone makes: they are made
// to fill the memory of whoever opens them. 200 megapixels are a page of
// letter size at 1,400 dots an inch.
const (
	mostPixels = 200e6
	mostSide   = 32_000
)

const (
	tooManyPixels = "The picture has too many pixels. Save it smaller, and upload that"
	broken        = "It is damaged. Save it again, and upload that"
)

// lookAtPicture reads the header alone.
func lookAtPicture(file []byte) Report {
	c, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return damaged(broken)
	}
	return sized(int64(c.Width), int64(c.Height), Report{Verdict: Fine, Pages: 1})
}

// sized is fine if a picture of this size can be shown.
func sized(width, height int64, fine Report) Report {
	switch {
	case width <= 0 || height <= 0:
		return damaged(broken)
	case width > mostSide || height > mostSide || width*height > mostPixels:
		return Report{Verdict: TooLarge, Why: tooManyPixels}
	}
	return fine
}

const mostTIFFPages = 5000

// lookAtTIFF walks the directories of a TIFF, one for each page (TIFF 6.0,
// section 2), and reads the size of each. BigTIFF, which no fax or scanner
// sends, is not taken.
func lookAtTIFF(file []byte) Report {
	order := byteOrder(file)
	if len(file) < 8 || order.Uint16(file[2:]) != 42 {
		return damaged(broken)
	}
	report := Report{Verdict: Fine}
	seen := map[uint32]bool{}
	for at := order.Uint32(file[4:]); at != 0; report.Pages++ {
		if seen[at] || report.Pages >= mostTIFFPages {
			return damaged(broken) // a ring never ends
		}
		seen[at] = true
		d, ok := readDirectory(file, order, at)
		if !ok {
			return damaged(broken)
		}
		if page := sized(d.width, d.height, report); page.Verdict != Fine {
			return page
		}
		at = d.next
	}
	if report.Pages == 0 {
		return damaged(broken)
	}
	return report
}

// A directory is what is needed of a page of a TIFF.
type directory struct {
	width, height int64
	next          uint32 // where the next one is; 0: there is none
}

func readDirectory(file []byte, order binary.ByteOrder, at uint32) (d directory, ok bool) {
	const entry = 12
	start := int64(at) + 2
	if start > int64(len(file)) {
		return d, false
	}
	entries := int64(order.Uint16(file[at:]))
	end := start + entries*entry
	if end+4 > int64(len(file)) {
		return d, false
	}
	for i := start; i < end; i += entry {
		e := file[i : i+entry]
		value := int64(order.Uint32(e[8:]))
		if order.Uint16(e[2:]) == 3 { // SHORT
			value = int64(order.Uint16(e[8:]))
		}
		switch order.Uint16(e) {
		case 256:
			d.width = value
		case 257:
			d.height = value
		}
	}
	d.next = order.Uint32(file[end:])
	return d, true
}
