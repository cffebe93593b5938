package config

import (
	"cmp"
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
		if f.Each {
			all = append(all, f.lines(was[f.Key], is[f.Key])...)
		} else if f.Prose {
			all = append(all, f.prose(was[f.Key], is[f.Key])...)
		} else if was[f.Key] != is[f.Key] {
			all = append(all, Change{f.Key, f.Label, f.Words(was[f.Key]), f.Words(is[f.Key])})
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

// mostCompared bounds the work of a comparison: about 1,000 lines with as many.
const mostCompared = 1 << 20

// prose says where two texts differ: lines that stand together are one change.
func (f Field) prose(was, is string) (all []Change) {
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	if len(before)*len(after) > mostCompared {
		return []Change{{f.Key, f.Label, f.Words(was), f.Words(is)}}
	}
	from, to := 0, 0
	add := func(i, j int) {
		gone, come := strings.TrimSpace(strings.Join(before[from:i], "\n")), strings.TrimSpace(strings.Join(after[to:j], "\n"))
		if gone != come {
			all = append(all, Change{f.Key, f.Label, cmp.Or(gone, "Nothing"), cmp.Or(come, "Nothing")})
		}
	}
	for _, kept := range common(before, after) {
		add(kept[0], kept[1])
		from, to = kept[0]+1, kept[1]+1
	}
	add(len(before), len(after))
	return all
}

// common are the places of the lines that two texts share, in order, as many as
// there can be. Empty lines join what is around them.
func common(a, b []string) (pairs [][2]int) {
	most := make([][]int, len(a)+1) // most[i][j]: how many a[i:] and b[j:] share
	for i := range most {
		most[i] = make([]int, len(b)+1)
	}
	same := func(i, j int) bool { return a[i] == b[j] && strings.TrimSpace(a[i]) != "" }
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if same(i, j) {
				most[i][j] = most[i+1][j+1] + 1
			} else {
				most[i][j] = max(most[i+1][j], most[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case same(i, j):
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case most[i+1][j] >= most[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
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

// byLine reports whether a field of s goes by line.
func byLine(s Subject, key string) bool {
	k, err := kindOf(s)
	return err == nil && slices.ContainsFunc(k.fields, func(f Field) bool { return f.Key == key && f.Each })
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
// field that goes by line holds what both did.
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
		if byLine(s, key) {
			merged[key] = mergeLines(base[key], text, theirs[key])
			continue
		}
		if theirs[key] != base[key] && theirs[key] != text {
			both = append(both, key)
		}
		merged[key] = text
	}
	return merged, both
}
