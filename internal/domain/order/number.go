package order

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// Digits is what remains of a number that was typed or pasted with spaces,
// hyphens or a label.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// Spaced is a number as people read it: 136 930 6954.
func Spaced(number string) string {
	if len(number) != 10 {
		return number
	}
	return number[:3] + " " + number[3:6] + " " + number[6:]
}

// Ending is the last four digits, which may stand in a mail.
func Ending(number string) string {
	if len(number) < 4 {
		return number
	}
	return number[len(number)-4:]
}

// CheckDigit returns the digit that completes nine: the Luhn algorithm
// (ISO/IEC 7812-1, annex B), which catches every single wrong digit and
// nearly every exchange of two neighbors.
func CheckDigit(nine string) byte {
	sum := 0
	for i := range nine {
		d := int(nine[len(nine)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

// ValidNumber reports whether s is ten digits of which the last checks.
func ValidNumber(s string) bool {
	return len(s) == 10 && Digits(s) == s && CheckDigit(s[:9]) == s[9]
}

// NewNumber returns a number nobody can guess from another. Its first digit
// is never 0, so that a spreadsheet keeps all ten.
func NewNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000_000))
	if err != nil {
		panic(err) // the system has no randomness: nothing is safe
	}
	nine := n.Add(n, big.NewInt(100_000_000)).String()
	return nine + string(CheckDigit(nine))
}
