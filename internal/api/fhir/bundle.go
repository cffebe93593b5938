package fhir

import (
	"slices"
	"strings"

	"parley/internal/domain/order"
	"parley/internal/fault"
)

// A bundle is a request's resources, which refer to one another.
type bundle struct {
	root    *element
	byURL   map[string]*element // by full URL, and by "Type/id"
	list    []*element
	reached map[*element]bool // what a reference that was read leads to
}

func newBundle(body []byte) (*bundle, error) {
	root, err := parse(body)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Text: "The file is not JSON.", Err: ErrNotJSON}
	}
	if root.at("resourceType").text() != "Bundle" {
		return nil, fault.New(fault.Invalid, "The file is not a FHIR bundle.")
	}
	root.rename("Bundle")
	b := &bundle{root: root, byURL: map[string]*element{}, reached: map[*element]bool{}}
	for _, entry := range root.at("entry").all() {
		b.add(entry)
	}
	b.name()
	return b, nil
}

func (b *bundle) add(entry *element) {
	r := entry.at("resource")
	url := entry.at("fullUrl").text()
	if r == nil || kind(r) == "" {
		return
	}
	b.list = append(b.list, r)
	b.byURL[url] = r
	if id := r.at("id").peek(); id != "" {
		b.byURL[kind(r)+"/"+id] = r
	}
	r.at("id").text()
	r.at("resourceType").text()
	r.at("meta", "profile").take() // says which rules the sender kept; the rules are checked themselves
	switch text := r.at("text"); text.at("status").peek() {
	case "generated", "extensions", "empty":
		text.take() // R4, narrative-status: all of it comes from the elements and extensions beside it
	}
}

func kind(r *element) string { return r.at("resourceType").peek() }

// name gives elements the paths people read: Claim.item[0], and where there
// are several of a type, Organization/x.name.
func (b *bundle) name() {
	count := map[string]int{}
	for _, r := range b.list {
		count[kind(r)]++
	}
	for i, r := range b.list {
		path := kind(r)
		if id := r.at("id").peek(); id != "" && count[path] > 1 && i > 0 {
			path += "/" + id
		}
		r.rename(path)
	}
}

// follow reads a reference and returns what it refers to, if that is of the
// type (any, if none is given); else nil.
func (b *bundle) follow(ref *element, types ...string) *element {
	target := b.find(ref.at("reference").peek())
	if target == nil || len(types) > 0 && !slices.Contains(types, kind(target)) {
		return nil
	}
	ref.at("reference").text()
	b.reached[target] = true
	return target
}

func (b *bundle) find(reference string) *element {
	if reference == "" {
		return nil
	}
	if r := b.byURL[reference]; r != nil {
		return r
	}
	parts := strings.Split(reference, "/") // an address of a server ends with Type/id
	if len(parts) < 2 {
		return nil
	}
	return b.byURL[strings.Join(parts[len(parts)-2:], "/")]
}

var kindWords = map[string]string{
	"Claim": "request", "Coverage": "coverage", "DocumentReference": "document", "Encounter": "visit", "Location": "location", "Organization": "organization",
	"Patient": "patient", "Practitioner": "practitioner", "PractitionerRole": "practitioner's role", "ServiceRequest": "service request",
}

func spelled(kind string) string {
	if w := kindWords[kind]; w != "" {
		return w
	}
	return "resource (" + kind + ")"
}

// open lists the references, outside of what except covers, to what is not in
// the bundle.
func (b *bundle) open(except *element) (gaps []order.Gap) {
	var walk func(e *element)
	walk = func(e *element) {
		if e == except {
			return
		}
		if ref := e.at("reference"); ref.peek() != "" && !strings.HasPrefix(ref.peek(), "#") && b.find(ref.peek()) == nil {
			ref.text()
			what, _, _ := strings.Cut(ref.peek(), "/")
			gaps = append(gaps, order.Gap{Kind: missing, Path: e.path, Text: "The request refers to a " + spelled(what) + " that is not in it.", Value: ref.peek()})
		}
		for _, item := range e.items {
			walk(item)
		}
		for _, k := range sortedKeys(e.fields) {
			walk(e.fields[k])
		}
	}
	for _, r := range b.list {
		walk(r)
	}
	return gaps
}
