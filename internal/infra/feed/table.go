package feed

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/internal/fault"
)

// MaxField is how many characters a field may have. The longest published
// description of a code has some 4,400; no name or address comes near it.
const MaxField = 8000

// A Table is a File of comma-separated values (RFC 4180) whose first line
// names the columns. The columns may stand in any order. A field may be in
// quotation marks but may not go on on the next line: then a mark that is
// never closed costs one line and not the rest of the file.
type Table struct {
	*File
	columns map[string]int // by name, as it stands and in lower case
	names   []string
	fields  []string
}

// A Row is one line of a Table. It is good until the next one is read; what
// Get returns is good for ever.
type Row struct {
	Line   int
	t      *Table
	fields []string
}

// OpenTable opens the file at path and reads its header, which must have the
// columns named in need, in any case.
func OpenTable(path string, need ...string) (*Table, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	t, err := NewTable(f, need...)
	if err != nil {
		_ = f.Close() // nothing was written to it
	}
	return t, err
}

// NewTable reads the header of a File that has just been opened.
func NewTable(f *File, need ...string) (*Table, error) {
	line, err := f.Next()
	if err != nil {
		return nil, fault.New(fault.Invalid, "The first line of %s is no header.", f.Name)
	}
	t := &Table{File: f, columns: map[string]int{}}
	if t.names, err = Fields(string(line), nil); err != nil {
		return nil, fault.New(fault.Invalid, "The first line of %s is no header.", f.Name)
	}
	for i, name := range t.names {
		t.names[i] = strings.TrimSpace(name)
		key := strings.ToLower(t.names[i])
		if _, twice := t.columns[key]; twice && key != "" {
			return nil, fault.New(fault.Invalid, "The header of %s has a column twice: %s.", f.Name, clip(t.names[i]))
		}
		t.columns[key], t.columns[t.names[i]] = i, i
	}
	return t, t.Need(need...)
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// Need returns a fault that names those columns the table lacks, if any.
func (t *Table) Need(names ...string) error {
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return t.Has(name) })
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "The header of %s lacks %s.", t.Name, strings.Join(missing, ", "))
	}
	return nil
}

// Has reports whether the table has all of the columns.
func (t *Table) Has(names ...string) bool {
	for _, name := range names {
		if _, ok := t.index(name); !ok {
			return false
		}
	}
	return true
}

func (t *Table) index(name string) (int, bool) {
	if i, ok := t.columns[name]; ok {
		return i, true
	}
	i, ok := t.columns[strings.ToLower(name)]
	return i, ok
}

// Names returns the header as it stands in the file.
func (t *Table) Names() []string { return slices.Clone(t.names) }

// Next returns the next row. The error is as of [File.Next].
func (t *Table) Next() (Row, error) {
	line, err := t.File.Next()
	if err != nil {
		return Row{}, err
	}
	if t.fields, err = Fields(string(line), t.fields[:0]); err != nil {
		return Row{}, t.reject(err.Error())
	}
	if len(t.fields) != len(t.names) {
		return Row{}, &Rejection{Line: t.line, Reason: countText(len(t.fields), len(t.names))}
	}
	for i, field := range t.fields {
		if len(field) > MaxField && utf8.RuneCountInString(field) > MaxField {
			return Row{}, &Rejection{Line: t.line, Column: clip(t.names[i]), Reason: fmt.Sprintf("is longer than %d characters", MaxField)}
		}
	}
	return Row{t.line, t, t.fields}, nil
}

// Get returns the field in a column, without spaces around it; "" if the table
// has no such column.
func (r Row) Get(column string) string {
	i, ok := r.t.index(column)
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// At puts the row's line into a Rejection made with [Reject].
func (r Row) At(err error) error { return Number(err, r.Line) }
