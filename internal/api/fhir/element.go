package fhir

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
)

// An element is a piece of a resource that remembers whether it was read, so
// that at the end what no one read can be named. A nil element is one that is
// not there, and may be asked anything.
type element struct {
	name   string // of the field it is, or is an item of
	path   string // "Claim.item[0].category"
	fields map[string]*element
	items  []*element
	leaf   any // string, json.Number, bool or nil
	used   bool
}

// parse reads JSON into elements. Numbers keep the digits they were sent with.
func parse(body []byte) (*element, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the first value")
	}
	return build("", "", v), nil
}

func build(name, path string, v any) *element {
	e := &element{name: name, path: path}
	switch v := v.(type) {
	case map[string]any:
		e.fields = make(map[string]*element, len(v))
		for k, field := range v {
			e.fields[k] = build(k, join(path, k), field)
		}
	case []any:
		for i, item := range v {
			e.items = append(e.items, build(name, path+"["+strconv.Itoa(i)+"]", item))
		}
	default:
		e.leaf = v
	}
	return e
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// rename gives an element and all under it paths that begin with path.
func (e *element) rename(path string) {
	e.path = path
	for k, f := range e.fields {
		f.rename(join(path, k))
	}
	for i, item := range e.items {
		item.rename(path + "[" + strconv.Itoa(i) + "]")
	}
}

// at returns what stands under the names, or nil.
func (e *element) at(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		e = e.fields[name]
	}
	return e
}

// all returns the items of a list.
func (e *element) all() []*element {
	if e == nil {
		return nil
	}
	return e.items
}

// first returns the first item of a list, or nil.
func (e *element) first() *element {
	if e == nil || len(e.items) == 0 {
		return nil
	}
	return e.items[0]
}

// peek returns a text without reading it.
func (e *element) peek() string {
	if e == nil {
		return ""
	}
	switch v := e.leaf.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// text reads a text, number or truth value.
func (e *element) text() string {
	if e != nil && e.leaf != nil {
		e.used = true
	}
	return e.peek()
}

// is reads e if it has one of the values, and says whether.
func (e *element) is(values ...string) bool {
	if !slices.Contains(values, e.peek()) {
		return false
	}
	e.text()
	return true
}

// take reads e and all that is under it.
func (e *element) take() {
	if e == nil {
		return
	}
	e.used = true
	for _, f := range e.fields {
		f.take()
	}
	for _, item := range e.items {
		item.take()
	}
}

// untouched reports whether nothing of e was read.
func (e *element) untouched() bool {
	if e.used {
		return false
	}
	for _, f := range e.fields {
		if !f.untouched() {
			return false
		}
	}
	for _, item := range e.items {
		if !item.untouched() {
			return false
		}
	}
	return true
}

// unread lists the largest elements of which nothing was read, in the order of
// their paths. A list is named item by item.
func (e *element) unread() (all []*element) {
	if e.items == nil && e.untouched() {
		return []*element{e}
	}
	for _, item := range e.items {
		all = append(all, item.unread()...)
	}
	for _, k := range sortedKeys(e.fields) {
		if k == "url" && (e.name == "extension" || e.name == "modifierExtension") {
			continue
		}
		all = append(all, e.fields[k].unread()...)
	}
	return all
}

func sortedKeys(m map[string]*element) []string { return slices.Sorted(maps.Keys(m)) }

// value is what encoding/json makes of the element.
func (e *element) value() any {
	switch {
	case e.fields != nil:
		m := make(map[string]any, len(e.fields))
		for k, f := range e.fields {
			m[k] = f.value()
		}
		return m
	case e.items != nil:
		list := make([]any, len(e.items))
		for i, item := range e.items {
			list[i] = item.value()
		}
		return list
	}
	return e.leaf
}

// json is the element in canonical form: names sorted, no space.
func (e *element) json() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.value()); err != nil {
		return nil // what came from JSON always goes back
	}
	return bytes.TrimSpace(b.Bytes())
}

// hash is the SHA-256 of the canonical form: the same for the same content,
// however it was laid out.
func (e *element) hash() string {
	sum := sha256.Sum256(e.json())
	return hex.EncodeToString(sum[:])
}

// ext returns the extension whose URL ends with name. The URL counts as read
// once anything else of the extension is.
func (e *element) ext(name string) *element {
	for _, list := range []string{"extension", "modifierExtension"} {
		for _, x := range e.at(list).all() {
			if hasTail(x.at("url").peek(), name) {
				return x
			}
		}
	}
	return nil
}

func hasTail(url, name string) bool {
	at := len(url) - len(name)
	return at == 0 && url == name || at > 0 && url[at:] == name && (url[at-1] == '-' || url[at-1] == '/')
}

// A coding is one code of a concept, with the sender's words for it.
type coding struct{ system, code, display string }

// concept reads the first coding of a CodeableConcept, and the concept's own
// text if the coding has no words.
func (e *element) concept() coding {
	c := e.at("coding").first()
	k := coding{c.at("system").text(), c.at("code").text(), c.at("display").text()}
	if text := e.at("text"); k.display == "" {
		k.display = text.text()
	}
	return k
}

// hasCode reads a concept if its first coding has one of the codes.
func (e *element) hasCode(codes ...string) bool {
	if !slices.Contains(codes, e.at("coding").first().at("code").peek()) {
		return false
	}
	e.concept()
	return true
}
