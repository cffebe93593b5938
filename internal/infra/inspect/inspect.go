// Package inspect looks at files that come from outside: what they are
// whatever they are called, and whether they hold what can act. What has to
// read a file's inside runs in a process of its own that has little memory,
// little time, no environment and no way to write anything but its answer: a
// file that breaks its reader breaks nothing else.
package inspect

import (
	"bytes"
	"path"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"
)

// A Type is a kind of file that can be taken.
type Type string

// Types that can be taken.
const (
	PDF  Type = "pdf"
	DOCX Type = "docx"
	JPG  Type = "jpg"
	PNG  Type = "png"
	TIFF Type = "tiff"
)

// Types lists them in the order in which people read them.
var Types = []Type{PDF, DOCX, JPG, PNG, TIFF}

// A kind is what is known of a type.
type kind struct {
	words, media string
	endings      []string
}

var kinds = map[Type]kind{
	PDF:  {"PDF", "application/pdf", []string{"pdf"}},
	DOCX: {"DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{"docx"}},
	JPG:  {"JPG", "image/jpeg", []string{"jpg", "jpeg", "jpe", "jfif"}},
	PNG:  {"PNG", "image/png", []string{"png"}},
	TIFF: {"TIFF", "image/tiff", []string{"tif", "tiff"}},
}

// Words are how people read it: "PDF".
func (t Type) Words() string { return kinds[t].words }

// Media is its media type.
func (t Type) Media() string { return kinds[t].media }

// Endings are what such a file's name can end in, without the dot.
func (t Type) Endings() []string { return kinds[t].endings }

// ByName is the type that a file's name says it has; "" for any other.
func ByName(name string) Type {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, t := range Types {
		for _, e := range kinds[t].endings {
			if e == ending {
				return t
			}
		}
	}
	return ""
}

// Ends are how a file begins and ends, gathered while it goes by. It is a
// writer that never fails.
type Ends struct {
	Size int64
	head []byte
	tail []byte
}

const (
	headSize = 4 << 10
	tailSize = 66 << 10 // the end of a ZIP archive lies within 64 kB and 22 bytes
)

// Write implements io.Writer.
func (e *Ends) Write(p []byte) (int, error) {
	e.Size += int64(len(p))
	if room := headSize - len(e.head); room > 0 {
		e.head = append(e.head, p[:min(room, len(p))]...)
	}
	if len(p) >= tailSize {
		e.tail = append(e.tail[:0], p[len(p)-tailSize:]...)
		return len(p), nil
	}
	e.tail = append(e.tail, p...)
	if over := len(e.tail) - 2*tailSize; over > 0 { // seldom, so that a byte is moved once or twice
		e.tail = append(e.tail[:0], e.tail[len(e.tail)-tailSize:]...)
	}
	return len(p), nil
}

// Sniff says what the file called name is by how it begins and ends. refusal
// is why it can't be taken, in a sentence for its sender; "" if nothing speaks
// against it so far.
func (e *Ends) Sniff(name string) (t Type, refusal string) {
	t = ByName(name)
	found := mimetype.Detect(e.head)
	switch {
	case e.Size == 0:
		return "", "The file is empty"
	case t == "":
		return "", otherKind(found)
	case !t.begins(e.head):
		return "", "Its name ends in ." + strings.TrimPrefix(path.Ext(name), ".") + ", but it isn’t a " + t.Words() + " file"
	case t != DOCX && isArchive(e.tail):
		return "", "It is two kinds of file at once"
	case t != PDF && t != DOCX && bytes.Contains(e.head[:min(len(e.head), 1024)], []byte("%PDF-")):
		return "", "It is two kinds of file at once"
	}
	return t, ""
}

// begins reports whether a file of the type can begin so. Its mark must stand
// at the very beginning: a PDF that has something before it is a PDF for one
// program and something else for another.
func (t Type) begins(head []byte) bool {
	marks := map[Type][]string{
		PDF: {"%PDF-1.", "%PDF-2."}, DOCX: {"PK\x03\x04"}, JPG: {"\xff\xd8\xff"}, PNG: {"\x89PNG\r\n\x1a\n"},
		TIFF: {"II*\x00", "MM\x00*"},
	}[t]
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m)) {
			return true
		}
	}
	return false
}

// otherKind is what to do with a file that we don't take.
func otherKind(found *mimetype.MIME) string {
	if found.Is("application/msword") || found.Is("application/x-ole-storage") {
		return "It is in an older Word format. Save it as PDF or DOCX, and upload that"
	}
	return "We can’t take this type of file"
}

// isArchive reports whether a ZIP archive ends in these bytes (its end of
// central directory, APPNOTE 4.3.16).
func isArchive(tail []byte) bool {
	for {
		i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
		if i < 0 {
			return false
		}
		if len(tail)-i >= 22 {
			return true
		}
		tail = tail[:i]
	}
}

const longestName = 120 // letters

// Name is what a file shall be called here: what its sender called it,
// without a path, control characters, and marks that turn the direction of
// writing, by which "gpj.exe" can be read "exe.jpg".
func Name(sent string) string {
	sent = sent[strings.LastIndexAny(sent, `/\`)+1:]
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(sent, "") {
		if unicode.IsPrint(r) && !strings.ContainsRune(`<>:"|?*`, r) {
			b.WriteRune(r)
		}
	}
	name := strings.Trim(b.String(), " .")
	if name == "" {
		return "file"
	}
	ending := path.Ext(name)
	stem := []rune(strings.TrimSuffix(name, ending))
	if room := longestName - len([]rune(ending)); len(stem) > room && room > 0 {
		stem = stem[:room]
	} else if room <= 0 {
		return string([]rune(name)[:longestName])
	}
	return string(stem) + ending
}
