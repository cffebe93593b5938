package worklist

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
)

// A Kind says what somebody typed or pasted into the search box.
type Kind string

// Kinds of search. Nothing means every order.
const (
	Nothing     Kind = ""
	OrderNumber Kind = "order number"
	CallNumber  Kind = "peer-to-peer reference"
	Number      Kind = "number" // of an authorization, a member, or what others call the order
	Name        Kind = "name"
	ServiceDate Kind = "service date"
	Unclear     Kind = "unclear"
)

// A Term is what a search looks for.
type Term struct {
	Kind      Kind
	Number    string     // OrderNumber, CallNumber: ten digits; Number: letters and digits, upper case
	Words     []string   // Name: folded, in the order typed
	LastFirst bool       // Name: a comma said that the last name comes first
	Born      civil.Date // Name: narrows it; alone it is a search of its own
	Day       civil.Date // ServiceDate
}

// Understand says what text is: an order ID, an authorization number, an
// external reference, a member ID, a name, a name with a birth date, or a
// service date. It never fails; what it can't make out is Unclear.
func Understand(text string) Term {
	text = strings.TrimSpace(text)
	if text == "" {
		return Term{}
	}
	day, rest, hasDay := takeDate(text)
	if hasDay && strings.TrimSpace(rest) == "" {
		return Term{Kind: ServiceDate, Day: day}
	}
	if hasDay {
		t := name(rest)
		t.Born = day
		return t
	}
	key := order.NumberKey(text)
	digits := order.Digits(text)
	switch {
	case order.ValidNumber(digits) && slices.Contains([]string{"", "ORDER", "ORDERID"}, strings.TrimSuffix(key, digits)):
		return Term{Kind: OrderNumber, Number: digits}
	case len(key) == 11 && key[0] == 'P' && order.ValidNumber(key[1:]):
		return Term{Kind: CallNumber, Number: key[1:]}
	case digits != "" && len(key) >= 3:
		return Term{Kind: Number, Number: key}
	case digits == "":
		return name(text)
	}
	return Term{Kind: Unclear}
}

func name(text string) Term {
	t := Term{Kind: Name, LastFirst: strings.Contains(text, ",")}
	t.Words = append(t.Words, strings.Fields(order.Fold(text))...)
	letters := 0
	for _, w := range t.Words {
		letters += len([]rune(w))
	}
	if letters < 2 { // one letter is half the alphabet of members
		return Term{Kind: Unclear}
	}
	return t
}

var layouts = []string{"01/02/2006", "1/2/2006", "2006-01-02", "01-02-2006", "1-2-2006", "Jan 2 2006", "January 2 2006", "Jan 2, 2006", "January 2, 2006"}

// takeDate finds a date in text and returns what remains without it.
func takeDate(text string) (day civil.Date, rest string, ok bool) {
	fields := strings.Fields(text)
	for _, span := range []int{3, 1} { // "April 28, 1986" before "04/28/1986"
		for i := 0; i+span <= len(fields); i++ {
			if d, ok := parseDate(strings.Join(fields[i:i+span], " ")); ok {
				return d, strings.Join(append(append([]string{}, fields[:i]...), fields[i+span:]...), " "), true
			}
		}
	}
	return day, text, false
}

// parseDate reads a date as people here write one. Two-digit years are
// refused: 04/28/26 may be a birth date a century ago.
func parseDate(s string) (civil.Date, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '(' || r == ')' })
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return civil.NewDate(t.Year(), t.Month(), t.Day())
		}
	}
	return civil.Date{}, false
}
