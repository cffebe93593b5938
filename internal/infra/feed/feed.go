// Package feed reads files that others publish or send us: text, a record to
// a line, gzipped or not. It never holds more than one line, however large
// the file or a field in it is, and it tells a line that is wrong, which is
// refused with its number and a reason, from a file that can't be read at all.
package feed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"parley/internal/fault"
	"parley/internal/words"
)

// MaxLine is how many bytes a line may have. The longest a published provider
// directory can have is 12 kB; a line beyond this is refused, not read.
const MaxLine = 64 << 10

// A Rejection says why one line was refused. It holds nothing of what the line
// said: the text goes to screens and logs, and the line may be a member's.
type Rejection struct {
	Line   int
	Column string // "" if the whole line is wrong
	Reason string
}

func (r *Rejection) Error() string {
	if r.Column == "" {
		return fmt.Sprintf("line %d: %s", r.Line, r.Reason)
	}
	return fmt.Sprintf("line %d: %s: %s", r.Line, r.Column, r.Reason)
}

// Reject returns a Rejection; who reads the file fills in the line.
func Reject(column, reason string, args ...any) error {
	return &Rejection{Column: column, Reason: fmt.Sprintf(reason, args...)}
}

// Number puts a line into a Rejection made with [Reject]; any other error stays
// as it is.
func Number(err error, line int) error {
	var r *Rejection
	if errors.As(err, &r) {
		return &Rejection{line, r.Column, r.Reason}
	}
	return err
}

// A Tally counts lines by what became of them.
type Tally struct{ Imported, Unchanged, Rejected int }

// Add adds other to t.
func (t *Tally) Add(other Tally) {
	t.Imported += other.Imported
	t.Unchanged += other.Unchanged
	t.Rejected += other.Rejected
}

func (t Tally) String() string {
	return fmt.Sprintf("imported %d, unchanged %d, rejected %d", t.Imported, t.Unchanged, t.Rejected)
}

// A File is a text file being read line by line.
type File struct {
	Path  string
	Name  string // without its folder
	Size  int64  // on disk
	disk  *os.File
	done  atomic.Int64
	lines *bufio.Reader
	line  int
	began bool
}

// Open begins to read the file at path. What it can't read it says in a
// sentence. The caller closes the File.
func Open(path string) (*File, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, cannot(filepath.Base(path), err)
	}
	f := &File{Path: path, Name: filepath.Base(path), disk: disk}
	if err := f.begin(); err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	return f, nil
}

func cannot(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &fault.Error{Kind: fault.NotFound, Text: words.Say("There is no file %s.", name), Err: err}
	case errors.Is(err, fs.ErrPermission):
		return &fault.Error{Kind: fault.Denied, Text: words.Say("You have no permission to read %s.", name), Err: err}
	}
	return &fault.Error{Kind: fault.Invalid, Text: words.Say("We can't read %s.", name), Err: err}
}

func (f *File) begin() error {
	info, err := f.disk.Stat()
	if err != nil {
		return cannot(f.Name, err)
	}
	if info.IsDir() {
		return fault.New(fault.Invalid, "%s is a folder. Name the file in it.", f.Name)
	}
	f.Size = info.Size()
	f.lines = bufio.NewReaderSize(counted{f.disk, &f.done}, MaxLine)
	if magic, _ := f.lines.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) { // RFC 1952, 2.3.1
		unzipped, err := gzip.NewReader(f.lines)
		if err != nil {
			return f.broken(err)
		}
		f.lines = bufio.NewReaderSize(unzipped, MaxLine)
	}
	return f.look()
}

// look refuses at once what is no text, so that a million lines need not be.
func (f *File) look() error {
	start, err := f.lines.Peek(512)
	switch {
	case len(start) == 0 && errors.Is(err, io.EOF):
		return fault.New(fault.Invalid, "%s is empty.", f.Name)
	case err != nil && !errors.Is(err, io.EOF):
		return f.broken(err)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return fault.New(fault.Invalid, "%s is a ZIP archive. Unpack it and name the file inside.", f.Name)
	case bytes.IndexByte(start, 0) >= 0:
		return fault.New(fault.Invalid, "%s is not a text file. Save it as text in UTF-8.", f.Name)
	}
	return nil
}

func (f *File) broken(err error) error {
	text := words.Say("%s can't be read after line %s.", f.Name, f.line)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		text = words.Say("%s is damaged or cut off after line %s. Get the file again, then repeat the import.", f.Name, f.line)
	}
	return &fault.Error{Kind: fault.Invalid, Text: text, Err: err}
}

// Close closes the file.
func (f *File) Close() error { return f.disk.Close() }

// Done is how many of the file's Size bytes have been read. It may be asked
// while another goroutine reads.
func (f *File) Done() int64 { return f.done.Load() }

// Line is the number of the line Next returned last, from 1.
func (f *File) Line() int { return f.line }

// Next returns the next line that is not blank, without its end. The bytes are
// good until the next call. The error is io.EOF after the last line, a
// *Rejection for a line that can't be one of text, after which reading can go
// on, or else a fault that ends it.
func (f *File) Next() ([]byte, error) {
	for {
		line, err := f.next()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return nil, f.reject("is not text in UTF-8")
		}
		if bytes.IndexByte(line, 0) >= 0 {
			return nil, f.reject("has a zero byte")
		}
		return line, nil
	}
}

func (f *File) reject(reason string) error { return &Rejection{Line: f.line, Reason: reason} }

func (f *File) next() ([]byte, error) {
	line, err := f.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, f.skip()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, f.broken(err)
	}
	if len(line) == 0 {
		return nil, io.EOF
	}
	f.line++
	if !f.began {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		f.began = true
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// skip passes over the rest of a line that is too long.
func (f *File) skip() error {
	f.line++
	f.began = true
	for {
		_, err := f.lines.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return f.reject(fmt.Sprintf("is longer than %d characters", MaxLine))
		case !errors.Is(err, bufio.ErrBufferFull):
			return f.broken(err)
		}
	}
}

type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// All reads the rest of the file, at most limit bytes and one more, so that
// the caller can tell what is too large. It is for files that are no lists.
func (f *File) All(limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(f.lines, limit+1))
	if err != nil {
		return nil, f.broken(err)
	}
	return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), nil
}
