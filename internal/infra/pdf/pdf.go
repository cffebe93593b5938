// Package pdf draws letters: pages of headings, paragraphs, lists and tables
// under a letterhead, as PDF that says which is which (tagged PDF, ISO 32000-1
// 14.8), so that a program that reads aloud finds headings, rows and the order
// of reading.
package pdf

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// A Document is what stands on the pages.
type Document struct {
	Title      string
	Lang       string // BCP 47, such as "en-US"
	Letterhead Letterhead
	Footer     string    // stands on each page before "Page 1 of 2"
	PageOf     string    // format of the page number with two verbs %s, "Page %s of %s"
	Large      bool      // large print: 18 points (American Printing House for the Blind) instead of 12
	At         time.Time // when it was written
	Blocks     []Block
}

// A Letterhead stands on the first page.
type Letterhead struct {
	Lines []string // the first is the sender's name
	Logo  []byte   // a PNG picture of 8 bits a part, without gaps to see through; nil for none
	Ink   RGB      // of the name
	Rule  RGB      // of the line below; black is the usual gray
}

// RGB is a color by its parts, 0 to 255; the zero RGB is black.
type RGB struct{ R, G, B uint8 }

// A Kind of block.
type Kind string

// Kinds of block.
const (
	Title     Kind = "h1"
	Heading   Kind = "h2"
	Paragraph Kind = "p"
	Lines     Kind = "lines" // an address, or names with what they are: each line for itself
	List      Kind = "list"
	Table     Kind = "table"
)

// A Block is one part of a document. Text is that of headings and paragraphs,
// Items those of lists and lines, Rows those of a table, its head first.
type Block struct {
	Kind  Kind       `json:"kind"`
	Text  string     `json:"text,omitempty"`
	Items []string   `json:"items,omitempty"`
	Rows  [][]string `json:"rows,omitempty"`
}

// Points of a US letter page and its margins.
const (
	width, height = 612.0, 792.0
	margin        = 72.0
	bottom        = height - margin
	column        = width - 2*margin
)

const family = "Go"

// Draw draws d. The error names what can't be drawn.
func Draw(d Document) ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: width, Ht: height}})
	f.AddUTF8FontFromBytes(family, "", goregular.TTF)
	f.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(d.At.UTC())
	f.SetModificationDate(d.At.UTC())
	f.SetTitle(d.Title, true)
	f.SetLang(d.Lang)
	f.AliasNbPages(pages)
	w := &writer{f: f, size: 12, root: &node{tag: "Document"}}
	if d.Large {
		w.size = 18
	}
	if err := w.takeLogo(d.Letterhead.Logo); err != nil {
		return nil, fmt.Errorf("reading a logo: %w", err)
	}
	f.SetHeaderFunc(func() { w.head(d) })
	f.SetFooterFunc(func() { w.foot(d) })
	f.AddPage()
	for _, b := range d.Blocks {
		w.block(b)
	}
	var drawn bytes.Buffer
	if err := f.Output(&drawn); err != nil {
		return nil, fmt.Errorf("drawing a document: %w", err)
	}
	return tag(drawn.Bytes(), w)
}

const pages = "{pages}"
