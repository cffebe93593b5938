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

// A list is a system's codes that may stand on a request, by code, and the
// same by the length of their meaning with the words of each. The words stand
// in one text, a line for each code, so that 75,000 are looked through in a
// few milliseconds.
type list struct {
	codes   []Code // by code
	shorter []Code // the shortest meaning first
	text    string // "\n low back pain  unspecified\n …": each word after a space, a line for each of shorter
	ends    []int  // of the lines in text
}

func listOf(ctx context.Context, tx *db.Tx, system string) (*list, error) {
	return db.Remember(ctx, tx, topic, system, func() (*list, error) {
		codes, err := db.All(ctx, tx, scan, `select `+columns+` from code where system = $1 and billable = $2 order by code`, system, true)
		return newList(codes), err
	})
}

func newList(codes []Code) *list {
	l := &list{codes: codes, shorter: slices.Clone(codes), ends: make([]int, len(codes))}
	slices.SortStableFunc(l.shorter, func(a, b Code) int { return cmp.Compare(len(a.Long), len(b.Long)) })
	var text strings.Builder
	for i, c := range l.shorter {
		text.WriteString(" " + strings.Map(spaced, strings.ToLower(c.Long)) + "\n")
		l.ends[i] = text.Len()
	}
	l.text = text.String()
	return l
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
		found, total = l.meaning(strings.Fields(strings.Map(spaced, strings.ToLower(text))), n)
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
// and how many there are. It looks for the longest word, which is likely in
// the fewest lines, and for the others in those.
func (l *list) meaning(words []string, n int) (found []Code, total int) {
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for i := range words {
		words[i] = " " + words[i]
	}
	line, from := 0, 0
	for line < len(l.ends) {
		at := strings.Index(l.text[from:], words[0])
		if at < 0 {
			break
		}
		line = l.lineOf(from+at, line)
		if has(l.text[from+at-l.back(from+at, line):l.ends[line]], words[1:]) {
			if total++; total <= n {
				found = append(found, l.shorter[line])
			}
		}
		from, line = l.ends[line], line+1
	}
	return found, total
}

// back is how far the line begins before at.
func (l *list) back(at, line int) int {
	if line == 0 {
		return at
	}
	return at - l.ends[line-1]
}

// lineOf is the line of the text that at lies in, from line on.
func (l *list) lineOf(at, line int) int {
	n, _ := slices.BinarySearch(l.ends[line:], at+1)
	return line + n
}

func has(line string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) })
}
