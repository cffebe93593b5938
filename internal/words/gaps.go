package words

import (
	"slices"
	"strconv"
	"strings"
)

// gaps are the values that a text has room for, by their places, sorted, and how
// many other percent signs stand in it.
func gaps(text string) (values []int, signs int) {
	next := 1
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			slices.Sort(values)
			return values, signs
		}
		text = text[i+1:]
		at, rest := next, text
		if inside, ok := strings.CutPrefix(text, "["); ok {
			number, after, _ := strings.Cut(inside, "]")
			if n, err := strconv.Atoi(number); err == nil {
				at, rest = n, after
			}
		}
		if after, ok := strings.CutPrefix(rest, "s"); ok {
			values, text, next = append(values, at), after, at+1
			continue
		}
		signs++
	}
}

// Gaps writes the gaps that a text has, as one writes them: "%s" or "%[1]s and
// %[2]s"; "" if it has none.
func Gaps(text string) string {
	values, _ := gaps(text)
	if len(values) == 1 {
		return "%s"
	}
	var all []string
	for _, n := range values {
		all = append(all, "%["+strconv.Itoa(n)+"]s")
	}
	return strings.Join(all, ", ")
}

// Fits reports whether a wording has the gaps that a text has, in any order, and
// in a text with gaps no other percent sign that it hasn't: it would be taken for
// one.
func Fits(text, wording string) bool {
	values, signs := gaps(text)
	others, more := gaps(wording)
	return slices.Equal(values, others) && (len(values) == 0 || more <= signs)
}

// Filled is a text with something in its gaps, for who reads it by itself.
func Filled(text, with string) string {
	values, _ := gaps(text)
	for _, n := range values {
		text = strings.ReplaceAll(text, "%["+strconv.Itoa(n)+"]s", with)
	}
	return strings.ReplaceAll(text, "%s", with)
}
