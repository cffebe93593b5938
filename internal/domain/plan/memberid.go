package plan

import (
	"strings"
	"unicode"

	"parley/internal/fault"
	"parley/internal/words"
)

// MemberIDs say how the numbers on a plan's cards look, each on a line: # stands
// for a digit, @ for a letter, * for either, and everything else for itself. ""
// says nothing: every number fits.
type MemberIDs string

// mostPatterns is how many a plan can have, and how long one can be.
const (
	mostPatterns      = 10
	mostPatternLength = 30
)

// Fit reports whether a number looks like one of them, and which. Spaces and
// hyphens, and small letters for capital ones, make no difference.
func (m MemberIDs) Fit(number string) (pattern string, ok bool) {
	for _, pattern := range m.list() {
		if fits(bare(pattern), bare(number)) {
			return pattern, true
		}
	}
	return "", len(m.list()) == 0
}

// Words are examples of how they look: "HBR000000000".
func (m MemberIDs) Words() words.Text {
	var all []words.Text
	for _, pattern := range m.list() {
		all = append(all, words.AsIs(strings.NewReplacer("#", "0", "@", "A", "*", "A").Replace(pattern)))
	}
	return words.Join(all, ", ")
}

func (m MemberIDs) list() (all []string) {
	for line := range strings.Lines(string(m)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// check says what is wrong with them, at "member_ids", and with numbers that
// have to fit, a line each, at "member_id_examples".
func (m MemberIDs) check(f fault.Fields, examples string) {
	all := m.list()
	f.Check(len(all) <= mostPatterns, "member_ids", "There can be 10 patterns")
	for _, pattern := range all {
		f.Check(len(pattern) <= mostPatternLength, "member_ids", "A pattern must be 30 characters or less")
		f.Check(bare(pattern) != "", "member_ids", words.Say("The pattern “%s” has nothing in it", pattern))
	}
	tests, missed := MemberIDs(examples).list(), 0
	for _, number := range tests {
		if _, ok := m.Fit(number); !ok {
			missed++
		}
	}
	switch {
	case missed == len(tests) && missed > 1:
		f.Check(false, "member_id_examples", words.Say("Pattern doesn't match any of the %s test IDs", missed))
	case missed > 0:
		f.Check(false, "member_id_examples", words.Say("Pattern doesn't match %s of the %s test IDs", missed, len(tests)))
	}
}

func bare(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(s))
}

func fits(pattern, number string) bool {
	p, n := []rune(pattern), []rune(number)
	if len(p) != len(n) {
		return false
	}
	for i, c := range p {
		digit, letter := n[i] >= '0' && n[i] <= '9', unicode.IsLetter(n[i])
		ok := n[i] == c
		switch c {
		case '#':
			ok = digit
		case '@':
			ok = letter
		case '*':
			ok = digit || letter
		}
		if !ok {
			return false
		}
	}
	return true
}
