package config

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// TextSubject is a text of the program's as a subject. Each has a life of its
// own, so that two who say different texts otherwise never meet.
func TextSubject(e words.Entry) Subject { return Subject{textKindName, e.ID} }

const textKindName = "text"

// ServiceSubject is what the installation calls itself, as a subject.
var ServiceSubject = Subject{"service", "name"}

const offices = "What offices read"

var textBounds = []bound[words.Wording]{
	text(Field{Key: "en", Label: "English", Section: offices, Input: Lines}, func(w *words.Wording) *string { return &w.English }),
	text(Field{Key: "es", Label: "Spanish", Section: offices, Input: Lines}, func(w *words.Wording) *string { return &w.Spanish }),
}

func entryOf(id string) (words.Entry, error) {
	e, known := words.EntryOf(id)
	if !known {
		return e, fault.New(fault.NotFound, "We can't find that.")
	}
	return e, nil
}

// textWith is the wording of a text by a document. Invalid faults are at the
// keys of its fields.
func textWith(id string, d Doc) (e words.Entry, w words.Wording, err error) {
	if e, err = entryOf(id); err != nil {
		return e, w, err
	}
	fill(textBounds, &w, d, fault.Fields{})
	w, err = wording.Check(e, w)
	return e, w, err
}

var textKind = kind{
	name:   textKindName,
	fields: fieldsOf(textBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		e, err := entryOf(id)
		if err != nil {
			return nil, err
		}
		w, err := wording.Of(ctx, tx, e)
		return docOf(textBounds, w), err
	},
	check: func(_ context.Context, _ *db.Tx, id string, d Doc) (Doc, error) {
		_, w, err := textWith(id, d)
		return docOf(textBounds, w), err
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		e, w, err := textWith(id, d)
		if err != nil {
			return err
		}
		return wording.Set(ctx, tx, by, e, w)
	},
	reads: func(d Doc) []string {
		return []string{"In English: " + words.Filled(d["en"], "…"), "In Spanish: " + words.Filled(d["es"], "…")}
	},
}

// relied are texts of buttons by which the guides say what to click, and which
// scripts of offices click. Those of staff are no texts that can change.
var relied = []string{"Sign in", "Continue", "Request peer-to-peer", "Manage peer-to-peer", "Book the earliest time", "Confirm this call", "Reschedule", "Cancel the call",
	"Send request", "Send answers", "Sign out"}

// Relied reports whether offices’ scripts rely on how a text is said.
func Relied(s Subject) bool {
	e, known := words.EntryOf(s.ID)
	return known && s.Kind == textKindName && slices.Contains(relied, e.Key)
}

// A naming is what the service is called, as its form has it.
type naming struct {
	wording.Service
	former string
}

var serviceBounds = []bound[naming]{
	text(Field{Key: "name", Label: "Name of the service", Section: offices, Optional: true, None: "As the program was started (PARLEY_NAME)", Hint: "On every page and in every mail. Left empty, it is as the program was started (PARLEY_NAME)"}, func(n *naming) *string { return &n.Name }),
	text(Field{Key: "former", Label: "Former names", Section: offices, Input: Lines, Each: true, Optional: true, None: "None",
		Hint: "One a line: its last day and the name, like 2027-03-31 Cedar Portal. People are told of it under the sign-in and in mails for a year after that day, and under Help for ever"}, func(n *naming) *string { return &n.former }),
}

func namingOf(s wording.Service) naming {
	n := naming{Service: s}
	var lines []string
	for _, f := range s.Former {
		lines = append(lines, f.LastDay.String()+" "+f.Name)
	}
	n.former = strings.Join(lines, "\n")
	return n
}

// ServiceWith is what a document says that the service is called. Invalid faults
// are at the keys of its fields.
func ServiceWith(d Doc) (wording.Service, error) {
	var n naming
	f := fault.Fields{}
	fill(serviceBounds, &n, d, f)
	for _, line := range linesOf(n.former) {
		day, name, _ := strings.Cut(line, " ")
		last, err := civil.ParseDate(day)
		f.Check(err == nil && name != "", "former", words.Say("“%s”: enter the last day and the name, like 2027-03-31 Cedar Portal", line))
		n.Former = append(n.Former, wording.Former{Name: name, LastDay: last})
	}
	if err := f.Err(); err != nil {
		return n.Service, err
	}
	return n.Service.Check()
}

var serviceKind = kind{
	name:   ServiceSubject.Kind,
	fields: fieldsOf(serviceBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		if id != ServiceSubject.ID {
			return nil, fault.New(fault.NotFound, "We can't find that.")
		}
		s, err := wording.ServiceOf(ctx, tx)
		return docOf(serviceBounds, namingOf(s)), err
	},
	check: func(_ context.Context, _ *db.Tx, id string, d Doc) (Doc, error) {
		if id != ServiceSubject.ID {
			return nil, fault.New(fault.NotFound, "We can't find that.")
		}
		s, err := ServiceWith(d)
		return docOf(serviceBounds, namingOf(s)), err
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, _ string, d Doc) error {
		s, err := ServiceWith(d)
		if err != nil {
			return err
		}
		return wording.SetService(ctx, tx, by, s)
	},
	reads: func(d Doc) (all []string) {
		if d["name"] != "" {
			all = append(all, d["name"])
		}
		s, err := ServiceWith(d)
		if err != nil {
			return all
		}
		for _, f := range s.Former {
			all = append(all, f.Words().In(words.English), f.Words().In(words.Spanish))
		}
		return all
	},
}
