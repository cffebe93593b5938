package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"

	"parley/internal/app"
	"parley/internal/fault"
	"parley/internal/infra/feed"
)

type importCmd struct {
	storage
	Kind    string   `arg:"" help:"What the files are: nppes, members, network, icd10cm, hcpcs, pas or legacy. docs/import.md describes each." enum:"nppes,members,network,icd10cm,hcpcs,pas,legacy"`
	Files   []string `arg:"" help:"The files; those ending in .gz are read as they are." name:"file"`
	Edition string   `help:"Edition of a code set, if the file's name doesn't say it."`
}

// An errImport is an import that did not do what was asked. Its status is 1 if
// nothing was imported and 2 if a file could not be read.
type errImport struct {
	text   string
	status int
}

func (e errImport) Error() string { return e.text }

// ExitCode implements what Main asks errors for.
func (e errImport) ExitCode() int { return e.status }

// Run imports the files one after the other.
func (c *importCmd) Run(s *streams) error {
	im, err := app.OpenImporter(s.ctx, c.Database, c.Data)
	if err != nil {
		return err
	}
	defer im.Close() //nolint:errcheck // what was imported is committed
	im.Edition = c.Edition
	total, err := c.each(s, im)
	fmt.Fprintln(s.out, total)
	if err == nil && total.Imported+total.Unchanged == 0 {
		return errImport{"nothing was imported", 1}
	}
	return err
}

// each imports every file, also after one that can't be read.
func (c *importCmd) each(s *streams, im *app.Importer) (total feed.Tally, err error) {
	unread := 0
	for _, path := range c.Files {
		w := &watch{errs: s.err}
		im.Opened, im.Moved, im.Rejected, im.Noted = w.opened, w.moved, w.rejected, w.noted
		t, err := im.Import(s.ctx, c.Kind, path)
		total.Add(t)
		w.close()
		switch f := fault.Of(err); {
		case err != nil && s.ctx.Err() != nil:
			return total, errImport{"the import was stopped; repeat it to go on", 1}
		case err != nil && f.Kind == fault.Internal:
			return total, err
		case err != nil:
			unread++
			fmt.Fprintf(s.err, "parley: %s\n", f.Text)
		}
		if len(c.Files) > 1 {
			fmt.Fprintf(s.out, "%s: %s\n", filepath.Base(path), t)
		}
	}
	if unread > 0 {
		return total, errImport{fmt.Sprintf("%d of %d files could not be read", unread, len(c.Files)), 2}
	}
	return total, nil
}

// A watch tells a person how the import of a file goes: a bar on a terminal,
// else a line for every tenth of a large file.
type watch struct {
	errs    io.Writer
	bar     *progressbar.ProgressBar
	tenths  int64
	rejects map[string]*rejects // by the path of the file
}

const rejectsEnding = ".rejects"

const large = 8 << 20 // bytes from which a file is worth a word on the way

func (w *watch) opened(f *feed.File) {
	w.tenths = 0
	_ = os.Remove(f.Path + rejectsEnding) // what an earlier import of the file left
	if isTerminal(w.errs) {
		w.bar = progressbar.NewOptions64(f.Size, progressbar.OptionSetWriter(w.errs), progressbar.OptionSetDescription(f.Name),
			progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish())
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (w *watch) moved(f *feed.File) {
	if w.bar != nil {
		_ = w.bar.Set64(f.Done()) // a bar that can't be drawn harms nothing
		return
	}
	if tenths := 10 * f.Done() / max(f.Size, 1); f.Size >= large && tenths > w.tenths {
		w.tenths = tenths
		fmt.Fprintf(w.errs, "%s: %d %% read\n", f.Name, 10*tenths)
	}
}

func (w *watch) noted(text string) {
	w.clear()
	fmt.Fprintln(w.errs, text)
}

func (w *watch) clear() {
	if w.bar != nil {
		_ = w.bar.Clear() // as above
	}
}

// rejected says on the screen and in a file beside the one that is read which
// line was refused, and why, and nothing of what it says.
func (w *watch) rejected(path string, r *feed.Rejection) {
	w.clear()
	fmt.Fprintf(w.errs, "%s: %v\n", filepath.Base(path), r)
	if w.rejects == nil {
		w.rejects = map[string]*rejects{}
	}
	if w.rejects[path] == nil {
		w.rejects[path] = newRejects(path)
	}
	fmt.Fprintln(w.rejects[path], r)
}

func (w *watch) close() {
	if w.bar != nil {
		_ = w.bar.Finish() // as above
	}
	for _, r := range w.rejects {
		if err := r.close(); err != nil {
			fmt.Fprintf(w.errs, "The list of rejected lines could not be written beside the file: %v\n", err)
		}
	}
}

// rejects writes FILE.rejects. A folder in which it can't be written is no
// reason not to import: the lines stand on the screen too.
type rejects struct {
	file *os.File
	*bufio.Writer
	err error
}

func newRejects(path string) *rejects {
	f, err := os.OpenFile(path+rejectsEnding, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return &rejects{Writer: bufio.NewWriter(io.Discard), err: err}
	}
	return &rejects{file: f, Writer: bufio.NewWriter(f)}
}

func (r *rejects) close() error {
	if r.file == nil {
		return r.err
	}
	return errors.Join(r.Flush(), r.file.Close())
}
