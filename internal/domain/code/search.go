package code

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parley/internal/infra/db"
)

// topic is under what the lists of codes are remembered; imports say when
// they are others.
const topic = "code"

// A list is a system's codes that may stand on a request, by code, with the
// words of each in lower case, so that 75,000 are looked through in a few
// milliseconds.
type list struct {
	codes []Code
	words []string // " low back pain, unspecified": each word after a space
}

func listOf(ctx context.Context, tx *db.Tx, system string) (*list, error) {
	return db.Remember(ctx, tx, topic, system, func() (*list, error) {
		codes, err := db.All(ctx, tx, scan, `select `+columns+` from code where system = $1 and billable = $2 order by code`, system, true)
		l := &list{codes: codes, words: make([]string, len(codes))}
		for i, c := range codes {
			l.words[i] = " " + strings.Map(spaced, strings.ToLower(c.Long))
		}
		return l, err
	})
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
	if found = l.beginning(Plain(text)); len(found) == 0 {
		found = l.meaning(strings.Fields(strings.Map(spaced, strings.ToLower(text))))
	}
	total = len(found)
	return found[:min(n, total)], total, nil
}

// beginning returns the codes that begin with prefix.
func (l *list) beginning(prefix string) []Code {
	first, _ := slices.BinarySearchFunc(l.codes, prefix, func(c Code, p string) int { return strings.Compare(c.Code, p) })
	last := first
	for last < len(l.codes) && strings.HasPrefix(l.codes[last].Code, prefix) {
		last++
	}
	return slices.Clone(l.codes[first:last])
}

func (l *list) meaning(words []string) (found []Code) {
	for i := range words {
		words[i] = " " + words[i]
	}
	for i, text := range l.words {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, l.codes[i])
		}
	}
	slices.SortStableFunc(found, func(a, b Code) int { return cmp.Compare(len(a.Long), len(b.Long)) })
	return found
}
