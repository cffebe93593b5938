package guideline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/words"
)

// An Origin says where an answer came from (the codes of the DTR extension
// information-origin).
type Origin string

// Origins.
const (
	Manual     Origin = "manual"      // a person answered
	AutoClient Origin = "auto-client" // from the office's own record
	AutoServer Origin = "auto-server" // from the plan
	Override   Origin = "override"    // prefilled, then changed by a person
)

// Tag is what stands beside a prefilled answer, "" beside one that a person
// gave.
func (o Origin) Tag() words.Text {
	return map[Origin]words.Text{AutoClient: "From your record", AutoServer: "From the plan", Override: "Changed by you"}[o]
}

// An Answer is what is known of one question. One with neither values nor
// NotDocumented was emptied by a person, and is not filled again.
type Answer struct {
	Values        []Value
	NotDocumented bool // "I don't know / not documented"
	Origin        Origin
	By            account.PersonID // who gave it; "" for what was prefilled
	At            time.Time
}

// given reports whether there is a value to go by.
func (a Answer) given() bool { return len(a.Values) > 0 }

// same reports whether two answers say the same, whoever gave them.
func (a Answer) same(b Answer) bool {
	return a.NotDocumented == b.NotDocumented && slices.EqualFunc(a.Values, b.Values, Value.equal)
}

// Answers are answers by link id.
type Answers map[string]Answer

// A Value is one value of an answer; which of its fields counts is a matter
// of the question's type.
type Value struct {
	Text   string // text, the code of a choice, the name of a file
	Open   bool   // Text is an answer beside the options of an open choice
	Number float64
	Unit   string // code of the unit; "" for the question's own
	Yes    bool
	Day    civil.Date
	At     time.Time
}

func (v Value) equal(w Value) bool {
	at := v.At.Equal(w.At)
	v.At, w.At = time.Time{}, time.Time{}
	return at && v == w
}

// sample is a value of the Go type by which expressions know the item.
func (i *Item) sample() any {
	switch {
	case i.Type == Boolean:
		return false
	case i.Type == Integer:
		return 0
	case i.Type.number():
		return 0.0
	case i.Type == Date || i.Type == DateTime:
		return time.Time{}
	case i.Repeats:
		return []string{}
	}
	return ""
}

// native is an answer as expressions see it.
func (i *Item) native(values []Value) any {
	if i.Repeats {
		all := make([]string, len(values))
		for n, v := range values {
			all[n] = v.Text
		}
		return all
	}
	v := values[0]
	switch i.Type {
	case Boolean:
		return v.Yes
	case Integer:
		return int(v.Number)
	case Decimal, Quantity:
		return v.Number
	case Date:
		return instant(v.Day)
	case DateTime:
		return v.At
	}
	return v.Text
}

// wrap is the other way: the value of an expression as an answer.
func (i *Item) wrap(native any) []Value {
	switch n := native.(type) {
	case bool:
		return []Value{{Yes: n}}
	case int:
		return []Value{{Number: float64(n)}}
	case float64:
		return []Value{{Number: n}}
	case time.Time:
		if i.Type == Date {
			return []Value{{Day: civil.DateIn(n, time.UTC)}}
		}
		return []Value{{At: n.UTC()}}
	case string:
		if n != "" {
			return []Value{{Text: n}}
		}
	case []string:
		var all []Value
		for _, s := range n {
			all = append(all, Value{Text: s})
		}
		return all
	}
	return nil
}

// option finds an option by its code.
func (i *Item) option(code string) (Option, bool) {
	n := slices.IndexFunc(i.Options, func(o Option) bool { return o.Code == code })
	if n < 0 {
		return Option{}, false
	}
	return i.Options[n], true
}

// listed reports whether a text is an option as people read it, one whose
// code is its text: typed, it is that option.
func (i *Item) listed(text string) bool {
	op, ok := i.option(text)
	return ok && op.Display == op.Code
}

// say is a value in words: "6 weeks", "Yes", "Nov 24, 2026".
func (i *Item) say(v Value, zone *time.Location) string {
	switch {
	case i.Type == Boolean && v.Yes:
		return "Yes"
	case i.Type == Boolean:
		return "No"
	case i.Type.number() && len(i.Units) > 0:
		return numberText(v.Number) + " " + i.Units[0].of(v.Number)
	case i.Type.number():
		return numberText(v.Number)
	case i.Type == Date:
		return civil.DateRange(v.Day, v.Day).String()
	case i.Type == DateTime:
		return civil.DateRange(civil.DateIn(v.At, zone), civil.DateIn(v.At, zone)).String() + ", " + civil.Clock(v.At, zone).String()
	}
	if op, ok := i.option(v.Text); ok && !v.Open {
		return op.Display
	}
	return v.Text
}

// Say is an answer in words.
func (i *Item) Say(a Answer, zone *time.Location) string {
	if a.NotDocumented {
		return "Not documented"
	}
	words := make([]string, len(a.Values))
	for n, v := range a.Values {
		words[n] = i.say(v, zone)
	}
	return strings.Join(words, ", ")
}

// accepts says what is wrong with a value as an answer to the item, "" if
// nothing is: the sentence that stands beside the field.
func (i *Item) accepts(v Value) words.Text {
	switch {
	case i.Type.number():
		return i.acceptsNumber(v.Number)
	case i.Type == Date:
		return i.acceptsDate(v.Day)
	case i.Type == DateTime && v.At.IsZero():
		return i.wants()
	case i.Type.chooses() && !v.Open:
		if _, ok := i.option(v.Text); !ok {
			return i.wants()
		}
	case i.Type == Choice && v.Open, i.Type != Boolean && i.Type != DateTime && strings.TrimSpace(v.Text) == "":
		return i.wants()
	}
	if !utf8.ValidString(v.Text) {
		return i.wants()
	}
	if limit := i.limit(); len([]rune(v.Text)) > limit {
		return words.Say("Answer must be %s characters or less", thousands(limit))
	}
	return ""
}

func (i *Item) acceptsNumber(n float64) words.Text {
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) > 1e9:
		return i.wants()
	case i.Type == Integer && n != math.Trunc(n):
		return words.Say("%s must be a whole number", i.thing())
	case i.Min != nil && n < i.Min.Number, i.Max != nil && n > i.Max.Number:
		return words.Say("%s must be %s%s", i.thing(), i.span(func(v *Value) words.Text { return words.AsIs(numberText(v.Number)) }, "or more", "or less"), i.unitAfter())
	}
	return ""
}

func (i *Item) unitAfter() string {
	if len(i.Units) == 0 {
		return ""
	}
	return " " + i.Units[0].Display
}

func (i *Item) acceptsDate(d civil.Date) words.Text {
	day := func(v *Value) words.Text { return civil.DateRange(v.Day, v.Day) }
	switch {
	case d.IsZero():
		return i.wants()
	case i.Min != nil && i.Max != nil && (d.Before(i.Min.Day) || d.After(i.Max.Day)):
		return words.Say("%s must be %s", i.thing(), i.span(day, "", ""))
	case i.Min != nil && d.Before(i.Min.Day):
		return words.Say("Enter a date on or after %s", day(i.Min))
	case i.Max != nil && d.After(i.Max.Day):
		return words.Say("Enter a date on or before %s", day(i.Max))
	}
	return ""
}

// span is what a value must lie in: "between 0 and 52", "0 or more".
func (i *Item) span(said func(*Value) words.Text, more, less words.Text) words.Text {
	switch {
	case i.Max == nil:
		return words.Say("%s %s", said(i.Min), more)
	case i.Min == nil:
		return words.Say("%s %s", said(i.Max), less)
	}
	return words.Say("between %s and %s", said(i.Min), said(i.Max))
}

// limit is how long a text may be, in characters.
func (i *Item) limit() int {
	switch {
	case i.MaxLength > 0:
		return i.MaxLength
	case i.Type == Text:
		return 4000
	}
	return 255
}

func thousands(n int) string {
	if n < 1000 {
		return itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// phrase is the question in the middle of a sentence.
func (i *Item) phrase() words.Text {
	if i.Phrase != "" {
		return words.AsIs(i.Phrase)
	}
	return words.Say("an answer to “%s”", i.Text)
}

// thing is the question at the start of a sentence.
func (i *Item) thing() words.Text {
	p := i.Phrase
	if p == "" {
		return "Answer"
	}
	return words.AsIs(strings.ToUpper(p[:1]) + p[1:])
}

// wants asks for an answer: "Select …" where one chooses, else "Enter …".
func (i *Item) wants() words.Text {
	switch {
	case i.Type == Attachment:
		return words.Say("Name the file for %s", i.phrase())
	case i.Type.chooses(), i.Type == Boolean:
		return words.Say("Select %s", i.phrase())
	}
	return words.Say("Enter %s", i.phrase())
}

var errValue = errors.New("is not a value of its type")

// readValue reads value[x] of FHIR, by the name of its type.
func readValue(kind string, raw json.RawMessage) (v Value, err error) {
	switch kind {
	case "Boolean":
		err = json.Unmarshal(raw, &v.Yes)
	case "Decimal", "Integer":
		if v.Number, err = number(raw); kind == "Integer" && v.Number != math.Trunc(v.Number) {
			err = errValue
		}
	case "String":
		err = json.Unmarshal(raw, &v.Text)
	case "Date":
		err = json.Unmarshal(raw, &v.Day)
	case "DateTime":
		err = json.Unmarshal(raw, &v.At)
		v.At = v.At.UTC()
	case "Coding":
		v.Text, err = readCoding(raw)
	case "Quantity":
		return readQuantity(raw)
	case "Attachment":
		return readAttachment(raw)
	}
	if err != nil || string(raw) == "null" {
		return v, errValue
	}
	return v, nil
}

func readCoding(raw json.RawMessage) (string, error) {
	var c struct{ Code, System, Display string }
	return c.Code, strict(raw, &c)
}

// strict reads a small value; a field that it doesn't know is an error.
func strict(raw json.RawMessage, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func readQuantity(raw json.RawMessage) (v Value, err error) {
	var q struct {
		Value              *float64
		Unit, System, Code string
	}
	if err := strict(raw, &q); err != nil || q.Value == nil {
		return v, errValue
	}
	return Value{Number: *q.Value, Unit: q.Code}, nil
}

// readAttachment keeps the name of a file; the file itself is elsewhere.
func readAttachment(raw json.RawMessage) (v Value, err error) {
	var a struct{ Title string }
	if err := strict(raw, &a); err != nil || a.Title == "" {
		return v, errValue
	}
	return Value{Text: a.Title}, nil
}

// ByPeople is how many of the answers somebody gave, or emptied.
func (a Answers) ByPeople() (n int) {
	for _, one := range a {
		if one.By != "" {
			n++
		}
	}
	return n
}
