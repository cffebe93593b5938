package guideline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Mistake is one thing that is wrong with a guideline, and where:
// "questionnaire.item[2].enableWhen[0].question".
type Mistake struct{ Place, Text string }

func (m Mistake) String() string { return m.Place + ": " + m.Text }

// Mistakes are everything that is wrong with a file, in its order.
type Mistakes []Mistake

// Error lists the mistakes, one a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

func (m Mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Limits of what is read, so that no file can keep the program busy.
const (
	mostBytes    = 2 << 20
	mostMistakes = 200
	mostDepth    = 32
)

// A document is JSON on its way to becoming something of ours. Whatever in it
// nobody asked for is a mistake, so that nothing is dropped in silence.
type document struct{ mistakes Mistakes }

func (d *document) fail(place, format string, args ...any) {
	if len(d.mistakes) < mostMistakes {
		d.mistakes = append(d.mistakes, Mistake{cmp.Or(place, "the file"), fmt.Sprintf(format, args...)})
	}
}

// An object is a JSON object that knows where it stands and which of its
// fields were asked for. A nil object has no fields.
type object struct {
	doc    *document
	path   string
	fields map[string]json.RawMessage
	asked  map[string]bool
}

// open reads the outermost object. nil where there is none.
func (d *document) open(text []byte, path string) *object {
	switch {
	case len(text) > mostBytes:
		d.fail(path, "is larger than 2 MB")
		return nil
	case !utf8.Valid(text):
		d.fail(path, "is not text in UTF-8")
		return nil
	}
	if err := wellFormed(text); err != nil {
		d.fail(path, "is not JSON as it should be: %v", err)
		return nil
	}
	return d.object(path, text)
}

// wellFormed refuses what package json would take and quietly change: a name
// that stands twice, and nesting without end.
func wellFormed(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := walk(dec, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows after its end")
	}
	return nil
}

func walk(dec *json.Decoder, depth int) error {
	token, err := dec.Token()
	open, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	if depth == mostDepth {
		return fmt.Errorf("it is nested more than %d deep", mostDepth)
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if text, _ := name.(string); seen[text] {
				return fmt.Errorf("%q stands twice in one object", text)
			} else {
				seen[text] = true
			}
		}
		if err := walk(dec, depth+1); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

func (d *document) object(path string, raw json.RawMessage) *object {
	o := &object{doc: d, path: path, asked: map[string]bool{}}
	if err := json.Unmarshal(raw, &o.fields); err != nil || o.fields == nil {
		d.fail(path, "must be an object")
		return nil
	}
	return o
}

func (o *object) at(key string) string {
	if o.path == "" || key == "" {
		return o.path + key
	}
	return o.path + "." + key
}

func (o *object) fail(key, format string, args ...any) { o.doc.fail(o.at(key), format, args...) }

// raw is a field as it stands, and whether it is there.
func (o *object) raw(key string) (json.RawMessage, bool) {
	if o == nil {
		return nil, false
	}
	o.asked[key] = true
	raw, ok := o.fields[key]
	return raw, ok
}

// field reads a field into v, if it is there.
func (o *object) field(key string, v any, what string) bool {
	raw, ok := o.raw(key)
	if !ok {
		return false
	}
	if err := json.Unmarshal(raw, v); err != nil || string(raw) == "null" {
		o.fail(key, "must be %s", what)
		return false
	}
	return true
}

func (o *object) text(key string) (s string) {
	o.field(key, &s, "a text")
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		o.fail(key, "holds a character that can't be shown")
	}
	return s
}

// need is text that must be there.
func (o *object) need(key string) string {
	s := o.text(key)
	if strings.TrimSpace(s) == "" && o != nil {
		o.fail(key, "is missing")
	}
	return s
}

func (o *object) flag(key string) (b bool) {
	o.field(key, &b, "true or false")
	return b
}

func (o *object) whole(key string) (n int) {
	o.field(key, &n, "a whole number")
	return n
}

func (o *object) texts(key string) (all []string) {
	o.field(key, &all, "a list of texts")
	return all
}

func (o *object) child(key string) *object {
	raw, ok := o.raw(key)
	if !ok {
		return nil
	}
	return o.doc.object(o.at(key), raw)
}

func (o *object) children(key string) (all []*object) {
	var raws []json.RawMessage
	if !o.field(key, &raws, "a list") {
		return nil
	}
	for i, raw := range raws {
		if c := o.doc.object(o.at(key)+"["+strconv.Itoa(i)+"]", raw); c != nil {
			all = append(all, c)
		}
	}
	return all
}

// known are fields that may be there and change nothing of what we do.
func (o *object) known(keys ...string) {
	for _, k := range keys {
		o.raw(k)
	}
}

// end has every field that nobody asked for be a mistake.
func (o *object) end() {
	if o == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		if !o.asked[key] {
			o.fail(key, "is not supported")
		}
	}
}
