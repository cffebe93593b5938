package config

import (
	"cmp"
	"slices"
	"strings"
)

// mostCompared bounds the work of a comparison: about 1,000 lines with as many.
const mostCompared = 1 << 20

// prose says where two texts differ: lines that stand together are one change.
func (f Field) prose(was, is string) (all []Change) {
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	switch {
	case was == is:
		return nil
	case was == "", is == "", len(before)*len(after) > mostCompared:
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
// there can be.
func common(a, b []string) (pairs [][2]int) {
	most := make([][]int, len(a)+1) // most[i][j]: how many a[i:] and b[j:] share
	for i := range most {
		most[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				most[i][j] = most[i+1][j+1] + 1
			} else {
				most[i][j] = max(most[i+1][j], most[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
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

// mergeProse puts the lines that mine changed since base onto theirs. Where both
// changed the same lines to others mine stays, and clash is true.
func mergeProse(base, mine, theirs string) (merged string, clash bool) {
	was, my, their := strings.Split(base, "\n"), strings.Split(mine, "\n"), strings.Split(theirs, "\n")
	if max(len(my), len(their))*len(was) > mostCompared {
		return mine, mine != theirs && base != theirs
	}
	inTheirs := map[int]int{}
	for _, kept := range common(was, their) {
		inTheirs[kept[0]] = kept[1]
	}
	var all []string
	at := [3]int{} // in was, my and their
	put := func(i, j, k int) {
		b, m, t := was[at[0]:i], my[at[1]:j], their[at[2]:k]
		switch {
		case slices.Equal(m, b):
			all = append(all, t...)
		default:
			all = append(all, m...)
			clash = clash || !slices.Equal(t, b) && !slices.Equal(t, m)
		}
	}
	for _, kept := range common(was, my) {
		k, there := inTheirs[kept[0]]
		if !there {
			continue
		}
		put(kept[0], kept[1], k)
		all = append(all, was[kept[0]])
		at = [3]int{kept[0] + 1, kept[1] + 1, k + 1}
	}
	put(len(was), len(my), len(their))
	return strings.Join(all, "\n"), clash
}
