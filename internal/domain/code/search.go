package code

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"parley/internal/infra/db"
)

// topic is under what the lists of codes are remembered; imports say when
// they are others.
const topic = "code"

// A list is a system's codes that may stand on a request, by code, and the
// same by the length of their meaning with an index of its words: so that of
// 75,000 those that mean something are found in a fraction of a millisecond.
type list struct {
	codes   []Code    // by code
	shorter []Code    // the shortest meaning first
	words   []string  // of all meanings, sorted, lower case
	in      [][]int32 // the places in shorter of each word's meanings, rising
}

func listOf(ctx context.Context, tx *db.Tx, system string) (*list, error) {
	return db.Remember(ctx, tx, topic, system, func() (*list, error) {
		codes, err := db.All(ctx, tx, scan, `select `+columns+` from code where system = $1 and billable = $2 order by code`, system, true)
		return newList(codes), err
	})
}

func newList(codes []Code) *list {
	l := &list{codes: codes, shorter: slices.Clone(codes)}
	slices.SortStableFunc(l.shorter, func(a, b Code) int { return cmp.Compare(len(a.Long), len(b.Long)) })
	in := map[string][]int32{}
	for i, c := range l.shorter {
		for _, word := range wordsOf(c.Long) {
			if at := in[word]; len(at) == 0 || at[len(at)-1] != int32(i) {
				in[word] = append(at, int32(i))
			}
		}
	}
	l.words = slices.Sorted(maps.Keys(in))
	for _, word := range l.words {
		l.in = append(l.in, in[word])
	}
	return l
}

// wordsOf are the words of a text as they are compared.
func wordsOf(text string) []string {
	return strings.Fields(strings.Map(spaced, strings.ToLower(text)))
}

// spaced has words begin after a space whatever joins them.
func spaced(r rune) rune {
	if strings.ContainsRune("-/(,;[", r) {
		return ' '
	}
	return r
}

// Search returns the codes of a system that text could mean and that may
// stand on a request, at most n, and how many there are in all. Text is the
// beginning of a code, with or without its dot, or words of which each begins
// a word of the code's meaning; the shortest meanings come first, since those
// say no more than what was asked for.
func Search(ctx context.Context, tx *db.Tx, system, text string, n int) (found []Code, total int, err error) {
	l, err := listOf(ctx, tx, system)
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, 0, err
	}
	if found, total = l.beginning(Plain(text), n); total == 0 {
		found, total = l.meaning(wordsOf(text), n)
	}
	return found, total, nil
}

// beginning returns the first n codes that begin with prefix, and how many do.
func (l *list) beginning(prefix string, n int) (found []Code, total int) {
	first, _ := slices.BinarySearchFunc(l.codes, prefix, func(c Code, p string) int { return strings.Compare(c.Code, p) })
	last := first
	for last < len(l.codes) && strings.HasPrefix(l.codes[last].Code, prefix) {
		last++
	}
	return slices.Clone(l.codes[first:min(last, first+n)]), last - first
}

// meaning returns the first n codes of which each of the words begins a word,
// and how many there are.
func (l *list) meaning(words []string, n int) (found []Code, total int) {
	if len(words) == 0 {
		return nil, 0
	}
	left := l.having(words[0])
	for _, word := range words[1:] {
		also := l.having(word)
		for i := range left {
			left[i] &= also[i]
		}
	}
	for i, some := range left {
		for ; some != 0; some &= some - 1 {
			if total++; total <= n {
				found = append(found, l.shorter[i*64+bits.TrailingZeros64(some)])
			}
		}
	}
	return found, total
}

// having has a bit for each place in shorter, set where a word begins so.
func (l *list) having(prefix string) []uint64 {
	set := make([]uint64, (len(l.shorter)+63)/64)
	first, _ := slices.BinarySearch(l.words, prefix)
	for i := first; i < len(l.words) && strings.HasPrefix(l.words[i], prefix); i++ {
		for _, at := range l.in[i] {
			set[at/64] |= 1 << (at % 64)
		}
	}
	return set
}
