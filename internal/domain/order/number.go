package order

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"

	"parley/internal/fault"
	"parley/internal/infra/db"
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

// FreeNumber returns a number that nobody has: count is how many rows of the
// caller's table have the number $1. Of a million rows one in 900 new numbers is
// taken. The error is a Conflict if none was found.
func FreeNumber(ctx context.Context, tx *db.Tx, count string) (string, error) {
	return free(ctx, tx, count, NewNumber)
}

// FreeAuthorization returns a number for an authorization that no order has.
func FreeAuthorization(ctx context.Context, tx *db.Tx) (string, error) {
	return free(ctx, tx, `select count(*) from orders where auth_number = $1`, func() string { return "A" + NewNumber()[:9] })
}

func free(ctx context.Context, tx *db.Tx, count string, draw func() string) (string, error) {
	for range attempts {
		number := draw()
		if n, err := db.Count(ctx, tx, count, number); err != nil || n == 0 {
			return number, err
		}
	}
	return "", fault.New(fault.Conflict, "We couldn't find a free number. Try again.")
}
