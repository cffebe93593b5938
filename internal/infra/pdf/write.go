package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// A node is one element of the structure: what it is, where on the pages its
// content stands, and what it is made of.
type node struct {
	tag   string
	marks []mark
	kids  []*node
}

// A mark is a piece of content: the page, from 0, and its number on it.
type mark struct{ page, id int }

func (n *node) add(tag string) *node {
	kid := &node{tag: tag}
	n.kids = append(n.kids, kid)
	return kid
}

// A writer puts blocks one below the other.
type writer struct {
	f     *fpdf.Fpdf
	size  float64 // of the text, in points
	y     float64 // of the next line's base
	root  *node
	marks []int // how many pieces each page has

	picture *fpdf.ImageInfoType // the letterhead's logo, nil for none
}

func (w *writer) leading() float64 { return w.size * 1.35 }

// artifact draws what is no part of the content (ISO 32000-1 14.8.2.2).
func (w *writer) artifact(draw func()) {
	w.f.RawWriteStr("/Artifact BMC")
	draw()
	w.f.RawWriteStr("EMC")
}

// head stands on each page; the letterhead only on the first, as content.
func (w *writer) head(d Document) {
	w.marks = append(w.marks, 0)
	w.y = margin
	if len(w.marks) > 1 || len(d.Letterhead.Lines) == 0 {
		return
	}
	w.logo()
	n := w.root.add("P")
	w.open(n)
	for i, line := range d.Letterhead.Lines {
		style, size, ink := "", w.size-2, RGB{}
		if i == 0 {
			style, size, ink = "B", w.size+3, d.Letterhead.Ink
		}
		w.f.SetTextColor(int(ink.R), int(ink.G), int(ink.B))
		w.f.SetFont(family, style, size)
		w.f.Text(margin, w.y, line)
		w.y += size * 1.3
	}
	w.close()
	w.f.SetTextColor(0, 0, 0)
	w.artifact(func() {
		rule, thick := d.Letterhead.Rule, 2.0
		if rule == (RGB{}) {
			rule, thick = RGB{150, 150, 150}, 0.57
		}
		w.f.SetDrawColor(int(rule.R), int(rule.G), int(rule.B))
		w.f.SetLineWidth(thick)
		w.f.Line(margin, w.y-4, width-margin, w.y-4)
	})
	w.y += w.leading() * 1.2
}

// Points that a logo takes at most.
const logoWide, logoHigh = 200.0, 44.0

var pictures = fpdf.ImageOptions{ImageType: "PNG"}

// takeLogo reads the letterhead's picture. It comes before all else: where one
// thing can't be drawn no page is added any more.
func (w *writer) takeLogo(picture []byte) error {
	if picture != nil {
		w.picture = w.f.RegisterImageOptionsReader("logo", pictures, bytes.NewReader(picture))
	}
	return w.f.Error()
}

// logo stands above the sender's name, which says the same.
func (w *writer) logo() {
	info := w.picture
	if info == nil {
		return
	}
	share := min(logoWide/info.Width(), logoHigh/info.Height())
	top, high := w.y-30, info.Height()*share
	w.artifact(func() {
		w.f.ImageOptions("logo", margin, top, info.Width()*share, high, false, pictures, 0, "")
	})
	w.y = top + high + w.size + 6
}

func (w *writer) foot(d Document) {
	w.artifact(func() {
		w.f.SetFont(family, "", 9)
		text := fmt.Sprintf(d.PageOf, strconv.Itoa(w.f.PageNo()), pages)
		if d.Footer != "" {
			text = d.Footer + " — " + text
		}
		w.f.Text(margin, height-margin/2, text)
	})
}

func (w *writer) open(n *node) {
	page := len(w.marks) - 1
	w.f.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", n.tag, w.marks[page]))
	n.marks = append(n.marks, mark{page, w.marks[page]})
	w.marks[page]++
}

func (w *writer) close() { w.f.RawWriteStr("EMC") }

func (w *writer) block(b Block) {
	switch b.Kind {
	case Title:
		w.heading("H1", b.Text, w.size*1.4)
	case Heading:
		w.heading("H2", b.Text, w.size*1.15)
	case Paragraph:
		w.text(w.root.add("P"), b.Text, 0)
		w.y += w.leading() * 0.5
	case Lines:
		for _, line := range b.Items {
			w.text(w.root.add("P"), line, 0)
		}
		w.y += w.leading() * 0.5
	case List:
		w.list(b.Items)
	case Table:
		w.table(b.Rows)
	}
}

func (w *writer) heading(tag, text string, size float64) {
	w.need(size*2.2 + w.leading()*2) // a heading never ends a page
	w.y += size * 0.5
	w.f.SetFont(family, "B", size)
	n := w.root.add(tag)
	w.open(n)
	for _, line := range w.wrap(text, column) {
		w.f.Text(margin, w.y, line)
		w.y += size * 1.3
	}
	w.close()
	w.y += size * 0.2
}

// text draws a paragraph, over a page's end if it must.
func (w *writer) text(n *node, text string, indent float64) {
	w.f.SetFont(family, "", w.size)
	lines := w.wrap(text, column-indent)
	for len(lines) > 0 {
		w.need(w.leading())
		fit := min(len(lines), int((bottom-w.y)/w.leading())+1)
		w.f.SetFont(family, "", w.size) // the page's foot has its own
		w.open(n)
		for _, line := range lines[:fit] {
			w.f.Text(margin+indent, w.y, line)
			w.y += w.leading()
		}
		w.close()
		lines = lines[fit:]
	}
}

func (w *writer) list(items []string) {
	l := w.root.add("L")
	for _, item := range items {
		li := l.add("LI")
		w.need(w.leading())
		w.f.SetFont(family, "", w.size)
		label := li.add("Lbl")
		w.open(label)
		w.f.Text(margin+w.size*0.4, w.y, "•")
		w.close()
		w.text(li.add("LBody"), item, w.size*1.5)
	}
	w.y += w.leading() * 0.5
}

// need begins a page if less than so many points are left on this one.
func (w *writer) need(points float64) {
	if w.y+points-w.leading() > bottom {
		w.f.AddPage()
	}
}

// wrap breaks a text into lines that are at most so wide, each but the last
// with the space that it broke at: who copies or hears the text needs it.
func (w *writer) wrap(text string, wide float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		for w.f.GetStringWidth(word) > wide { // an address without a space
			cut := w.cut(word, wide)
			lines = append(lines, strings.TrimSpace(line+" "), word[:cut])
			line, word = "", word[cut:]
		}
		switch {
		case line == "":
			line = word
		case w.f.GetStringWidth(line+" "+word) <= wide:
			line += " " + word
		default:
			lines = append(lines, line+" ")
			line = word
		}
	}
	lines = append(lines, line)
	kept := lines[:0]
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// cut is how many bytes of a word fit.
func (w *writer) cut(word string, wide float64) int {
	last := 0
	for i := range word {
		if i > 0 && w.f.GetStringWidth(word[:i]) > wide {
			return max(last, 1)
		}
		last = i
	}
	return len(word)
}
