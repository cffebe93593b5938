package inspect

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
)

// What an honest Word document stays below.
const (
	mostEntries  = 10_000
	mostUnpacked = 512 << 20 // bytes, of all entries
	mostRatio    = 200       // unpacked to packed, of an entry of some size
	mostPart     = 32 << 20  // bytes of a part that is read
)

const (
	hasMacros = "It holds macros, which are programs. Save it as DOCX without macros or as PDF, and upload that"
	hasObject = "It holds another file or a program. Take that out or save it as PDF, and upload that"
	hasRemote = "It loads something from elsewhere when it is opened. Save it as PDF, and upload that"
	hasBomb   = "It unpacks to far more than it should. Save it as PDF, and upload that"
	noDOCX    = "It isn’t a Word document"
)

// lookAtDOCX reads the directory of the archive, and the parts that say what
// the document is and what it refers to (ECMA-376, part 2).
func lookAtDOCX(file []byte) Report {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return damaged(broken)
	}
	if len(z.File) > mostEntries {
		return refused(hasBomb)
	}
	d := document{}
	for _, f := range z.File {
		if r := d.entry(f); r.Verdict != Fine {
			return r
		}
	}
	if !d.types || !d.main {
		return refused(noDOCX)
	}
	return Report{Verdict: Fine}
}

// A document is what is known of a Word document so far.
type document struct {
	types, main bool
	unpacked    uint64
}

func (d *document) entry(f *zip.File) Report {
	name := strings.ToLower(f.Name)
	d.unpacked += f.UncompressedSize64
	switch {
	case d.unpacked > mostUnpacked, f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > mostRatio*max(1, f.CompressedSize64):
		return refused(hasBomb)
	case strings.Contains(name, "..") || strings.HasPrefix(name, "/") || strings.Contains(name, `\`):
		return refused(noDOCX)
	case strings.Contains(name, "vbaproject") || strings.Contains(name, "vbadata"):
		return refused(hasMacros)
	case strings.HasPrefix(name, "word/activex/") || strings.HasPrefix(name, "word/embeddings/") && path.Ext(name) != ".xlsx":
		return refused(hasObject)
	}
	d.types = d.types || f.Name == "[Content_Types].xml"
	d.main = d.main || strings.HasPrefix(name, "word/document") && path.Ext(name) == ".xml"
	if ext := path.Ext(name); ext == ".xml" || ext == ".rels" {
		return lookAtPart(f, name)
	}
	return Report{Verdict: Fine}
}

// lookAtPart reads a part of XML for what can act. No part has a document
// type of its own, with which one reads other files (XXE).
func lookAtPart(f *zip.File, name string) Report {
	r, err := f.Open()
	if err != nil {
		return damaged(broken)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, mostPart+1))
	switch {
	case err != nil:
		return damaged(broken)
	case len(text) > mostPart:
		return refused(hasBomb)
	case bytes.Contains(text, []byte("<!DOCTYPE")), bytes.Contains(text, []byte("<!ENTITY")), bytes.HasPrefix(text, []byte("\xfe\xff")), bytes.HasPrefix(text, []byte("\xff\xfe")):
		return refused(noDOCX)
	}
	lower := bytes.ToLower(text)
	switch {
	case name == "[content_types].xml" && bytes.Contains(lower, []byte("macroenabled")), bytes.Contains(lower, []byte("vbaproject")):
		return refused(hasMacros)
	case strings.HasSuffix(name, ".rels") && remote(lower):
		return refused(hasRemote)
	}
	return Report{Verdict: Fine}
}

// remote reports whether relationships load something when the document is
// opened: all that are external but links, which people choose to follow.
func remote(rels []byte) bool {
	for _, r := range bytes.Split(rels, []byte("<relationship ")) {
		if bytes.Contains(r, []byte(`targetmode="external"`)) && !bytes.Contains(r, []byte("/hyperlink\"")) {
			return true
		}
	}
	return false
}
