package plan

import (
	"cmp"
	"slices"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/words"
)

// FileRules say what can be enclosed with a request of a program. Every page
// that names a limit has it from here. Zero values are saved as the usual
// ones.
type FileRules struct {
	MB    int // in one file; 100
	Most  int // files; 20
	Pages int // in one file; 500
	types string
}

// NewFileRules are rules with these types, by their short names such as
// "pdf"; none means all that we can take.
func NewFileRules(mb, most, pages int, types []string) FileRules {
	return FileRules{MB: mb, Most: most, Pages: pages, types: strings.ToLower(strings.Join(types, ","))}
}

func (r FileRules) orUsual() FileRules {
	r.MB, r.Most, r.Pages = cmp.Or(r.MB, 100), cmp.Or(r.Most, 20), cmp.Or(r.Pages, 500)
	return r
}

func (r FileRules) check(f fault.Fields) {
	f.Check(r.MB >= 1 && r.MB <= 200, "file_mb", "A file can have 1 to 200 MB")
	f.Check(r.Most >= 1 && r.Most <= 100, "most_files", "A request can have 1 to 100 files")
	f.Check(r.Pages >= 1 && r.Pages <= 5000, "most_pages", "A file can have 1 to 5,000 pages")
	for _, t := range r.listed() {
		f.Check(slices.Contains(inspect.Types, t), "file_types", "A file can be pdf, docx, jpg, png or tiff")
	}
}

func (r FileRules) listed() (all []inspect.Type) {
	for t := range strings.SplitSeq(r.types, ",") {
		if t != "" {
			all = append(all, inspect.Type(strings.TrimSpace(t)))
		}
	}
	return all
}

// Chosen are the short names of the types that were chosen; none for all.
func (r FileRules) Chosen() (all []string) {
	for _, t := range r.listed() {
		all = append(all, string(t))
	}
	return all
}

// Types are those that are taken, in the order in which people read them.
func (r FileRules) Types() []inspect.Type {
	listed := r.listed()
	if len(listed) == 0 {
		return inspect.Types
	}
	return slices.DeleteFunc(slices.Clone(inspect.Types), func(t inspect.Type) bool { return !slices.Contains(listed, t) })
}

// Takes reports whether files of a type are taken. "" is no type.
func (r FileRules) Takes(t inspect.Type) bool { return slices.Contains(r.Types(), t) }

// TypeWords are the types as people read them: "PDF, DOCX or JPG".
func (r FileRules) TypeWords() words.Text {
	var types []string
	for _, t := range r.Types() {
		types = append(types, t.Words())
	}
	last := len(types) - 1
	if last == 0 {
		return words.AsIs(types[0])
	}
	return words.Say("%s or %s", strings.Join(types[:last], ", "), types[last])
}

// Bytes are how large a file may be.
func (r FileRules) Bytes() int64 { return int64(r.MB) << 20 }
