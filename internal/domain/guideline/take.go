package guideline

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/words"
)

// A Stamp is who answers, and when.
type Stamp struct {
	By account.PersonID
	At time.Time
}

// Taken is what came of a posted page.
type Taken struct {
	Answers Answers
	Faults  fault.Fields // by form field; empty if the page is in order
	// Again is whether the answers opened further questions on the same page,
	// which nobody has seen yet: show it again, without faults.
	Again bool
}

// Take reads what was posted for one page, or for all of them if key is "".
// Only what the page showed is read, so that nobody answers what they were
// not asked. The answers that it returns have those that could be read, also
// if others could not; a copy, a is left as it was.
func (v *Version) Take(f Facts, a Answers, key string, posted url.Values, s Stamp) Taken {
	t := Taken{Answers: maps.Clone(a), Faults: fault.Fields{}}
	if t.Answers == nil {
		t.Answers = Answers{}
	}
	before := v.state(f, a)
	for _, i := range v.shown(key, before) {
		answer, wrong := i.read(posted, f.zone())
		if wrong != "" {
			t.Faults.Check(false, FieldName(i.LinkID), wrong)
			continue
		}
		t.Answers.put(i, before.answers[i.LinkID], answer, s)
	}
	after := v.state(f, t.Answers)
	t.opened(v, key, before, after)
	t.required(v, key, before, after)
	return t
}

// shown are the questions of a page that people can answer.
func (v *Version) shown(key string, st state) (all []*Item) {
	for _, top := range v.Questionnaire.Items {
		if key != "" && top.LinkID != key {
			continue
		}
		for _, i := range flatten([]*Item{top}) {
			if i.Type.asks() && st.enabled[i] && !i.ReadOnly && !i.hidden() {
				all = append(all, i)
			}
		}
	}
	return all
}

func (i *Item) hidden() bool { return i.Hidden || i.up != nil && i.up.hidden() }

// put keeps an answer, unless it says what was there already: then it keeps
// its origin.
func (a Answers) put(i *Item, was, now Answer, s Stamp) {
	old, there := a[i.LinkID]
	if was.same(now) && (there || !now.given() && !now.NotDocumented) {
		return
	}
	now.Origin, now.By, now.At = Manual, s.By, s.At
	if was.Origin == AutoClient || was.Origin == AutoServer || was.Origin == Override || old.Origin == Override {
		now.Origin = Override
	}
	if i.calculated != nil && was.same(now) {
		return // a calculated answer that nobody touched
	}
	a[i.LinkID] = now
}

// required complains of questions that were shown and must have an answer, and
// of options that are not offered beside the other answers.
func (t *Taken) required(v *Version, key string, before, after state) {
	for _, i := range v.shown(key, after) {
		_, answered := after.answers[i.LinkID]
		t.Faults.Check(i.offersAll(t.Answers[i.LinkID].Values, after.env), FieldName(i.LinkID), i.wants())
		if i.Required && before.enabled[i] {
			t.Faults.Check(answered, FieldName(i.LinkID), i.wants())
		}
	}
}

// opened looks for questions on the page that the answers brought up.
func (t *Taken) opened(v *Version, key string, before, after state) {
	t.Again = slices.ContainsFunc(v.shown(key, after), func(i *Item) bool {
		_, answered := after.answers[i.LinkID]
		return !before.enabled[i] && !answered
	})
}

// read is what was posted for a question. No answer at all is no fault here:
// whether there must be one depends on the other answers.
func (i *Item) read(posted url.Values, zone *time.Location) (a Answer, wrong words.Text) {
	name := FieldName(i.LinkID)
	unknown, rest := sayUnknown(posted, name)
	switch {
	case unknown && i.NotDocumented && rest:
		return a, words.Say("Give an answer, or select “%s”, not both", NotDocumentedLabel)
	case unknown && i.NotDocumented:
		return Answer{NotDocumented: true}, ""
	case i.Type.chooses():
		a, wrong = i.readChoice(posted, name)
	case strings.TrimSpace(posted.Get(name)) == "":
		return a, ""
	default:
		a, wrong = i.ReadText(posted.Get(name), posted.Get(name+".unit"), posted.Get(name+".time"), zone)
	}
	return a, wrong
}

// UnknownCode is what a field posts for "I don't know", beside or instead of
// its companion ".unknown".
const UnknownCode = "_unknown"

// sayUnknown reports whether a field was answered with "I don't know", and
// whether there is another answer in it.
func sayUnknown(posted url.Values, name string) (unknown, rest bool) {
	unknown = posted.Get(name+".unknown") != "" || slices.Contains(posted[name], UnknownCode)
	rest = strings.TrimSpace(posted.Get(name+".other")) != "" ||
		slices.ContainsFunc(posted[name], func(s string) bool { return strings.TrimSpace(s) != "" && s != UnknownCode })
	return unknown, rest
}

func (i *Item) readChoice(posted url.Values, name string) (a Answer, wrong words.Text) {
	for _, code := range posted[name] {
		if code == "" {
			continue
		}
		op, ok := i.named(code)
		if !ok {
			return a, i.wants()
		}
		a.Values = append(a.Values, Value{Text: op.Code})
	}
	if other := strings.TrimSpace(posted.Get(name + ".other")); other != "" && i.Type == OpenChoice {
		a.Values = append(a.Values, Value{Text: other, Open: !i.listed(other)})
	}
	slices.SortStableFunc(a.Values, func(x, y Value) int { return i.rank(x) - i.rank(y) })
	a.Values = slices.CompactFunc(a.Values, Value.equal)
	return a, i.acceptsMany(a.Values)
}

// named finds an option by its code, or by its words as a combobox has them.
func (i *Item) named(text string) (Option, bool) {
	if op, ok := i.option(text); ok {
		return op, true
	}
	n := slices.IndexFunc(i.Options, func(o Option) bool { return strings.EqualFold(o.Display, strings.TrimSpace(text)) })
	if n < 0 {
		return Option{}, false
	}
	return i.Options[n], true
}

// rank is the place of an option among the others; free text comes last.
func (i *Item) rank(v Value) int {
	n := slices.IndexFunc(i.Options, func(o Option) bool { return o.Code == v.Text && !v.Open })
	if n < 0 {
		return len(i.Options)
	}
	return n
}

// acceptsMany says what is wrong with the values of one answer taken
// together, "" if nothing is.
func (i *Item) acceptsMany(values []Value) words.Text {
	for _, v := range values {
		if wrong := i.accepts(v); wrong != "" {
			return wrong
		}
	}
	most := i.MaxOccurs
	if most == 0 {
		most = mostValues
	}
	alone := slices.IndexFunc(values, func(v Value) bool { op, _ := i.option(v.Text); return op.Exclusive && !v.Open })
	switch {
	case len(values) > 1 && !i.Repeats:
		return "Select one answer only"
	case len(values) > 1 && alone >= 0:
		op, _ := i.option(values[alone].Text)
		return words.Say("Select “%s” alone, or the others without it", op.Display)
	case len(values) > most:
		return words.Say("Select %s or fewer", itoa(most))
	case len(values) > 0 && len(values) < i.MinOccurs:
		return words.Say("Select %s or more", itoa(i.MinOccurs))
	}
	return ""
}

// ReadText is a typed answer: "6 wks", "11/24/2026", "yes". unit and clock
// ("14:30") are those of companion fields, "" where there are none.
func (i *Item) ReadText(typed, unit, clock string, zone *time.Location) (a Answer, wrong words.Text) {
	typed = strings.TrimSpace(typed)
	v, ok := Value{Text: typed}, true
	switch {
	case i.Type == Boolean:
		v = Value{Yes: strings.EqualFold(typed, "yes") || typed == "true"}
		ok = v.Yes || strings.EqualFold(typed, "no") || typed == "false"
	case i.Type.number():
		v, wrong = i.readNumber(typed, unit)
	case i.Type == Date:
		v = Value{}
		v.Day, wrong = i.readDate(typed)
	case i.Type == DateTime:
		v, wrong = i.readDateTime(typed, clock, zone)
	}
	if !ok {
		wrong = i.wants()
	}
	if wrong == "" {
		wrong = i.accepts(v)
	}
	if wrong != "" {
		return a, wrong
	}
	return Answer{Values: []Value{v}}, ""
}

// readNumber reads a number, with its unit behind it or beside it.
func (i *Item) readNumber(typed, unit string) (v Value, wrong words.Text) {
	end := strings.IndexFunc(typed, func(r rune) bool { return !strings.ContainsRune("0123456789.,+-", r) })
	digits, word := typed, ""
	if end >= 0 {
		digits, word = typed[:end], strings.TrimSpace(typed[end:])
	}
	digits, fine := withoutCommas(digits)
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !fine {
		return v, words.Say("%s, as a number", i.wants())
	}
	if word == "" {
		word = unit
	}
	if word == "" {
		return Value{Number: n}, ""
	}
	if len(i.Units) == 0 {
		return v, words.Say("%s, as a number alone", i.wants())
	}
	from, ok := i.unitNamed(word)
	if ok {
		n, ok = convert(n, from, i.Units[0])
	}
	if !ok {
		return v, words.Say("%s in %s", i.wants(), i.Units[0].Display)
	}
	return Value{Number: n}, ""
}

// withoutCommas takes the commas between thousands out: "1,200". One that
// stands elsewhere may be meant as a decimal point.
func withoutCommas(s string) (string, bool) {
	whole, _, _ := strings.Cut(s, ".")
	parts := strings.Split(whole, ",")
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return s, false
		}
	}
	return strings.ReplaceAll(s, ",", ""), len(parts) == 1 || len(parts[0]) <= 4 && !strings.Contains(s[len(whole):], ",")
}

// layouts are how people write a date; two digits for a year are not enough.
var layouts = []string{"1/2/2006", "1-2-2006", "2006-01-02", "Jan 2, 2006", "Jan 2 2006", "January 2, 2006", "January 2 2006", "2 Jan 2006"}

func (i *Item) readDate(typed string) (civil.Date, words.Text) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, typed); err == nil && t.Year() >= 1000 {
			return civil.DateIn(t, time.UTC), ""
		}
	}
	return civil.Date{}, words.Say("%s must be a real date, like 11/24/2026", i.thing())
}

func (i *Item) readDateTime(typed, clock string, zone *time.Location) (v Value, wrong words.Text) {
	if clock == "" { // "11/24/2026 14:30" in one field
		typed, clock, _ = strings.Cut(typed, " ")
	}
	day, wrong := i.readDate(typed)
	if wrong != "" {
		return v, wrong
	}
	for _, layout := range []string{"15:04", "3:04 PM", "3:04PM", "3:04 pm", "3:04pm"} {
		if t, err := time.Parse(layout, strings.TrimSpace(clock)); err == nil {
			return Value{At: civil.Start(day, t.Hour()*60+t.Minute(), zone).UTC()}, ""
		}
	}
	return v, words.Say("%s must have a time, like 2:30 PM", i.thing())
}
