package inspect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"golang.org/x/image/tiff"
)

// NoPicture is why a page can't be shown as a picture: it is drawn, not
// scanned.
const NoPicture = "This page is no scan. Download the file to read it"

// errNoPicture is a page of a PDF that has no picture of the whole page.
var errNoPicture = errors.New("inspect: the page is no picture")

// paper is a file whose pages are pictures.
type paper struct {
	kind  Type
	file  []byte
	pages int
	pdf   *model.Context
}

// openPaper reads a file as far as its pages can be counted.
func openPaper(kind Type, file []byte) (*paper, Report) {
	p := &paper{kind: kind, file: file}
	var report Report
	switch kind {
	case TIFF:
		report = lookAtTIFF(file)
	case JPG, PNG:
		report = lookAtPicture(file)
	case PDF:
		c := configuration(model.EXTRACTIMAGES, "")
		c.Optimize = true // by which the library learns where pictures are
		var err error
		if p.pdf, err = api.ReadValidateAndOptimize(bytes.NewReader(file), c); err != nil {
			return nil, damaged(broken)
		}
		report = Report{Verdict: Fine, Pages: p.pdf.PageCount}
	default:
		return nil, refused("We can’t take this type of file")
	}
	p.pages = report.Pages
	return p, report
}

// picture is a page, from 1, as it is to be looked at. What no reader shows
// has an error.
func (p *paper) picture(page int) (image.Image, error) {
	switch p.kind {
	case TIFF:
		return p.scanned(page)
	case PDF:
		return p.drawn(page)
	}
	m, _, err := image.Decode(bytes.NewReader(p.file))
	return m, err
}

// scanned is a page of a TIFF. The reader knows the first directory alone, so
// the header is made to lead to the one that is wanted (TIFF 6.0, section 2).
func (p *paper) scanned(page int) (image.Image, error) {
	order := byteOrder(p.file)
	first := order.Uint32(p.file[4:])
	defer order.PutUint32(p.file[4:], first)
	at := first
	for range page - 1 {
		d, _ := readDirectory(p.file, order, at)
		at = d.next
	}
	order.PutUint32(p.file[4:], at)
	m, err := tiff.Decode(bytes.NewReader(p.file))
	if err != nil {
		return nil, err
	}
	return tall(m, rows(p.file, order, at)), nil
}

// rows is how often each row of a page is to be drawn so that it is as tall as
// the paper was: faxes in standard resolution have half as many rows an inch
// as dots in a row (ITU-T T.4: 204 by 98).
func rows(file []byte, order binary.ByteOrder, at uint32) int {
	const entry = 12
	density := map[uint16]float64{}
	start := int64(at) + 2
	for i := start; i < start+int64(order.Uint16(file[at:]))*entry; i += entry {
		tag, to := order.Uint16(file[i:]), int64(order.Uint32(file[i+8:]))
		if (tag == 282 || tag == 283) && order.Uint16(file[i+2:]) == 5 && to+8 <= int64(len(file)) { // XResolution, YResolution: RATIONAL
			if of := order.Uint32(file[to+4:]); of > 0 {
				density[tag] = float64(order.Uint32(file[to:])) / float64(of)
			}
		}
	}
	if density[283] > 0 && density[282]/density[283] > 1.5 && density[282]/density[283] < 2.5 {
		return 2
	}
	return 1
}

// tall is m with each row n times.
func tall(m image.Image, n int) image.Image {
	if n == 1 {
		return m
	}
	b := m.Bounds()
	made := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()*n))
	for y := range b.Dy() * n {
		draw.Draw(made, image.Rect(0, y, b.Dx(), y+1), m, image.Pt(b.Min.X, b.Min.Y+y/n), draw.Src)
	}
	return made
}

// A scan has at least so many dots along its longer side; a smaller picture is
// a logo on a page that is drawn.
const leastScan = 700

// drawn is the picture that fills a page of a PDF, as scanners and fax servers
// make them.
func (p *paper) drawn(page int) (image.Image, error) {
	facts, err := pdfcpu.ExtractPageImages(p.pdf, page, true) // nothing is unpacked yet: it may be huge
	if err != nil {
		return nil, err
	}
	var largest model.Image
	for _, one := range facts {
		if !one.Thumb && one.Width*one.Height > largest.Width*largest.Height {
			largest = one
		}
	}
	if max(largest.Width, largest.Height) < leastScan || sized(int64(largest.Width), int64(largest.Height), Report{Verdict: Fine}).Verdict != Fine {
		return nil, errNoPicture
	}
	best, err := pdfcpu.ExtractImage(p.pdf, p.pdf.Optimize.ImageObjects[largest.ObjNr].ImageDict, false, largest.Name, largest.ObjNr, false)
	if err != nil || best == nil {
		return nil, errNoPicture
	}
	content, err := io.ReadAll(best)
	if err != nil {
		return nil, err
	}
	var m image.Image
	if best.FileType == "tif" || best.FileType == "tiff" {
		m, err = tiff.Decode(bytes.NewReader(content))
	} else {
		m, _, err = image.Decode(bytes.NewReader(content))
	}
	if err != nil {
		return nil, errNoPicture
	}
	_, _, inherited, err := p.pdf.PageDict(page, false)
	if err != nil {
		return nil, err
	}
	return turned(m, inherited.Rotate), nil
}

// turned is m turned to the right by so many degrees, a multiple of 90.
func turned(m image.Image, degrees int) image.Image {
	degrees = ((degrees % 360) + 360) % 360
	if degrees == 0 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	to := func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	box := image.Rect(0, 0, h, w)
	switch degrees {
	case 90:
		to = func(x, y int) (int, int) { return h - 1 - y, x }
	case 180:
		box = image.Rect(0, 0, w, h)
	case 270:
		to = func(x, y int) (int, int) { return y, w - 1 - x }
	}
	if gray(m) {
		from, made := shades(m), image.NewGray(box)
		for y := range h {
			for x := range w {
				tx, ty := to(x, y)
				made.Pix[ty*made.Stride+tx] = from.Pix[y*from.Stride+x]
			}
		}
		return made
	}
	made := image.NewRGBA(box)
	for y := range h {
		for x := range w {
			tx, ty := to(x, y)
			made.Set(tx, ty, m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return made
}

// shades is m in shades of gray, from 0, 0.
func shades(m image.Image) *image.Gray {
	b := m.Bounds()
	if g, ok := m.(*image.Gray); ok && b.Min == (image.Point{}) {
		return g
	}
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(g, g.Bounds(), m, b.Min, draw.Src)
	return g
}

func gray(m image.Image) bool {
	switch m := m.(type) {
	case *image.Gray, *image.Gray16:
		return true
	case *image.Paletted:
		return !slices.ContainsFunc(m.Palette, func(c color.Color) bool {
			r, g, b, _ := c.RGBA()
			return r != g || g != b
		})
	}
	return false
}

// showPage makes a PNG of a page, turned to the right by so many degrees:
// browsers show no TIFF, and nothing but this process reads what came.
func showPage(ask Ask, file []byte) (Report, []byte) {
	p, report := openPaper(ask.Type, file)
	if report.Verdict != Fine {
		return report, nil
	}
	if len(ask.Pages) != 1 || ask.Pages[0] < 1 || ask.Pages[0] > p.pages {
		return refused("The file has no such page"), nil
	}
	m, err := p.picture(ask.Pages[0])
	if errors.Is(err, errNoPicture) {
		return refused(NoPicture), nil
	}
	if err != nil {
		return damaged(notShown), nil
	}
	var made bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&made, turned(m, ask.Turn)); err != nil {
		return damaged(notShown), nil
	}
	return report, made.Bytes()
}

// split makes a PDF of some pages, each turned as is said of it.
func split(ask Ask, file []byte) (Report, []byte) {
	if len(ask.Pages) == 0 || len(ask.Turns) != len(ask.Pages) || !slices.IsSorted(ask.Pages) {
		return refused("The file has no such page"), nil
	}
	if ask.Type == PDF {
		return splitPDF(ask, file)
	}
	p, report := openPaper(ask.Type, file)
	if report.Verdict != Fine {
		return report, nil
	}
	var pictures []io.Reader
	for i, page := range ask.Pages {
		if page < 1 || page > p.pages {
			return refused("The file has no such page"), nil
		}
		m, err := p.picture(page)
		if err != nil {
			return damaged(notShown), nil
		}
		var one bytes.Buffer
		if err := png.Encode(&one, turned(m, ask.Turns[i])); err != nil {
			return damaged(notShown), nil
		}
		pictures = append(pictures, &one)
	}
	letter, err := pdfcpu.ParseImportDetails("formsize:Letter, position:c, scalefactor:1.0 rel", 0)
	if err != nil {
		return damaged(broken), nil
	}
	return remade(len(ask.Pages), func(made io.Writer) error {
		return api.ImportImages(nil, made, pictures, letter, configuration(model.IMPORTIMAGES, ""))
	})
}

// splitPDF takes pages out of a PDF, and turns them after.
func splitPDF(ask Ask, file []byte) (Report, []byte) {
	report, made := selectPages(file, ask.Pages)
	for _, degrees := range []int{90, 180, 270} {
		var these []int
		for i, turn := range ask.Turns {
			if turn == degrees {
				these = append(these, i+1)
			}
		}
		if len(these) > 0 && report.Verdict == Fine {
			report, made = turnPages(made, these, degrees)
		}
	}
	return report, made
}
