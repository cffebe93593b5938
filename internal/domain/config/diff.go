package config

import (
	"maps"
	"slices"
	"strings"
)

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
		if f.told != nil {
			all = append(all, f.tellApart(was[f.Key], is[f.Key])...)
		} else if f.Each {
			all = append(all, f.lines(was[f.Key], is[f.Key])...)
		} else if f.Prose {
			all = append(all, f.prose(was[f.Key], is[f.Key])...)
		} else if was[f.Key] != is[f.Key] {
			all = append(all, Change{f.Key, f.Label, f.Words(was[f.Key]), f.Words(is[f.Key])})
		}
	}
	return all
}

// tellApart says what two texts of a field say otherwise, in words.
func (f Field) tellApart(was, is string) (all []Change) {
	before, after := f.told(was), f.told(is)
	for _, one := range before {
		i := slices.IndexFunc(after, func(t said) bool { return t.about == one.about })
		if i < 0 {
			all = append(all, Change{f.Key, one.about, one.words, "Taken out"})
		} else if after[i].words != one.words {
			all = append(all, Change{f.Key, one.about, one.words, after[i].words})
		}
	}
	for _, one := range after {
		if !slices.ContainsFunc(before, func(t said) bool { return t.about == one.about }) {
			all = append(all, Change{f.Key, one.about, "Not there", one.words})
		}
	}
	return all
}

// lines says which lines of a field differ.
func (f Field) lines(was, is string) (all []Change) {
	before, after := linesOf(was), linesOf(is)
	for _, line := range before {
		if !slices.Contains(after, line) {
			all = append(all, Change{f.Key, f.Label, line, "Taken out"})
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			all = append(all, Change{f.Key, f.Label, "Not there", line})
		}
	}
	return all
}

// mergeLines puts the lines that mine added and took out since base onto
// theirs.
func mergeLines(base, mine, theirs string) string {
	was, is := linesOf(base), linesOf(mine)
	merged := slices.DeleteFunc(linesOf(theirs), func(line string) bool { return slices.Contains(was, line) && !slices.Contains(is, line) })
	for _, line := range is {
		if !slices.Contains(was, line) && !slices.Contains(merged, line) {
			merged = append(merged, line)
		}
	}
	slices.Sort(merged)
	return strings.Join(merged, "\n")
}

// fieldOf is a field of s; one without a key for none.
func fieldOf(s Subject, key string) (f Field) {
	k, err := kindOf(s)
	if err != nil {
		return f
	}
	if i := slices.IndexFunc(k.fields, func(f Field) bool { return f.Key == key }); i >= 0 {
		f = k.fields[i]
	}
	return f
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
// field to other texts mine stays, and the field is among those answered; a
// field that goes by line holds what both did, and so does prose unless both
// changed the same lines.
func Merge(s Subject, base, mine, theirs Doc) (Doc, Both) {
	merged := maps.Clone(theirs)
	if merged == nil {
		merged = Doc{}
	}
	var both Both
	for key, text := range mine {
		if text == base[key] {
			continue
		}
		f := fieldOf(s, key)
		if f.Each {
			merged[key] = mergeLines(base[key], text, theirs[key])
			continue
		}
		if f.Prose {
			var clash bool
			if merged[key], clash = mergeProse(base[key], text, theirs[key]); clash {
				both = append(both, key)
			}
			continue
		}
		if theirs[key] != base[key] && theirs[key] != text {
			both = append(both, key)
		}
		merged[key] = text
	}
	return merged, both
}
