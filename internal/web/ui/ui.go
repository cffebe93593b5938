// Package ui is how every page looks: the layout, the parts pages share, and the style sheet,
// script and icon they need. The parts are accessible by construction: labels, hints and errors
// are tied to their inputs here, so a page cannot forget to.
//
// To change the look, edit assets/scss and run npm ci and npm run build in assets; to change a part,
// edit its .templ and run go tool templ generate. The results are committed: building Parley needs only Go.
//
// Besides the parts, pages may use these classes: split (content with a side column), cards, card,
// cluster (a wrapping row), stack, muted, num (figures that line up), week, day and slots (the grid of times), prose.
package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"parley/internal/words"
)

// stamp is an instant for machines, at the offset it came with.
func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// describedBy lists the ids of what notes writes for id.
func describedBy(id string, hint, err words.Text) string {
	var ids []string
	if hint != "" {
		ids = append(ids, id+"-hint")
	}
	if err != "" {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}

// slug makes an id of words: the same in every language, so that links to it hold.
func slug(prefix string, heading words.Text) string {
	id := strings.FieldsFunc(strings.ToLower(heading.String()), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return prefix + "-" + strings.Join(id, "-")
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	rest := strconv.Itoa(n % 1000)
	return thousands(n/1000) + "," + strings.Repeat("0", 3-len(rest)) + rest
}

// Tel is the link by which a phone number of the United States is called (RFC 3966, global form), with its extension if
// there is one.
func Tel(phone, extension string) templ.SafeURL {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if len(digits) == 10 {
		digits = "1" + digits
	}
	if extension != "" {
		digits += ";ext=" + extension
	}
	return templ.SafeURL("tel:+" + digits)
}

// initials is "R. A." of "R. Alvarez".
func initials(name string) string {
	var out []string
	for _, word := range strings.Fields(name) {
		r, _ := utf8.DecodeRuneInString(word)
		out = append(out, string(r)+".")
	}
	return strings.Join(out, " ")
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}
