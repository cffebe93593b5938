package guideline

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Unit is what a number is counted in.
type Unit struct {
	Code    string // UCUM
	Display string // "weeks"
}

// A measure is a unit that we know more of: how people write it, one and many
// of it, and how much it is of its kind, where that is exact.
type measure struct {
	code, one, many string
	also            []string
	kind            string
	size            float64
}

// measures are units by their UCUM code. Only exact sizes stand here: a month
// is not some number of weeks.
var measures = []measure{
	{"min", "minute", "minutes", []string{"mins", "minute"}, "minute", 1},
	{"h", "hour", "hours", []string{"hr", "hrs"}, "minute", 60},
	{"d", "day", "days", []string{"dy", "dys"}, "day", 1},
	{"wk", "week", "weeks", []string{"wks", "w"}, "day", 7},
	{"mo", "month", "months", []string{"mos", "mth", "mths"}, "month", 1},
	{"a", "year", "years", []string{"yr", "yrs", "y"}, "month", 12},
	{"g", "gram", "grams", nil, "gram", 1},
	{"kg", "kilogram", "kilograms", []string{"kgs", "kilo", "kilos"}, "gram", 1000},
	{"[lb_av]", "pound", "pounds", []string{"lb", "lbs"}, "gram", 453.59237},
	{"cm", "centimeter", "centimeters", []string{"cms"}, "cm", 1},
	{"m", "meter", "meters", nil, "cm", 100},
	{"[in_i]", "inch", "inches", []string{"in", "ins"}, "cm", 2.54},
	{"[ft_i]", "foot", "feet", []string{"ft"}, "cm", 30.48},
	{"%", "%", "%", []string{"percent", "pct"}, "%", 1},
	{"mm[Hg]", "mmHg", "mmHg", []string{"mm hg"}, "mm[Hg]", 1},
	{"/h", "per hour", "per hour", []string{"events per hour", "/hr", "/hour", "events/h", "events/hr", "events/hour", "an hour"}, "/h", 1},
}

func measureOf(code string) (measure, bool) {
	i := slices.IndexFunc(measures, func(m measure) bool { return m.code == code })
	if i < 0 {
		return measure{}, false
	}
	return measures[i], true
}

func (u Unit) filled() Unit {
	if m, ok := measureOf(u.Code); ok && u.Display == "" {
		u.Display = m.many
	}
	if u.Display == "" {
		u.Display = u.Code
	}
	return u
}

// of is the unit beside a number: "1 week", "6 weeks".
func (u Unit) of(n float64) string {
	if m, ok := measureOf(u.Code); ok && n == 1 && u.Display == m.many {
		return m.one
	}
	return u.Display
}

// called reports whether a typed word means the unit.
func (u Unit) called(word string) bool {
	word = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(word), "."))
	m, _ := measureOf(u.Code)
	return slices.Contains(append([]string{strings.ToLower(u.Code), strings.ToLower(u.Display), m.one, m.many}, m.also...), word)
}

// convert gives n of a unit in another, false where that is not exact.
func convert(n float64, from, to Unit) (float64, bool) {
	if from.Code == to.Code {
		return n, true
	}
	a, okA := measureOf(from.Code)
	b, okB := measureOf(to.Code)
	if !okA || !okB || a.kind != b.kind {
		return 0, false
	}
	// Binary fractions of exact sizes, such as 2.54, come back to what people
	// would have written.
	return math.Round(n*a.size/b.size*1e6) / 1e6, true
}

// unitNamed finds the unit that a typed word means: one of the item's, or one
// that converts into the first of them.
func (i *Item) unitNamed(word string) (Unit, bool) {
	for _, u := range i.Units {
		if u.called(word) {
			return u, true
		}
	}
	for _, m := range measures {
		u := Unit{Code: m.code, Display: m.many}
		if _, ok := convert(1, u, i.Units[0]); ok && u.called(word) {
			return u, true
		}
	}
	return Unit{}, false
}

func numberText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
