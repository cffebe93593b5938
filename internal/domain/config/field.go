package config

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// An Input is how a field is filled in.
type Input string

// Inputs.
const (
	Line    Input = "line"
	Lines   Input = "lines" // several
	Number  Input = "number"
	Minute  Input = "minute"  // of a day, like 08:00
	Choose  Input = "choose"  // one of Choices
	Check   Input = "check"   // "yes" or ""
	Day     Input = "day"     // like 2026-11-24
	Color   Input = "color"   // like #1A56A8
	Picture Input = "picture" // the id of one that is kept
	Moment  Input = "moment"  // of a plan's zone, as MomentForm has it
)

// A Field is one thing that is set.
type Field struct {
	Key, Label, Hint string
	Section          string // heading under which it stands
	Input            Input
	Unit             string // of a number, behind it
	Choices          []Choice
	None             string // words for an empty text or 0; "" for those usual
	Optional         bool
	Fixed            bool // it can't change once the subject is there
	Each             bool // each line is a thing of its own: comparisons and merges go by line
	Prose            bool // comparisons show the lines that differ, in their order

	// told is what a text says, in words; nil where comparisons show the text.
	told func(text string) []said
}

// said is one thing that a text says, in words: what it is about, and what it
// says of it.
type said struct{ about, words string }

// A Choice is one of a field's, and its words.
type Choice struct{ Value, Words string }

// Words are a text of f as people read it in a sentence or a cell.
func (f Field) Words(text string) string {
	switch {
	case f.Input == Check && text == "yes":
		return "Yes"
	case f.Input == Check:
		return "No"
	case f.Input == Color && text != "":
		return text + ". " + plan.Color(text).ContrastWords()
	case f.Input == Picture && text != "":
		return "A picture (" + text[:min(len(text), 8)] + ")"
	case f.None != "" && (text == "" || text == "0"):
		return f.None
	case text == "":
		return "Nothing"
	case f.Input == Number && f.Unit != "":
		return text + " " + f.Unit
	case f.Input == Minute:
		if m, err := minuteOf(text); err == nil {
			return civil.MinuteOfDay(m).String()
		}
	}
	if d, err := civil.ParseDate(text); f.Input == Day && err == nil {
		return civil.MediumDate(d).String()
	}
	for _, c := range f.Choices {
		if c.Value == text {
			return c.Words
		}
	}
	return text
}

// holds reports whether f can hold a text at all.
func (f Field) holds(text string) bool {
	switch f.Input {
	case Choose:
		return slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == text })
	case Moment:
		if f.Optional && text == "" {
			return true
		}
		_, err := time.Parse(MomentForm, text)
		return err == nil
	}
	return f.Optional || strings.TrimSpace(text) != ""
}

// A kind is one sort of subject.
type kind struct {
	name   string // "program"
	fields []Field
	read   func(ctx context.Context, tx *db.Tx, id string) (Doc, error)
	check  func(ctx context.Context, tx *db.Tx, id string, d Doc) (tidied Doc, err error)
	write  func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error
	reads  func(Doc) []string

	// ready says what keeps a document that can be a draft from going live; nil
	// where nothing does.
	ready func(d Doc) error
}

var kinds = []kind{programKind, planKind, lineKind, questionKind, resourceKind, contactKind, waveKind, calendarKind, delegationKind, templateKind, textKind, serviceKind, ruleKind, packKind, guidelineKind}

func kindOf(s Subject) (kind, error) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == s.Kind })
	if i < 0 {
		return kind{}, fault.New(fault.NotFound, "We can't find that.")
	}
	return kinds[i], nil
}

// Fields are what can be set of a subject, in the order of its form.
func Fields(s Subject) ([]Field, error) {
	k, err := kindOf(s)
	return k.fields, err
}

// Reads are the sentences by which an office would know how a subject is set.
func Reads(s Subject, d Doc) []string {
	k, err := kindOf(s)
	if err != nil || len(d) == 0 {
		return nil
	}
	return k.reads(d)
}

// A bound is a field with where its text comes from and goes to in a T.
type bound[T any] struct {
	Field
	get func(*T) string
	set func(*T, string) error
}

func fieldsOf[T any](all []bound[T]) (fields []Field) {
	for _, b := range all {
		fields = append(fields, b.Field)
	}
	return fields
}

// docOf is a thing as a document.
func docOf[T any](all []bound[T], of T) Doc {
	d := Doc{}
	for _, b := range all {
		d[b.Key] = b.get(&of)
	}
	return d
}

// fill sets a thing as a document says, and says at each field what can't be
// read.
func fill[T any](all []bound[T], of *T, d Doc, f fault.Fields) {
	for _, b := range all {
		if err := b.set(of, d[b.Key]); err != nil {
			f.Check(false, b.Key, words.AsIs(err.Error()))
		}
	}
}

type textError string

func (e textError) Error() string { return string(e) }

func text[T any](f Field, at func(*T) *string) bound[T] {
	if f.Input == "" {
		f.Input = Line
	}
	return bound[T]{f, func(t *T) string { return *at(t) }, func(t *T, s string) error {
		*at(t) = strings.TrimSpace(s)
		if len(f.Choices) > 0 && !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == *at(t) }) {
			return textError("Choose one for “" + f.Label + "”")
		}
		return nil
	}}
}

func number[T any](f Field, at func(*T) *int) bound[T] {
	f.Input = Number
	return bound[T]{f, func(t *T) string { return strconv.Itoa(*at(t)) }, func(t *T, s string) error {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 0 || n > 100000 {
			return textError(f.Label + ": enter a whole number")
		}
		*at(t) = n
		return nil
	}}
}

func choice[T any](f Field, at func(*T) *int) bound[T] {
	b := number(f, at)
	b.Input = Choose
	plain := b.set
	b.set = func(t *T, s string) error {
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == s }) {
			return textError("Choose one for “" + f.Label + "”")
		}
		return plain(t, s)
	}
	return b
}

func minute[T any](f Field, at func(*T) *int) bound[T] {
	f.Input = Minute
	return bound[T]{f, func(t *T) string { return minuteText(*at(t)) }, func(t *T, s string) error {
		m, err := minuteOf(s)
		*at(t) = m
		return err
	}}
}

func minuteText(m int) string {
	if m == civil.DayMinutes {
		return "24:00"
	}
	return strings.Repeat("0", 2-len(strconv.Itoa(m/60))) + strconv.Itoa(m/60) + ":" + strings.Repeat("0", 2-len(strconv.Itoa(m%60))) + strconv.Itoa(m%60)
}

func minuteOf(s string) (int, error) {
	if strings.TrimSpace(s) == "24:00" {
		return civil.DayMinutes, nil
	}
	m, ok := civil.ParseMinute(s)
	if !ok {
		return 0, textError("Enter a time like 08:00")
	}
	return m, nil
}

func check[T any](f Field, at func(*T) *bool) bound[T] {
	f.Input = Check
	return bound[T]{f, func(t *T) string {
		if *at(t) {
			return "yes"
		}
		return ""
	}, func(t *T, s string) error { *at(t) = s == "yes"; return nil }}
}
