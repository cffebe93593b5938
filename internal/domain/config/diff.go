package config

import "maps"

// A Change is a field that differs between two versions, in words.
type Change struct {
	Key, Label string
	Was, Is    string // as people read them; "nothing" for an empty text
}

// Diff says which fields differ, in the order of the form.
func Diff(s Subject, was, is Doc) (all []Change) {
	k, err := kindOf(s)
	if err != nil {
		return nil
	}
	for _, f := range k.fields {
		if was[f.Key] != is[f.Key] {
			all = append(all, Change{f.Key, f.Label, f.Words(was[f.Key]), f.Words(is[f.Key])})
		}
	}
	return all
}

// Both are keys of fields that two changed, each to another text.
type Both []string

func (b Both) labels(s Subject) (all []string) {
	k, err := kindOf(s)
	if err != nil {
		return b
	}
	for _, f := range k.fields {
		for _, key := range b {
			if key == f.Key {
				all = append(all, f.Label)
			}
		}
	}
	return all
}

// Merge puts what mine changed since base onto theirs. Where both changed a
// field to other texts mine stays, and the field is among those answered.
func Merge(base, mine, theirs Doc) (Doc, Both) {
	merged := maps.Clone(theirs)
	if merged == nil {
		merged = Doc{}
	}
	var both Both
	for key, text := range mine {
		if text == base[key] {
			continue
		}
		if theirs[key] != base[key] && theirs[key] != text {
			both = append(both, key)
		}
		merged[key] = text
	}
	return merged, both
}
