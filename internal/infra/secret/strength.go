package secret

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parley/internal/fault"
)

// The length a password must have, in characters. NIST SP 800-63B-4 asks for
// eight beside a second factor; everyone here has one, and twelve cost
// nothing more.
const minPassword, maxPassword = 12, 128

// CheckPassword says what is wrong with a new password, or nil. There are no
// rules about digits or signs, and no expiry: they make passwords worse. What
// counts is length, and that nobody would think of it: context is what an
// attacker knows of its owner, such as email address, name and organization.
func CheckPassword(password string, context ...string) error {
	password = norm.NFC.String(password)
	length := utf8.RuneCountInString(password)
	switch {
	case password == "":
		return fault.New(fault.Invalid, "Enter a password")
	case length < minPassword:
		return fault.New(fault.Invalid, "Password must be %s characters or more", minPassword)
	case length > maxPassword:
		return fault.New(fault.Invalid, "Password must be %s characters or fewer", maxPassword)
	case Common(password):
		return fault.New(fault.Invalid, "This password is on a list of common passwords. Choose another")
	case builtFrom(password, context):
		return fault.New(fault.Invalid, "This password is built from your name, email address or organization. Choose another")
	}
	return nil
}

// Common reports whether a password is among those tried first: on the list
// of common ones, or made from one in the ways everybody makes them, by
// capitals, by digits and signs put around it, by 0 for o and $ for s, or by
// saying it twice; or a run of characters such as 123456789012.
func Common(password string) bool {
	password = strings.ToLower(password)
	if isRun(password) {
		return true
	}
	for _, form := range []string{password, bare(password)} {
		unit := repeatedUnit(form)
		if isListed(unit) || isListed(plain(unit)) || unit != form && len(unit) <= 4 {
			return true
		}
	}
	return false
}

// bare drops up to eight digits and signs around the letters: "!Dragon2026!".
// More of them are worth something of their own.
func bare(password string) string {
	word := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	if utf8.RuneCountInString(password)-utf8.RuneCountInString(word) > 8 {
		return password
	}
	return word
}

// repeatedUnit returns what a password repeats from beginning to end, or the
// password itself: "abcabcabc" repeats "abc".
func repeatedUnit(password string) string {
	for n := 1; n <= len(password)/2; n++ {
		if len(password)%n == 0 && strings.Repeat(password[:n], len(password)/n) == password {
			return password[:n]
		}
	}
	return password
}

// isRun reports whether each character follows the one before by one same
// step of the alphabet or the digits, or hardly any does not: 1234567890123
// starts over once.
func isRun(password string) bool {
	runes := []rune(password)
	for _, step := range []rune{-1, 0, 1} {
		breaks := 0
		for i := 1; i < len(runes); i++ {
			if runes[i]-runes[i-1] != step {
				breaks++
			}
		}
		if breaks <= len(runes)/8 {
			return true
		}
	}
	return false
}

// leet undoes the usual replacements.
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func plain(s string) string { return leet.Replace(s) }

// builtFrom reports whether a password holds a whole item of context, or has
// fewer than eight characters that are not words of it.
func builtFrom(password string, context []string) bool {
	rest := letters(password)
	for _, item := range context {
		item, _, _ = strings.Cut(item, "@") // the domain is hardly a secret either, but shared by many
		if whole := letters(item); len(whole) >= 4 && strings.Contains(letters(password), whole) {
			return true
		}
		for _, word := range strings.FieldsFunc(item, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if word = letters(word); len(word) >= 3 {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
	}
	return len(rest) < 8 && rest != letters(password)
}

// letters returns s in lower case without signs and with the usual
// replacements undone, so that "J@ne D0e" is "janedoe".
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, plain(strings.ToLower(norm.NFC.String(s))))
}

// common.txt.gz are the 100,000 passwords most often found in breaches, and
// of the next 900,000 those of twelve characters and more; in lower case,
// sorted, one a line. docs/dependencies.md says where they come from.
//
//go:embed common.txt.gz
var commonList []byte

// listed holds a number for each of them, sorted: a tenth of the memory that
// the words would take. That two words share a number is as good as
// impossible, and would do no harm.
var listed = sync.OnceValue(func() []uint64 {
	z, err := gzip.NewReader(bytes.NewReader(commonList))
	if err != nil {
		panic("secret: the embedded list of common passwords is damaged: " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("secret: the embedded list of common passwords is damaged: " + err.Error())
	}
	var numbers []uint64
	for line := range bytes.Lines(text) {
		numbers = append(numbers, number(bytes.TrimSuffix(line, []byte("\n"))))
	}
	slices.Sort(numbers)
	return slices.Clip(numbers)
})

func number(word []byte) uint64 {
	h := fnv.New64a()
	h.Write(word)
	return h.Sum64()
}

func isListed(word string) bool {
	_, found := slices.BinarySearch(listed(), number([]byte(word)))
	return found
}
