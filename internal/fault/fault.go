// Package fault is how the program says what went wrong in terms its users
// can act on. Any error that is not a *fault.Error is a bug or an outage: it
// is logged in full, and the reader is told only that it is on our side.
package fault

import (
	"errors"
	"time"

	"parley/internal/words"
)

// A Kind says what a reader can do about an error.
type Kind int

const (
	Internal Kind = iota // nothing; we must fix it
	NotFound             // check the address; also what "may not see" answers
	Denied               // ask someone who may
	Invalid              // correct the input and send it again
	Conflict             // look at what changed and decide again
	TooMany              // wait, then try again
	Paused               // come back when maintenance is over
	Closed               // another way, which the sentence names: it is not rolled out to them, or turned off
)

// An Error is an error with a sentence meant for a person.
type Error struct {
	Kind   Kind
	Text   words.Text            // one sentence, shown to the reader
	Fields map[string]words.Text // Invalid only: form field to what is wrong with it
	Err    error                 // cause, if any; logged, never shown
	Until  time.Time             // Paused only: when it is over
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text.String() + ": " + e.Err.Error()
	}
	return e.Text.String()
}

func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the given kind. The sentence, with values as
// words.Say puts them in, must hold no member's data, since it may be shown to
// anyone and is logged.
func New(kind Kind, format words.Text, values ...any) *Error {
	return &Error{Kind: kind, Text: words.Say(format, values...)}
}

// Of returns err as a fault. An error that is none becomes Internal, with a
// sentence that gives nothing away.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Text: "Something went wrong on our side.", Err: err}
}

// Is reports whether err is a fault of the given kind. nil is of no kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err).Kind == kind }

// Fields collects what is wrong with a form, by the name of the field.
type Fields map[string]words.Text

// Check records text against field unless ok. The first text for a field
// stays, so that the most basic check is the one a person reads.
func (f Fields) Check(ok bool, field string, text words.Text) {
	if _, said := f[field]; !ok && !said {
		f[field] = text
	}
}

// Err returns an Invalid fault if anything was recorded, else nil.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Text: "There is a problem.", Fields: f}
}
